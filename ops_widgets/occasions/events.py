"""All that may have moved sales from outside: the shop's calendar, holidays, days of commerce."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from ops_widgets.occasions.commerce import commerce_days
from ops_widgets.occasions.holidays import make_up_days, public_holidays, source_of_holidays
from ops_widgets.periods import day_number
from ops_widgets.periods import from_day_number as day_of_number
from ops_widgets.summaries.store import Store

COLUMNS = ["starts_on", "ends_on", "name", "kind", "scope", "country", "source"]
OWN_CALENDAR = "calendar of the shop"


def world_events(countries: Iterable[str], first: date, last: date) -> pd.DataFrame:
    """Holidays and days of commerce of which a day lies in ``first..last``, by their first days.

    ``starts_on, ends_on`` (dates), ``name``, ``kind`` (holiday; workday: a weekend day worked in
    place of one; promotion; season), ``scope`` (empty: the whole shop), ``country`` (ISO 3166),
    ``source``. What several countries have is one row for each.
    """
    rows: list[tuple[date, date, str, str, str, str, str]] = []
    for country in countries:
        said = source_of_holidays()
        for name, (starts, ends) in public_holidays(country, first, last):
            rows.append((starts, ends, name, "holiday", "", country, said))
        for day in make_up_days(country, first, last):
            rows.append((day, day, "Make-up work day", "workday", "", country, said))
        for one, (starts, ends) in commerce_days(country, first, last):
            rows.append((starts, ends, one.name, one.kind, "", country, one.source))
    return pd.DataFrame(sorted(rows), columns=COLUMNS)


def events(store: Store, first: date, last: date) -> pd.DataFrame:
    """:func:`world_events` of the source's ``countries``, with those of its own ``calendar``.

    Those have no country, and kinds and scopes as the contract has them. Empty where the source
    names no country and has no calendar.
    """
    found = world_events(store.source.get("countries", ()), first, last)
    if not store.has("calendar_event"):
        return found
    own = store.query(
        "select starts_on, ends_on, name, kind, scope from calendar_event "
        "where starts_on <= $last and ends_on >= $first",
        {"first": day_number(first), "last": day_number(last)},
    )
    own = own.assign(
        starts_on=own["starts_on"].map(day_of_number),
        ends_on=own["ends_on"].map(day_of_number),
        scope=own["scope"].fillna(""),
        country="",
        source=OWN_CALENDAR,
    )
    both = pd.concat([found, own[COLUMNS]]) if len(found) else own[COLUMNS]
    return both.sort_values(COLUMNS, ignore_index=True)
