"""Groups and small print that the panels of campaigns share."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.impossible import remarks
from ops_widgets.analyses.campaign_performance.queries import (
    credits,
    facts,
    facts_compared,
    lacking,
)
from ops_widgets.analyses.campaign_performance.reasons import (
    cost_remedy,
    cost_unknown,
    customers_known,
    ends_early,
    first_seen,
    has_column,
    unknown_or_nothing,
)
from ops_widgets.analyses.campaign_performance.view import (
    CampaignPerformanceView,
    window,
    window_text,
)
from ops_widgets.analyses.campaign_performance.visitors import VISITORS, came, sums_of
from ops_widgets.metrics.campaigns import campaign_economics, part, ratio
from ops_widgets.stats.ratio import fieller, share
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import one_of


def note(store: Store, view: CampaignPerformanceView, shown: pd.DataFrame) -> str:
    """The window, what is lacking or assumed, and a warning; ``shown`` are its campaigns.

    How a day without a row is read is said where there is such a day.
    """
    said = [f"{window_text(store, view)}. Credited is not caused.", _not_mapped(store)]
    found = cost_unknown(store, shown, partial(lacking, store, view))
    if found or ends_early(store):
        said.append(unknown_or_nothing(store))
    if found and has_column(store, "campaign_days", "cost"):
        said.append(f"The {found}. {cost_remedy(store)}")
    if customers_known(store):
        said.append(_sentence(first_seen(store, window(store, view)[0])))
        said.append(_nobody_known(credits(store, view), shown))
    return " ".join(filter(None, said))


def groups(store: Store, view: CampaignPerformanceView) -> tuple[pd.DataFrame, dict[str, str], str]:
    """The economics of what the view compares, in the column ``group``; its label, and a note."""
    shown = facts_compared(store, view)
    shown = shown.assign(group=shown[view.by])
    table = whole(store, view, shown, credits(store, view))
    label = {"group": view.by.replace("_", " ").capitalize()}
    return table, label, note(store, view, shown)


def together(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The economics of all that :func:`groups` compares, in one row; an order counts once."""
    shown = facts(store, view, campaign=True).assign(group="all")
    return whole(store, view, shown, credits(store, view))


def whole(
    store: Store, view: CampaignPerformanceView, shown: pd.DataFrame, of: pd.DataFrame | None = None
) -> pd.DataFrame:
    """:func:`campaign_economics` of each ``group`` of ``shown``, with who came and bought
    (:func:`.visitors.came`), ``remark`` (:func:`.impossible.remarks`) and

    - ``orders_per_visit`` = orders / visits, with the ends of its interval (``_low``, ``_high``),
    - ``visits_per_order`` = visits / orders, with Fieller's; NA where that has no two ends.

    Customers are what is independent. Steps of which no event tells at all are no columns.
    """
    table = campaign_economics(shown, "group", of)
    days = shown.groupby("group")[["days_overclicked", "days_unseen"]].sum()
    table = table.merge(days, on="group").merge(came(store, view, shown), on="group")
    table["ctr"] = table["ctr"].where(table["days_overclicked"] == 0)
    table["orders_per_visit"] = part(table["orders"], table["visits"])
    table["visits_per_order"] = ratio(table["visits"], table["orders"])
    known = table["orders_per_visit"].notna()
    region = fieller(sums_of(table, "orders", "visits"))
    bounds = {
        "orders_per_visit": share(sums_of(table, "visits", "orders")),
        "visits_per_order": (np.maximum(0.0, region.low), region.high),
    }
    told = {"orders_per_visit": known, "visits_per_order": known & region.bounded}
    for name, ends in bounds.items():
        for end, values in zip(("low", "high"), ends, strict=True):
            table[f"{name}_{end}"] = pd.Series(values, table.index).where(told[name])
    if not VISITORS.maps(store):
        table = table.drop(columns=[name for name in table if name in OF_VISITS])
    return table.assign(remark=remarks(table))


#: What stands in no table of a shop whose events say nothing of campaigns.
OF_VISITS = (
    *("visits", "carts", "visitors"),
    *("orders_per_visit", "orders_per_visit_low", "orders_per_visit_high"),
    *("visits_per_order", "visits_per_order_low", "visits_per_order_high"),
)


def _not_mapped(store: Store) -> str:
    lacks = {
        "CTR, ROAS, CAC and contribution need `campaign_days.cost`": not has_column(
            store, "campaign_days", "cost"
        ),
        "contribution needs `orders.unit_cost`": not has_column(store, "orders", "unit_cost")
        and not has_column(store, "products", "unit_cost"),
        "New and CAC need `orders.customer_id`": not customers_known(store),
    }
    missing = "; ".join(what for what, lacked in lacks.items() if lacked)
    return f"Unknown here: {missing}." if missing else ""


def _nobody_known(found: pd.DataFrame, shown: pd.DataFrame) -> str:
    """How many of the credited orders are nobody's: their buyers may be new as well."""
    found = found[one_of(found["campaign_id"], shown["campaign_id"])].drop_duplicates("credit")
    orders, unknown = found["orders"].sum(), found["orders_of_unknown"].sum()
    if not unknown:
        return ""
    return (
        f"Who placed {unknown:,.0f} of {orders:,.0f} credited orders is not known: New leaves "
        "them out."
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""
