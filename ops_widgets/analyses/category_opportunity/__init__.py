"""Which category is worth entering, and is it still open?"""

from ops_widgets.analyses.category_opportunity.findings import FINDINGS
from ops_widgets.analyses.category_opportunity.headline import HEADLINE
from ops_widgets.analyses.category_opportunity.market import CATEGORIES, SALES
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.titles import TITLES
from ops_widgets.analyses.category_opportunity.view import (
    MARKET,
    OWN_ORDERS,
    OWN_SALES,
    CategoryOpportunityView,
    choices,
    window_days,
)
from ops_widgets.views.analysis import Analysis

ANALYSIS = Analysis(
    package=__name__,
    view=CategoryOpportunityView,
    title="Category opportunity",
    question="Which category is worth entering, and is it still open?",
    headline=HEADLINE,
    terms=TERMS,
    choices=choices,
    window=window_days,
    findings=FINDINGS,
    titles=TITLES,
    reads=(MARKET, OWN_SALES, OWN_ORDERS),
    adds=(SALES, CATEGORIES),
    place=1,
)
