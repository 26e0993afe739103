"""Which campaign brought money, and what did a new customer cost?"""

from ops_widgets.analyses.campaign_performance.effect import EFFECT_OF, NAMED
from ops_widgets.analyses.campaign_performance.findings import FINDINGS
from ops_widgets.analyses.campaign_performance.gone import STOCK
from ops_widgets.analyses.campaign_performance.headline import HEADLINE
from ops_widgets.analyses.campaign_performance.paths import TOUCHED
from ops_widgets.analyses.campaign_performance.promoted import PLANNED
from ops_widgets.analyses.campaign_performance.reasons import BUDGET, COST, CUSTOMERS, FUNNEL
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.titles import TITLES
from ops_widgets.analyses.campaign_performance.view import (
    COUNTED,
    CREDITED,
    OUTCOMES,
    CampaignPerformanceView,
    choices,
    days_of_window,
    opening,
)
from ops_widgets.analyses.campaign_performance.visitors import VISITS
from ops_widgets.views.analysis import Analysis

ANALYSIS = Analysis(
    package=__name__,
    view=CampaignPerformanceView,
    title="Campaign performance",
    question="Which campaign brought money, and what did a new customer cost?",
    headline=HEADLINE,
    terms=TERMS,
    choices=choices,
    window=days_of_window,
    findings=FINDINGS,
    opening=opening,
    titles=TITLES,
    reads=(CREDITED, COUNTED, *OUTCOMES),
    adds=(
        *(NAMED, COST, FUNNEL, VISITS, CUSTOMERS, BUDGET, EFFECT_OF, TOUCHED),
        *(PLANNED, STOCK),
    ),
    place=2,
)
