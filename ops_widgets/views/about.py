"""What a page says about its data before any number: source, freshness, rows set aside."""

from __future__ import annotations

from datetime import date

from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.charts.pieces import About
from ops_widgets.summaries.seen import ONE_DAY
from ops_widgets.summaries.store import Store
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.base import View
from ops_widgets.views.names import alike, some_names


def about(analysis: Analysis, store: Store, view: View) -> About:
    """The page's head: title, question, source, freshness, and how far to trust the numbers."""
    used, quality, good = _quality(store)
    as_of = view.as_of or store.seen().last
    return About(
        title=analysis.title,
        question=analysis.question,
        source=f"Source: {store.source['name']}, in {store.source['currency']}",
        as_of=f"Data to {format_value(as_of, 'date')}",
        freshness=_freshness(store, view),
        used=used + _to_check(store),
        quality=quality + _spelled_twice(store),
        quality_good=good,
    )


def _freshness(store: Store, view: View) -> str:
    """Which days there are, which of them are over, and which one is the last looked at."""
    seen = store.seen()

    def said(day: date) -> str:
        return format_value(day, "date")

    text = f"Data from {said(seen.first)} to {said(seen.last)}"
    if seen.whole < seen.last:
        running = seen.whole + ONE_DAY
        since = "still running" if running == seen.last else f"still running since {said(running)}"
        text += f" ({since})"
    elif seen.last_row < seen.last:
        text += f" (the last order is of {said(seen.last_row)})"
    if view.as_of and view.as_of != seen.last:
        text += f", seen as of {said(view.as_of)}"
    return text


#: A smaller part of rows set aside is the ordinary mess of a shop, not a warning.
ORDINARY_MESS = 0.01
#: A share below which the rest would be rounded to all of it.
SEEN_AS_NONE = 0.001


def _spelled_twice(store: Store) -> str:
    """How many names may be one written twice, and the first of them."""
    found = [(kind, group) for kind, groups in alike(store).items() for group in groups]
    if not found:
        return ""
    (kind, group), count = found[0], len(found)
    names = "name may be" if count == 1 else "names may be"
    asked = f"{some_names(group)}: one {kind.replace('_', ' ')}?"
    return f"; {count:,} {names} written in several ways ({asked})"


def _to_check(store: Store) -> str:
    count = sum(map(len, alike(store).values()))
    return f", {count:,} {'name' if count == 1 else 'names'} to check" if count else ""


def _quality(store: Store) -> tuple[str, str, bool]:
    """The share of rows used, a sentence on those that were set aside, and whether that is
    nothing to worry about.
    """
    tables = store.manifest["check"]["tables"].values()
    rows = sum(table["rows_in"] - table.get("rows_left_out", 0) for table in tables)
    rejected = sum(table["rows_rejected"] for table in tables)
    if not rejected:
        return "All rows used", f"All {grouped(rows, 0)} rows keep the contract", True
    share = rejected / rows
    percent = format_value(share, "percent")
    text = f"{grouped(rejected, 0)} of {grouped(rows, 0)} rows set aside ({percent})"
    used = f"{format_value(1 - share, 'percent')} of rows used"
    if share < SEEN_AS_NONE:
        used = f"All but {grouped(rejected, 0)} rows used"
    return used, text, share < ORDINARY_MESS
