"""Days of commerce: sales events and seasons that no table of public holidays has.

Each says by what rule or table its days are found, where, and who says so. What is announced anew
every year has no day before it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Span = tuple[date, date]
_Day = tuple[int, int, int]

ONE_DAY = timedelta(days=1)
#: First day of the lunar year in China (Hong Kong Observatory, Gregorian-Lunar Calendar).
LUNAR_NEW_YEAR = {
    **{2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25)},
    **{2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17)},
    **{2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3)},
}
#: First day of every Ramadan and first day after it, in the Umm al-Qura calendar; where the moon
#: is looked for, it may be a day earlier or later.
RAMADAN = (
    *(((2015, 6, 18), (2015, 7, 17)), ((2016, 6, 6), (2016, 7, 6))),
    *(((2017, 5, 27), (2017, 6, 25)), ((2018, 5, 16), (2018, 6, 15))),
    *(((2019, 5, 6), (2019, 6, 4)), ((2020, 4, 24), (2020, 5, 24))),
    *(((2021, 4, 13), (2021, 5, 13)), ((2022, 4, 2), (2022, 5, 2))),
    *(((2023, 3, 23), (2023, 4, 21)), ((2024, 3, 11), (2024, 4, 10))),
    *(((2025, 3, 1), (2025, 3, 30)), ((2026, 2, 18), (2026, 3, 20))),
    *(((2027, 2, 8), (2027, 3, 9)), ((2028, 1, 28), (2028, 2, 26))),
    *(((2029, 1, 16), (2029, 2, 14)), ((2030, 1, 5), (2030, 2, 4))),
    ((2030, 12, 26), (2031, 1, 24)),
)
#: First and last day of every Prime Day of Amazon's first markets, as Amazon announced them.
PRIME_DAY = (
    *(((2015, 7, 15), (2015, 7, 15)), ((2016, 7, 12), (2016, 7, 12))),
    *(((2017, 7, 10), (2017, 7, 11)), ((2018, 7, 16), (2018, 7, 17))),
    *(((2019, 7, 15), (2019, 7, 16)), ((2020, 10, 13), (2020, 10, 14))),
    *(((2021, 6, 21), (2021, 6, 22)), ((2022, 7, 12), (2022, 7, 13))),
    *(((2023, 7, 11), (2023, 7, 12)), ((2024, 7, 16), (2024, 7, 17))),
    ((2025, 7, 8), (2025, 7, 11)),
)
SOUTH_EAST_ASIA = ("ID", "MY", "PH", "SG", "TH", "VN")


@dataclass(frozen=True)
class Occasion:
    """One event that comes again: its days in a year, since when, and in which countries.

    ``countries`` are ISO 3166 codes; none: it is kept everywhere.
    """

    name: str
    kind: str
    days: Callable[[int], list[Span]]
    source: str
    countries: tuple[str, ...] = ()
    since: int = 1990


def _on(month: int, day: int, more: int = 0) -> Callable[[int], list[Span]]:
    """The same day every year, and ``more`` that follow it."""

    def days(year: int) -> list[Span]:
        first = date(year, month, day)
        return [(first, first + more * ONE_DAY)]

    return days


def _nth(month: int, weekday: int, nth: int, after: int = 0) -> Callable[[int], list[Span]]:
    """``after`` days after the ``nth`` such weekday (Monday is 0) of a month."""

    def days(year: int) -> list[Span]:
        first = date(year, month, 1)
        found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1) + after)
        return [(found, found)]

    return days


def _listed(table: tuple[tuple[_Day, _Day], ...], less: int = 0) -> Callable[[int], list[Span]]:
    """Those of a table that begin in the year, their last day ``less`` days earlier."""

    def days(year: int) -> list[Span]:
        spans = ((date(*first), date(*last) - less * ONE_DAY) for first, last in table)
        return [span for span in spans if span[0].year == year]

    return days


def _around_lunar_new_year(before: int, after: int) -> Callable[[int], list[Span]]:
    def days(year: int) -> list[Span]:
        if year not in LUNAR_NEW_YEAR:
            return []
        new_year = date(year, *LUNAR_NEW_YEAR[year])
        return [(new_year - before * ONE_DAY, new_year + after * ONE_DAY)]

    return days


OCCASIONS = (
    Occasion(
        "Spring Festival travel season",
        "season",
        _around_lunar_new_year(15, 24),
        "Ministry of Transport of China: 40 days, from the 15th before the lunar new year",
        ("CN",),
    ),
    Occasion(
        "Women's Day",
        "promotion",
        _on(3, 8),
        "United Nations, International Women's Day",
        ("CN",),
    ),
    Occasion(
        "618",
        "promotion",
        _on(6, 1, more=17),
        "JD.com: 1 to 18 June, the day on which it was founded in 1998",
        ("CN",),
        2010,
    ),
    Occasion(
        "9.9",
        "promotion",
        _on(9, 9),
        "Shopee, 9.9 Super Shopping Day, since 2016",
        SOUTH_EAST_ASIA,
        2016,
    ),
    Occasion(
        "11.11",
        "promotion",
        _on(11, 11),
        "Alibaba Group, 11.11 Global Shopping Festival, since 2009",
        ("CN", *SOUTH_EAST_ASIA),
        2009,
    ),
    Occasion(
        "12.12",
        "promotion",
        _on(12, 12),
        "Alibaba Group, 12.12; in Indonesia Harbolnas, since 2012",
        ("CN", *SOUTH_EAST_ASIA),
        2012,
    ),
    Occasion(
        "Valentine's Day",
        "season",
        _on(2, 14),
        "14 February",
    ),
    Occasion(
        "Ramadan",
        "season",
        _listed(RAMADAN, less=1),
        "Umm al-Qura calendar of Saudi Arabia; the moon may move it by a day",
        ("AE", "BD", "BH", "EG", "ID", "JO", "KW", "MA", "MY", "OM", "PK", "QA", "SA", "TR"),
    ),
    Occasion(
        "Prime Day",
        "promotion",
        _listed(PRIME_DAY),
        "Amazon, announced every year",
        ("DE", "ES", "FR", "GB", "IT", "US"),
    ),
    Occasion(
        "Black Friday",
        "promotion",
        _nth(11, 3, 4, after=1),
        "the day after Thanksgiving, the fourth Thursday of November (5 U.S.C. 6103)",
    ),
    Occasion(
        "Cyber Monday",
        "promotion",
        _nth(11, 3, 4, after=4),
        "National Retail Federation (Shop.org), since 2005",
        since=2005,
    ),
    Occasion(
        "Boxing Day sales",
        "promotion",
        _on(12, 26),
        "26 December",
        ("AU", "CA", "GB", "NZ"),
    ),
)


def commerce_days(country: str, first: date, last: date) -> list[tuple[Occasion, Span]]:
    """The occasions of ``country`` of which a day lies in ``first..last``, by their first days."""
    found = [
        (occasion, span)
        for occasion in OCCASIONS
        if not occasion.countries or country in occasion.countries
        for year in range(max(first.year - 1, occasion.since), last.year + 1)
        for span in occasion.days(year)
        if span[0] <= last and span[1] >= first
    ]
    return sorted(found, key=lambda one: (one[1], one[0].name))
