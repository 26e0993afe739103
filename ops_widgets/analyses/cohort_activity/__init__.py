"""Who came, who stayed, who came back?"""

from ops_widgets.views.analysis import Analysis
from ops_widgets.views.cohort_activity import CohortActivityView, choices, headline

ANALYSIS = Analysis(
    package=__name__,
    view=CohortActivityView,
    title="Cohort activity",
    question="Who came, who stayed, who came back?",
    headline=headline,
    choices=choices,
    place=3,
)
