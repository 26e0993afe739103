"""A tiny shop with campaigns, written row by row: days are of May 2024, in Shanghai."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import Number
from ops_widgets.contract import TABLES
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store
from ops_widgets.views.answers import Answers

NOW = datetime(2030, 1, 1)
TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
}
CAMPAIGN = ANALYSES["campaign_performance"]


def moment(day: int, time: str = "12:00:00") -> pd.Timestamp:
    """A local moment of May 2024 (day 32 is 1 June), in UTC as the contract wants it."""
    local = pd.Timestamp("2024-05-01") + pd.Timedelta(days=day - 1) + pd.Timedelta(time)
    return local - pd.Timedelta(hours=8)


def may(day: int) -> Any:
    """A day of May 2024."""
    return (pd.Timestamp("2024-05-01") + pd.Timedelta(days=day - 1)).date()


def line(order: str, day: int, time: str = "12:00:00", **values: Any) -> dict[str, Any]:
    """A line of one piece at 10.00."""
    row = {"order_id": order, "ordered_at": moment(day, time), "customer_id": f"of {order}"}
    row |= {"product_id": "p", "quantity": 1, "unit_price": 10.0, "campaign_id": None}
    return row | {"unit_cost": 4.0, "channel": "app", "status": "completed"} | values


def ran(campaign: str, *days: int, **values: Any) -> list[dict[str, Any]]:
    """Rows of ``campaign_days``: 1,000 impressions, 10 clicks and 5.00 a day."""
    row = {"campaign_id": campaign, "impressions": 1000, "clicks": 10, "cost": 5.0}
    return [row | {"day": may(day)} | values for day in days]


def campaign(key: str, starts: int | None = None, ends: Any = None, **values: Any) -> dict:
    """A row of ``campaigns``; ``ends`` is a day of May or a date."""
    ends = may(ends) if isinstance(ends, int) else ends
    row = {"campaign_id": key, "name": key, "content_type": "shopping_guide"}
    row |= {"format": "banner", "channel": "app"}
    return row | {"starts_on": starts and may(starts), "ends_on": ends} | values


def shop(folder: Path, source: str = "", **tables: list[dict[str, Any]]) -> Answers:
    """The store of a shop with these rows by table, and lines of TOML; it remembers, as a page's.

    The day of its last order is over.
    """
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        kinds = {column.name: TYPES[column.type] for column in TABLES[name].columns}
        schema = pa.schema([(column, kinds[column]) for column in rows[0]])
        pq.write_table(pa.Table.from_pylist(rows, schema), folder / f"{name}.parquet")
    last = max(row["ordered_at"] for row in tables["orders"]) + pd.Timedelta(hours=8)
    head = 'currency = "CNY"\ntimezone = "Asia/Shanghai"\n'
    head += f'complete_to = "{last.date()}"\n'
    (folder / "source.toml").write_text(head + source)
    prepare(folder, now=NOW)
    return Answers(open_store(folder))


def numbers(store: Answers, **view: Any) -> dict[str, Number]:
    """The headline of the campaign notebook by name."""
    return {n.name: n for n in CAMPAIGN.headline(store, CAMPAIGN.view.parse(view))}


def panel(store: Answers, name: str, **view: Any) -> pd.DataFrame:
    """The frame of a panel of the campaign notebook."""
    return CAMPAIGN.panel(name).compute(store, CAMPAIGN.view.parse(view))
