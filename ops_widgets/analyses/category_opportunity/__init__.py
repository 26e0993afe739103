"""Which category is worth entering, and is it still open?"""

from ops_widgets.views.analysis import Analysis
from ops_widgets.views.category_opportunity import CategoryOpportunityView, choices, headline

ANALYSIS = Analysis(
    package=__name__,
    view=CategoryOpportunityView,
    title="Category opportunity",
    question="Which category is worth entering, and is it still open?",
    headline=headline,
    choices=choices,
    place=1,
)
