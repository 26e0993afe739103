"""Groups and small print that the tables of campaigns share."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import facts
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView, window_text
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.summaries.store import Store


def note(store: Store, view: CampaignPerformanceView) -> str:
    """The window, what credited means, and what the source lacks."""
    missing = [
        f"{what} needs `{table}.{column}`"
        for what, table, column in (
            ("CTR, ROAS, CAC and contribution", "campaign_days", "cost"),
            ("contribution", "orders", "unit_cost"),
        )
        if column not in store.manifest["columns"].get(table, [])
        and not (column == "unit_cost" and _product_cost(store))
    ]
    lacking = f" Unknown here: {'; '.join(missing)}." if missing else ""
    return (
        f"{window_text(store, view)}. Sales are what the shop credits to a campaign: they stood "
        f"near it, which does not prove that it caused them.{lacking}"
    )


def _product_cost(store: Store) -> bool:
    return "unit_cost" in store.manifest["columns"].get("products", [])


def groups(store: Store, view: CampaignPerformanceView) -> tuple[pd.DataFrame, dict[str, str]]:
    """The economics of what the view compares, in the column ``group``; and that one's label."""
    table = campaign_economics(facts(store, view, campaign=True), view.by).rename(
        columns={view.by: "group"}
    )
    return table, {"group": view.by.replace("_", " ").capitalize()}
