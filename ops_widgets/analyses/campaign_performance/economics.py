"""Groups and small print that the panels of campaigns share."""

from __future__ import annotations

from functools import partial

import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import credits, facts, lacking
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
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.summaries.store import Store


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
    shown = facts(store, view, campaign=True)
    table = campaign_economics(shown, view.by, credits(store, view))
    label = {"group": view.by.replace("_", " ").capitalize()}
    return table.rename(columns={view.by: "group"}), label, note(store, view, shown)


def together(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The economics of all that :func:`groups` compares, in one row; an order counts once."""
    shown = facts(store, view, campaign=True).assign(group="all")
    return campaign_economics(shown, "group", credits(store, view))


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
    found = found[found["campaign_id"].isin(shown["campaign_id"])].drop_duplicates("credit")
    orders, unknown = found["orders"].sum(), found["orders_of_unknown"].sum()
    if not unknown:
        return ""
    return (
        f"Who placed {unknown:,.0f} of {orders:,.0f} credited orders is not known: New leaves "
        "them out."
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""
