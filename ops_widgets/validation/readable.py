"""What a source would say so that values read that were set aside: found from the examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import product
from typing import Any

from ops_widgets.contract.table import ColumnType, Rule
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.date_formats import DateFormat
from ops_widgets.sources.files import quote
from ops_widgets.sources.mapping import how_to_set
from ops_widgets.sources.reading import Reading
from ops_widgets.sources.statuses import status_of
from ops_widgets.sources.table_config import Mapped
from ops_widgets.sources.toml import toml
from ops_widgets.sources.written import Written

_DAY_FIRST = [f"%d{sign}%m{sign}{year}" for sign in "./-" for year in ("%Y", "%y")]
_MONTH_FIRST = [f"%m{sign}%d{sign}{year}" for sign in "./-" for year in ("%Y", "%y")]
_EITHER = [
    *("%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y"),
    *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%a, %d %b %Y", "%A, %B %d, %Y"),
]
_CLOCKS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%H%M%S", "%H.%M"]
_BETWEEN = [" ", "T", ", ", " - "]
_AFTER = ["", " %z", "%z", "Z", " UTC"]
_ANY_DAY, _ANY_DAY_TEXT = "%Y-%m-%d", "2000-01-01"
#: Decimal and thousands signs, the commonest first.
_SIGNS = [(".", ","), (",", ""), (",", "."), (".", " "), (",", " "), (".", "'"), (".", "’")]
_CURRENCY = re.compile(r"^\s*([^\d\s.,+-]{1,3})\s*[\d.,'’\s]+$|^[\d.,'’\s]+?\s*([^\d\s.,+-]{1,3})$")
_TOTAL = re.compile(
    "(grand )?total|sub-?total|sum|summe|gesamt|somme|suma|totale|totaal|итого|всего|"
    "合计|合計|总计|總計|小计|小計|总和|합계|총계",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\d:\d\d(:\d\d)?(\.\d+)? +[A-Za-z]+(/[A-Za-z_/]+)?$")


def readable(rule: Rule, reading: Reading, config: SourceConfig, examples: Sequence[Any]) -> str:
    """What to do about ``rule``: an option that reads the values of its ``examples``, if any does.

    ``examples`` are the values of the rule's column, as the source has them.
    """
    texts = [one for one in dict.fromkeys(examples) if isinstance(one, str) and one.strip()]
    if not texts or len(rule.columns) != 1:
        return rule.remedy
    (name,) = rule.columns
    column = reading.table.column(name)
    setting = how_to_set(config, "tables", reading.table.name)
    if rule.kind == "one_of":
        return _meanings(rule, reading, config, texts)
    if not rule.name.endswith("_wrong_type"):
        return rule.remedy
    if column.type in ("integer", "number"):
        if found := _numbers(texts, column.type, reading.written):
            choice = " or ".join(" with ".join(one) for one in found)
            return setting.of(*found[0]) if len(found) == 1 else setting.of(choice)
        if sign := _currency(texts):
            sql = f"replace({quote(_origin(config, reading, name))}, '{sign}', '')"
            said = f"{name} = {{ sql = {toml(sql)} }}"
            return f"To read it without its sign, write into columns: {said}"
    if column.type in ("timestamp", "date"):
        if forms := _dates(texts, column.type, reading.written):
            local = _local(config, reading) if column.type == "timestamp" else ""
            unclear = " (the data do not say which is the day)" if len(forms) > 1 else ""
            return setting.of("date_format = " + " or ".join(forms)) + unclear + local
        if any(map(_ZONE.search, texts)):
            return (
                "A zone by its name says too little (CST is three of them): export the times in "
                "UTC, or with an offset (+08:00)."
            )
    if reading.files and (word := _total(texts)):
        condition = f"{quote(_origin(config, reading, name))} LIKE '{word}%'"
        dropped = config.tables[reading.table.name].drop | {"totals": condition}
        said = ", ".join(f"{key} = {toml(value)}" for key, value in dropped.items())
        return f"If these are totals and no rows: {setting.of(f'drop = {{ {said} }}')}"
    return rule.remedy


def _total(texts: list[str]) -> str:
    """The word for a total with which all of them begin; empty where there is none."""
    found = {match[0] if (match := _TOTAL.match(text)) else "" for text in texts}
    return found.pop() if len(found) == 1 else ""


def _origin(config: SourceConfig, reading: Reading, name: str) -> str:
    """The column of the source that ``name`` is read from."""
    said = config.tables[reading.table.name].columns.get(name, name)
    return Mapped.of(said, name).column or name


def _meanings(rule: Rule, reading: Reading, config: SourceConfig, texts: list[str]) -> str:
    """Where the words of the shop are given a meaning of the contract's."""
    (name,) = rule.columns
    column = reading.table.column(name)
    if column.names or not column.choices:
        return rule.remedy
    said = Mapped.of(config.tables[reading.table.name].columns.get(name, name), name)
    meant = {one: status_of(one) for one in texts}
    values = said.values | {one: new if new in column.choices else "" for one, new in meant.items()}
    written = ", ".join(f"{toml(old)} = {toml(new or '?')}" for old, new in values.items())
    named = f"column = {toml(said.column)}, " if said.column not in ("", name) else ""
    return (
        f"Say in columns what its words mean, of {', '.join(column.choices)}: "
        f"{name} = {{ {named}values = {{ {written} }} }}"
    )


def _numbers(texts: list[str], kind: ColumnType, written: Written) -> list[list[str]]:
    """The options that read the most of ``texts``; of two that differ, both."""
    found: dict[tuple[str, ...], list[str]] = {}
    most = 0
    for decimal, thousands in _SIGNS:
        style = replace(written, decimal=decimal, thousands=thousands)
        values = tuple(_number(text, style) for text in texts)
        read = sum(bool(one) and (kind == "number" or float(one).is_integer()) for one in values)
        said = [f'decimal = "{decimal}"'] if decimal != written.decimal else []
        said += [f'thousands = "{thousands}"'] if thousands not in ("", written.thousands) else []
        if said and read >= max(most, 1):
            found = found if read == most else {}
            found.setdefault(values, said)
            most = read
    return list(found.values()) if len(found) < 3 else []


def _number(text: str, style: Written) -> str:
    text = text.strip()
    if not re.match(style.number_pattern, text):
        return ""
    for sign in style.separators:
        text = text.replace(sign, "")
    return text.replace(style.decimal, ".")


def _currency(texts: list[str]) -> str:
    """The sign before or after each of the numbers; empty where they have none, or several."""
    matches = [match for text in texts if (match := _CURRENCY.match(text))]
    found = {next(filter(None, match.groups())) for match in matches}
    return found.pop() if len(found) == 1 else ""


def _dates(texts: list[str], kind: ColumnType, written: Written) -> list[str]:
    """The forms that read the most of ``texts``; where day and month look alike, both."""
    known = [one.text for one in written.date_formats]
    choices = []
    for family in (_DAY_FIRST, _MONTH_FIRST):
        forms: dict[str, None] = {}
        left = 0
        for text in texts:
            form = next(filter(None, (_form(day, text) for day in (*family, *_EITHER))), "")
            forms |= {form: None} if form else {}
            left += not form
        choices.append((left, [*known, *forms]))
    least = min(left for left, _ in choices)
    if least == len(texts):
        return []
    return list(
        dict.fromkeys(
            toml(one[0] if len(one) == 1 else one) for left, one in choices if left == least
        )
    )


def _form(day: str, text: str) -> str:
    """The form of ``text`` that begins with ``day``; empty where there is none."""
    capitals = " ".join(text.upper().split())
    found = _pattern(day, "").match(capitals)
    if not found:
        return ""
    rest = capitals[found.end() :]
    for clock in _clocks() if rest else [""]:
        form = day + clock
        if _pattern(_ANY_DAY, clock).fullmatch(_ANY_DAY_TEXT + rest) and _is_a_day(form, capitals):
            return form
    return ""


@cache
def _clocks() -> list[str]:
    return ["".join(one) for one in product(_BETWEEN, _CLOCKS, _AFTER)]


@cache
def _pattern(day: str, clock: str) -> re.Pattern[str]:
    return re.compile(DateFormat(day + clock).pattern.removesuffix("$"))


def _is_a_day(form: str, text: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _local(config: SourceConfig, reading: Reading) -> str:
    """A word on the zone, where the source has one and does not say that times are of it."""
    if reading.written.timezone or config.timezone == "UTC":
        return ""
    return f' If these times are local, add timezone = "{config.timezone}" as well.'
