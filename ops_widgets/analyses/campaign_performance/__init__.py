"""Which campaign brought money, and what did a new customer cost?"""

from ops_widgets.analyses.campaign_performance.findings import FINDINGS
from ops_widgets.analyses.campaign_performance.headline import HEADLINE
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.titles import TITLES
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView, choices
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.window import window_days

ANALYSIS = Analysis(
    package=__name__,
    view=CampaignPerformanceView,
    title="Campaign performance",
    question="Which campaign brought money, and what did a new customer cost?",
    headline=HEADLINE,
    terms=TERMS,
    choices=choices,
    window=window_days,
    findings=FINDINGS,
    titles=TITLES,
    place=2,
)
