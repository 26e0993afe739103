"""What this shop sold in the months looked at, by the periods of its own tables."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import own_periods
from ops_widgets.analyses.category_opportunity.view import (
    OWN_ORDERS,
    OWN_SALES,
    CategoryOpportunityView,
    look_of,
    own_days,
)
from ops_widgets.charts.formats import format_value
from ops_widgets.errors import MissingDataError
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.window import later


def sold(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """``starts_on, ends_on, category, own_revenue, own_units`` of every period that lies wholly
    in the window; money in minor units. NA where a category has no row of a period.

    Of the table ``sales`` where the source maps it, else by month of the orders. Raises
    ``MissingDataError`` where there is neither, or no period is over.
    """
    whole = view.unselected().replace(picked=view.picked, leaders=10, targets=())
    found: pd.DataFrame = once(store, _sold, whole)
    return found


def _sold(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    if not OWN_SALES.maps(store):
        OWN_ORDERS.require(store)
    first, last = own_days(store, view)
    rows = own_periods(
        store, look_of(view), day_number(first), day_number(last), orders=not OWN_SALES.maps(store)
    )
    if rows.empty:
        said = f"{format_value(first, 'date')} to {format_value(last, 'date')}"
        raise MissingDataError(f"No period of our sales lies wholly in {said}.", later(view))
    return rows
