"""Which campaign brought money, and what did a new customer cost?"""

from ops_widgets.views.analysis import Analysis
from ops_widgets.views.campaign_performance import CampaignPerformanceView, choices, headline

ANALYSIS = Analysis(
    package=__name__,
    view=CampaignPerformanceView,
    title="Campaign performance",
    question="Which campaign brought money, and what did a new customer cost?",
    headline=headline,
    choices=choices,
    place=2,
)
