"""What a page says about its data before any number: source, freshness, rows set aside."""

from __future__ import annotations

from datetime import date

from ops_widgets.charts.formats import grouped
from ops_widgets.charts.pieces import About
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import View


def about(
    store: Store, view: View, title: str, question: str, choices: dict[str, list[str]]
) -> About:
    """The page's head and what its controls may offer."""
    last = view.as_of or store.last_day
    freshness = f"Data from {_day(store.first_day)} to {_day(store.last_day)}"
    if last != store.last_day:
        freshness += f", seen as of {_day(last)}"
    return About(
        title=title,
        question=question,
        source=f"Source: {store.source['name']}, in {store.source['currency']}",
        freshness=freshness,
        quality=_quality(store),
        quality_good=_rejected(store) == 0,
        choices=choices,
        bounds={"as_of": (store.first_day, store.last_day)},
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _rejected(store: Store) -> int:
    return sum(t["rows_rejected"] for t in store.manifest["check"]["tables"].values())


def _quality(store: Store) -> str:
    rejected = _rejected(store)
    rows = sum(t["rows_in"] for t in store.manifest["check"]["tables"].values())
    if not rejected:
        return f"All {grouped(rows, 0)} rows keep the contract"
    return f"{grouped(rejected, 0)} of {grouped(rows, 0)} rows set aside"
