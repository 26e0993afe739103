"""Money in other currencies, by the rates of its day: before any rule looks at an amount.

An amount times its rate is a product of two 64-bit floats, which is the same one on every engine,
and right to the 15 digits that :mod:`sources.money` reads of it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ops_widgets.contract.table import RATE_DAYS, RATES, Rule, Table
from ops_widgets.sources.clock import day_of
from ops_widgets.sources.connect import Source
from ops_widgets.sources.reading import RATE, Reading
from ops_widgets.validation.months import Dates

#: What rows are joined to their rate by.
_CODE, _DAY = "_currency", "_money_day"
#: Whatever stands for a currency and is no code of one.
NO_CODE = "no code"
#: A currency, a day number, and what one unit of it was worth then.
Rate = tuple[str, int, float]
_BY_DAY = pa.schema([("code", pa.string()), ("money_day", pa.int64()), ("rate", pa.float64())])


def currency_rule(table: Table) -> Rule | None:
    """The rule whose columns say in which currency the money of a row is, and of which day."""
    return next((rule for rule in table.rules if rule.kind == "own_currency"), None)


class Currencies:
    """What the other currencies of ``source`` are worth, once its rates have been validated."""

    def __init__(self, source: Source, now: datetime) -> None:
        self.source, self.dates = source, Dates(source.config.timezone, now)
        self._rates: ir.Table | None = None
        self._by_month: defaultdict[int, list[Rate]] = defaultdict(list)

    def take(self, rates: ir.Table) -> None:
        """Take the good rows of :data:`RATES` for those that hold."""
        rates = rates.select("currency", "rate", day=day_of(rates.day))
        found = self.source.run(rates, RATES).to_pylist()
        held = by_day((row["currency"], row["day"], row["rate"]) for row in found)
        for rate in held:
            self._by_month[self.dates.month(rate[1])].append(rate)
        columns = zip(*held, strict=True) if held else ((),) * len(_BY_DAY)
        self._rates = ibis.memtable(pa.table(list(map(list, columns)), schema=_BY_DAY))

    def converted(self, reading: Reading) -> Reading:
        """The same rows with a :data:`RATE`; a table without a column for currencies, as it is."""
        rule = currency_rule(reading.table)
        if rule is None or not self.are_in(reading):
            return reading

        def rated(rows: ir.Table) -> ir.Table:
            return self._rated(reading, rows, *rule.columns)

        return replace(reading.over(rated), has_rates=self._rates is not None)

    def are_in(self, reading: Reading) -> bool:
        """Whether a table says in which currency its rows are."""
        rule = currency_rule(reading.table)
        return rule is not None and set(rule.columns) <= set(reading.present)

    def mark(self, reading: Reading, months: Collection[int]) -> str:
        """A digest of the rates that some months of a table are converted by; one that is not
        dated has no months, and all rates.
        """
        if self._rates is None or not self.are_in(reading):
            return ""
        held = months if reading.table.dated else self._by_month
        told = [self._by_month.get(month) for month in sorted(held)]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def _rated(self, reading: Reading, rows: ir.Table, currency: str, date: str) -> ir.Table:
        values = reading.values(rows)
        code, moment = values[currency], values[date]
        is_own = code.fill_null(self.source.config.currency) == self.source.config.currency
        own = ibis.literal(1.0, "float64")
        if self._rates is None:
            return rows.mutate(**{RATE: is_own.ifelse(own, ibis.null("float64"))})
        day = day_of(moment) if moment.type().is_date() else self.dates.day(moment)
        asked = rows.mutate(**{_CODE: is_own.ifelse(ibis.null("string"), code), _DAY: day})
        keys = [asked[_CODE] == self._rates.code, asked[_DAY] == self._rates.money_day]
        found = asked.left_join(self._rates, keys)
        rate = found[_CODE].isnull().ifelse(own, found.rate)
        return found.select(*rows.columns, **{RATE: rate})


def other_currency(table: Table, seen: ir.Table) -> ir.StringValue:
    """The code in typed rows that were set aside (``_rule``) for it; null in all others.

    What is no code of three letters is :data:`NO_CODE`.
    """
    rule = currency_rule(table)
    assert rule is not None
    code = seen[rule.columns[0]]
    told = code.re_search("^[A-Z]{3}$").ifelse(code, NO_CODE)
    aside = [one.name for one in table.rules if one.kind in ("own_currency", "has_rate")]
    return seen["_rule"].isin(aside).ifelse(told, ibis.null("string"))


def by_day(rates: Iterable[Rate]) -> list[Rate]:
    """``(currency, day, rate)`` of every day on which one holds: its own and the 7 after it, or
    as many as there are to the next one; sorted.

    >>> by_day([("USD", 10, 0.5), ("USD", 12, 0.25)])[:4]
    [('USD', 10, 0.5), ('USD', 11, 0.5), ('USD', 12, 0.25), ('USD', 13, 0.25)]
    """
    told = sorted(rates)
    found = []
    for (code, day, rate), after in zip(told, [*told[1:], None], strict=False):
        end = day + RATE_DAYS + 1
        if after is not None and after[0] == code:
            end = min(end, after[1])
        found += [(code, each, rate) for each in range(day, end)]
    return found
