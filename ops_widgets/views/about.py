"""What a page says about its data before any number: source, freshness, rows set aside."""

from __future__ import annotations

from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.charts.pieces import About
from ops_widgets.summaries.store import Store
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.base import View
from ops_widgets.views.names import alike, some_names


def about(analysis: Analysis, store: Store, view: View) -> About:
    """The page's head: title, question, source, freshness, and how far to trust the numbers."""
    quality, good = _quality(store)
    last = view.as_of or store.last_day
    first_day, last_day = (format_value(d, "date") for d in (store.first_day, store.last_day))
    freshness = f"Data from {first_day} to {last_day}"
    if last != store.last_day:
        freshness += f", seen as of {format_value(last, 'date')}"
    return About(
        title=analysis.title,
        question=analysis.question,
        source=f"Source: {store.source['name']}, in {store.source['currency']}",
        freshness=freshness,
        quality=quality + _spelled_twice(store),
        quality_good=good,
    )


#: A smaller part of rows set aside is the ordinary mess of a shop, not a warning.
ORDINARY_MESS = 0.01


def _spelled_twice(store: Store) -> str:
    """How many names may be one written twice, and the first of them."""
    found = [(kind, group) for kind, groups in alike(store).items() for group in groups]
    if not found:
        return ""
    (kind, group), count = found[0], len(found)
    names = "name may be" if count == 1 else "names may be"
    asked = f"{some_names(group)}: one {kind.replace('_', ' ')}?"
    return f"; {count:,} {names} written in several ways ({asked})"


def _quality(store: Store) -> tuple[str, bool]:
    """One sentence on the rows that were set aside, and whether that is nothing to worry about."""
    tables = store.manifest["check"]["tables"].values()
    rows = sum(table["rows_in"] for table in tables)
    rejected = sum(table["rows_rejected"] for table in tables)
    if not rejected:
        return f"All {grouped(rows, 0)} rows keep the contract", True
    share = rejected / rows
    percent = "under 0.1%" if share < 0.001 else f"{share:.1%}"
    text = f"{grouped(rejected, 0)} of {grouped(rows, 0)} rows set aside ({percent})"
    return text, share < ORDINARY_MESS
