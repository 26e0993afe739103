"""What a customer who comes back is worth: the mean order of the last year."""

from __future__ import annotations

from ops_widgets.analyses.cohort_activity.queries import order_value
from ops_widgets.analyses.cohort_activity.view import CohortActivityView
from ops_widgets.metrics.compare import DAYS_A_YEAR
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import ENOUGH, Figure, money
from ops_widgets.views.window import as_of_day


def order_worth(store: Store, view: CohortActivityView) -> float | None:
    """Mean net revenue of an order, in minor units, over the year up to the day looked at.

    None where customers are active by visits, where a filter chooses customers or activities
    (their orders are not counted apart), and where too few orders say nothing.
    """
    if view.activity != "purchase" or view.acquired or view.channels or view.categories:
        return None
    last = day_number(as_of_day(store, view.as_of))
    revenue, orders = order_value(store, last - DAYS_A_YEAR + 1, last)
    return revenue / orders if orders >= ENOUGH and revenue > 0 else None


def priced(
    store: Store, view: CohortActivityView, customers: float, words: str
) -> tuple[str, dict[str, Figure], str]:
    """What so many customers are worth, an order each: the end of a sentence, its figures, and
    the name of the one that is at stake; nothing where it is unknown.
    """
    each = once(store, order_worth, view)
    if each is None:
        return "", {}, ""
    figures = {"each": money(store, each), "worth": money(store, customers * each)}
    return f"; {words} {{worth}} at {{each}} an order", figures, "worth"
