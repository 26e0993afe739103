"""Floor 3: what is being looked at (one typed value a notebook), and the frames that answer it."""

from ops_widgets.views.base import View
from ops_widgets.views.campaign_performance import CampaignPerformanceView
from ops_widgets.views.category_opportunity import CategoryOpportunityView
from ops_widgets.views.cohort_activity import CohortActivityView

#: The view of every notebook, by the notebook's file stem.
VIEWS: dict[str, type[View]] = {
    view.notebook: view
    for view in (CategoryOpportunityView, CampaignPerformanceView, CohortActivityView)
}
