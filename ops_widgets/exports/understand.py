"""What a folder of exports means: the shop's currency and zone, the files, and a select a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ops_widgets.contract import TABLES
from ops_widgets.exports.look import Looked
from ops_widgets.exports.match import Match, refuse_twice
from ops_widgets.exports.raw import Raw, raw_files
from ops_widgets.exports.ready import TableSelect
from ops_widgets.exports.selects import CampaignCheck, campaigns_agree, select_of
from ops_widgets.exports.shop import Known, currency_of, timezone_of
from ops_widgets.sources.currency import minor_digits


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


def understand(
    matches: Sequence[Match], others: Sequence[Looked] = (), currency: str = "", timezone: str = ""
) -> Understood:
    """Bring recognised files together; ``currency`` and ``timezone`` are what the user said.

    ``others`` are files of no known export, which may say the currency.

    Raises ``UsageError`` where two files of one kind hold the same rows.
    """
    matches = _of_one_telling(matches)
    money = currency_of(matches, others, currency)
    zone = timezone_of(matches, money, timezone)
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
            kinds[kind] = raw_files(name, of_kind, zone, minor_digits(money.value))
            found.files += kinds[kind]
        names = ", ".join(one.looked.path.name for one in parts)
        found.said.append(f"{names}: {export.name}.")
        _fill_tables(found, kinds, matches)
    _tell(found, matches)
    return found


def _of_one_telling(matches: Sequence[Match]) -> list[Match]:
    """Of several exports of the same orders the one that tells them best; all in order."""
    best: dict[str, int] = {}
    for one in matches:
        shop = one.export.shop
        best[shop] = min(best.get(shop, one.export.rank), one.export.rank) if shop else 0
    kept = [
        one for one in matches if not one.export.shop or one.export.rank == best[one.export.shop]
    ]
    # Orders first: they are what the reader looks for.
    return sorted(
        kept,
        key=lambda m: ("orders" not in m.export.tables, m.export.key, m.kind, m.looked.path.name),
    )


def _fill_tables(found: Understood, kinds: dict[str, list[Raw]], all_of: Sequence[Match]) -> None:
    """Add the selects of one export for every table that it fills."""
    export = next(iter(kinds.values()))[0].matches[0].export
    held = {
        f"{kind}.{name}"
        for kind, raws in kinds.items()
        for raw in raws
        for name in raw.matches[0].columns
    }
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
        return f"Campaigns that the orders name: {check.named:,}; no ads lie beside them."
    if not check.agrees:
        return (
            "The campaigns that the orders name are none of those of the ads, so they are not "
            f"mapped: {', '.join(check.examples)}. Put the campaign's id into the links of the ads."
        )
    return f"Campaigns that the orders name: {check.named:,}, of the ads beside: {check.shared:,}."


def _tell(found: Understood, matches: Sequence[Match]) -> None:
    money, zone = found.currency, found.timezone
    found.tables = {name: found.tables[name] for name in TABLES if name in found.tables}
    found.said.append(f"The currency is {money.value} ({money.how}).")
    found.said.append(f"The time zone is {zone.value} ({zone.how}).")
    if not money.is_sure:
        found.needed.append(
            f'currency = "{money.value}": {money.how}. Correct it if that is wrong.'
        )
    if not zone.is_sure:
        found.needed.append(f'timezone = "{zone.value}": {zone.how}. Correct it if that is wrong.')
    for raw in found.files:
        for option, question in raw.confirm.items():
            found.needed.append(f"{option} of {raw.options['file']}: {question}")
