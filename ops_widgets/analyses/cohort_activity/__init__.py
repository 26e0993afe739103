"""Who came, who stayed, who came back?"""

from ops_widgets.analyses.cohort_activity.findings import FINDINGS
from ops_widgets.analyses.cohort_activity.headline import HEADLINE
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.titles import TITLES
from ops_widgets.analyses.cohort_activity.view import (
    ACTIVE_BY,
    CohortActivityView,
    choices,
    opening,
    window_days,
)
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.reads import Reads

CATEGORIES = Reads("products", ("category",), "who was active in which category")

ANALYSIS = Analysis(
    package=__name__,
    view=CohortActivityView,
    title="Cohort activity",
    question="Who came, who stayed, who came back?",
    headline=HEADLINE,
    terms=TERMS,
    choices=choices,
    window=window_days,
    findings=FINDINGS,
    titles=TITLES,
    reads=tuple(ACTIVE_BY.values()),
    adds=(CATEGORIES,),
    opening=opening,
    place=3,
)
