"""What a folder of exports means: the shop's currency and zone, the files, and a select a table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any

from ops_widgets.contract import TABLES
from ops_widgets.exports.look import Looked
from ops_widgets.exports.match import Match, refuse_twice
from ops_widgets.exports.ready import ExportField, TableSelect
from ops_widgets.exports.selects import CampaignCheck, campaigns_agree, select_of
from ops_widgets.exports.written import dates, signs
from ops_widgets.exports.zones import zone_of_market, zone_of_offsets, zones_of
from ops_widgets.sources.currency import minor_digits


@dataclass(frozen=True)
class Known:
    """A property of the shop: how it is known, and whether the user has to confirm it."""

    value: str
    how: str
    is_sure: bool = True


@dataclass(frozen=True)
class Raw:
    """One entry of ``[files]``: its name, its options as the TOML says them, and what it is."""

    name: str
    options: dict[str, Any]
    matches: tuple[Match, ...]
    confirm: dict[str, str] = field(default_factory=dict)


@dataclass
class Understood:
    """Everything that is written into the TOML; ``said`` and ``needed`` are for the user."""

    currency: Known
    timezone: Known
    settings: dict[str, bool]
    files: list[Raw] = field(default_factory=list)
    tables: dict[str, list[tuple[str, TableSelect, str]]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)


def understand(matches: Sequence[Match], currency: str = "", timezone: str = "") -> Understood:
    """Bring recognised files together; ``currency`` and ``timezone`` are what the user said.

    Raises ``UsageError`` where two files of one kind hold the same rows.
    """
    matches = _of_one_telling(matches)
    money = _currency(matches, currency)
    zone = _timezone(matches, money.value, timezone)
    settings: dict[str, bool] = {}
    found = Understood(money, zone, settings)
    for export, of_export in groupby(matches, key=lambda one: one.export):
        parts = list(of_export)
        settings |= export.settings
        kinds = {}
        for kind, group in groupby(parts, key=lambda one: one.kind):
            of_kind = list(group)
            refuse_twice(of_kind)
            name = export.key if len(export.files) == 1 else f"{export.key}_{kind}"
            kinds[kind] = _files(name, of_kind, zone, minor_digits(money.value))
            found.files += kinds[kind]
        _fill_tables(found, kinds, matches)
        names = ", ".join(one.looked.path.name for one in parts)
        found.said.append(f"{names}: {export.name}.")
    _tell(found, matches)
    return found


def _of_one_telling(matches: Sequence[Match]) -> list[Match]:
    """Of several exports of the same orders the one that tells them best; sorted by export, kind."""
    best: dict[str, int] = {}
    for one in matches:
        shop = one.export.shop
        best[shop] = min(best.get(shop, one.export.rank), one.export.rank) if shop else 0
    kept = [one for one in matches if not one.export.shop or one.export.rank == best[one.export.shop]]
    # Orders first: they are what the reader looks for.
    return sorted(
        kept,
        key=lambda m: ("orders" not in m.export.tables, m.export.key, m.kind, m.looked.path.name),
    )


def _currency(matches: Sequence[Match], said: str) -> Known:
    if said:
        return Known(said, "as you said")
    orders = [one for one in matches if "orders" in one.export.tables]
    for those in (orders, matches):
        counted: Counter[str] = Counter()
        where = ""
        for one in those:
            values = [value.upper() for value in one.values(one.file.currency)]
            if not values and one.header_currency:
                values = [one.header_currency]
            if not values and one.export.currency:
                values = [one.export.currency]
            counted.update(value for value in values if len(value) == 3 and value.isalpha())
            where = where or (one.looked.path.name if values else "")
        if counted:
            (most, _), *others = counted.most_common()
            also = f"; there is {', '.join(code for code, _ in others)} as well" if others else ""
            return Known(most, f"from {where}{also}", not others)
    return Known("USD", "no file says it", False)


def _timezone(matches: Sequence[Match], currency: str, said: str) -> Known:
    if said:
        return Known(said, "as you said")
    for one in matches:
        if one.export.timezone:
            return Known(one.export.timezone, f"{one.export.name} are in that time")
    for one in matches:
        regions = [value for value in one.values(one.file.region) if len(value) == 2]
        country = Counter(regions).most_common(1)[0][0] if regions else ""
        for name, field_ in one.file.fields.items():
            if field_.type != "timestamp":
                continue
            # Enough of them for both offsets of a year.
            values = one.values(name)
            some = values[:: max(1, len(values) // 200)]
            if zone := zone_of_offsets(some, (currency, country)):
                offsets = sorted({value[-6:].strip().replace(":", "") for value in some})
                return Known(zone, f"the times of {one.looked.path.name} have its offsets: {', '.join(offsets)}", False)
        markets = Counter(one.values(one.file.market)).most_common(1)
        if markets and (zone := zone_of_market(markets[0][0])):
            return Known(zone, f"the sales channel is {markets[0][0]}", False)
    if zones := zones_of(currency):
        return Known(zones[0], f"a zone of the currency {currency}; no file says it", False)
    return Known("UTC", "no file says it", False)


def _files(name: str, parts: Sequence[Match], zone: Known, digits: int) -> list[Raw]:
    """The entries of ``[files]`` for the files of one kind: one, where they are alike."""
    entries = []
    for part in parts:
        options, confirm = _options(part, zone, digits)
        entries.append(Raw(name, options, (part,), confirm))
    if len(entries) == 1:
        return entries
    pattern = _glob([part.looked.path.name for part in parts])
    alike = all(
        (one.options | {"file": ""}) == (entries[0].options | {"file": ""})
        and set(one.matches[0].looked.header) == set(entries[0].matches[0].looked.header)
        for one in entries
    )
    names = {part.looked.path.name for part in parts}
    held = {one for one in os.listdir(parts[0].looked.path.parent) if fnmatchcase(one, pattern)}
    if alike and held == names:
        options = entries[0].options | {"file": pattern}
        return [Raw(name, options, tuple(parts), entries[0].confirm)]
    return [
        Raw(f"{name}_{n}", one.options, one.matches, one.confirm) for n, one in enumerate(entries, 1)
    ]


def _glob(names: Sequence[str]) -> str:
    start = os.path.commonprefix(list(names))
    end = os.path.commonprefix([name[len(start) :][::-1] for name in names])[::-1]
    return f"{start}*{end}"


def _options(part: Match, zone: Known, digits: int) -> tuple[dict[str, Any], dict[str, str]]:
    """How a file is read, as its entry says it; and what of that the user has to confirm."""
    looked = part.looked
    confirm = dict(looked.confirm)
    options: dict[str, Any] = {"file": looked.path.name}
    said = looked.options.model_dump(exclude_defaults=True)
    if said.get("delimiter") == "," and not looked.path.name.lower().endswith(".tsv"):
        said.pop("delimiter")
    options |= said
    if part.file.quote is not None:
        options["quote"] = part.file.quote
    if part.file.comment:
        options["comment"] = part.file.comment
    fields = {name: one for name, one in part.file.fields.items() if name in part.columns}
    types = {
        part.columns[name][0]: one.type for name, one in fields.items() if one.type in _TYPED
    }
    if looked.is_typed:
        types = {}
    if types:
        options |= _signs(part, fields, digits, confirm) | _dates(part, fields, zone, confirm)
        options["types"] = types
    if drop := _drop(part):
        options["drop"] = drop
    return options, confirm


_TYPED = ("number", "timestamp", "date")


def _signs(
    part: Match, fields: dict[str, ExportField], digits: int, confirm: dict[str, str]
) -> dict[str, Any]:
    values = [v for name, one in fields.items() if one.type == "number" for v in part.values(name)]
    found = signs(values, digits)
    options = {}
    if found.decimal != ".":
        options["decimal"] = found.decimal
    if found.thousands:
        options["thousands"] = found.thousands
        if not found.is_sure:
            confirm["thousands"] = f"or is {found.thousands!r} the sign before decimals?"
    return options


def _dates(
    part: Match, fields: dict[str, ExportField], zone: Known, confirm: dict[str, str]
) -> dict[str, Any]:
    """The forms of moments and days, and where they are local."""
    forms: list[str] = []
    is_local = False
    for name, one in fields.items():
        if one.type not in ("timestamp", "date") or not (values := part.values(name)):
            continue
        found = dates(values)
        if len(found.formats) > 1:
            chosen = _likely(found.formats, zone.value)
            others = [text for text in found.formats if text != chosen]
            confirm["date_format"] = f"{chosen} or {' or '.join(others)}? Both fit every date."
            forms.append(chosen)
        forms += found.formats if len(found.formats) == 1 else ()
        is_local |= one.type == "timestamp" and found.are_dates and not found.have_offsets
    options: dict[str, Any] = {}
    if forms := list(dict.fromkeys(forms)):
        options["date_format"] = forms[0] if len(forms) == 1 else forms
    if is_local and not any(form.endswith("UTC") for form in forms):
        options["timezone"] = part.export.timezone or zone.value
        if not part.export.timezone and not zone.is_sure:
            confirm["timezone"] = "the times of this file have no offset: are they local there?"
    return options


def _likely(formats: Sequence[str], zone: str) -> str:
    """Of several forms the one that people of the zone write."""
    month_first = zone.startswith(("America/New_York", "America/Chicago", "America/Los_Angeles"))
    month_first |= zone in ("America/Denver", "Asia/Manila")
    wanted = "%m/%d" if month_first else "%d/%m"
    return next((one for one in formats if one.startswith(wanted)), formats[0])


def _drop(part: Match) -> dict[str, str]:
    names = {name: '"' + those[0].replace('"', '""') + '"' for name, those in part.columns.items()}
    return {rule: text.format_map(names) for rule, text in part.file.drop.items()}


def _fill_tables(found: Understood, kinds: dict[str, list[Raw]], all_of: Sequence[Match]) -> None:
    """Add the selects of one export for every table that it fills."""
    export = next(iter(kinds.values()))[0].matches[0].export
    held = {f"{kind}.{name}" for kind, raws in kinds.items() for raw in raws for name in raw.matches[0].columns}
    for table, variants in export.tables.items():
        if table not in TABLES:
            continue
        select = next((one for one in variants if set(one.needs) <= {*kinds, *held}), None)
        if select is None:
            continue
        check = campaigns_agree(select, kinds, all_of) if select.campaign else None
        without = (select.campaign,) if check is not None and not check.agrees else ()
        sql = select_of(select, kinds, found.currency.value, without)
        found.tables.setdefault(table, []).append((export.name, select, sql))
        if check is not None:
            found.said.append(_words_on(check))


def _words_on(check: CampaignCheck) -> str:
    if not check.known:
        return f"{check.named:,} different campaigns stand at the orders; no ads are beside them."
    if not check.agrees:
        return (
            "The campaigns that the orders name are none of those of the ads, so they are not mapped: "
            f"{', '.join(check.examples)}. Put the campaign's id into the links of the ads."
        )
    return f"{check.shared:,} of the {check.named:,} campaigns that the orders name are campaigns of the ads."


def _tell(found: Understood, matches: Sequence[Match]) -> None:
    money, zone = found.currency, found.timezone
    found.tables = {name: found.tables[name] for name in TABLES if name in found.tables}
    found.said.append(f"The currency is {money.value} ({money.how}).")
    found.said.append(f"The time zone is {zone.value} ({zone.how}).")
    if not money.is_sure:
        found.needed.append(f'currency = "{money.value}": {money.how}. Correct it if that is wrong.')
    if not zone.is_sure:
        found.needed.append(f'timezone = "{zone.value}": {zone.how}. Correct it if that is wrong.')
    for raw in found.files:
        for option, question in raw.confirm.items():
            found.needed.append(f"{option} of {raw.options['file']}: {question}")
