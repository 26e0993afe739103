"""What happens to a shop between two builds, at random."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .changing_shop import ChangingShop
from .drawn_rows import DATED, SCHEMAS, row


def _add(shop: ChangingShop, table: str, random: Random) -> None:
    for _ in range(random.randrange(1, 4)):
        place = random.randrange(len(shop.rows[table]) + 1)
        shop.rows[table].insert(place, row(table, random.getrandbits(32)))


def _delete(shop: ChangingShop, table: str, random: Random) -> None:
    for _ in range(random.randrange(1, 4)):
        if shop.rows[table]:
            del shop.rows[table][random.randrange(len(shop.rows[table]))]


def _alter(shop: ChangingShop, table: str, random: Random) -> None:
    if shop.rows[table]:
        place = random.randrange(len(shop.rows[table]))
        column = random.choice(list(SCHEMAS[table]))
        other = row(table, random.getrandbits(32))
        shop.rows[table][place] = {**shop.rows[table][place], column: other[column]}


def _copy(shop: ChangingShop, table: str, random: Random) -> None:
    if shop.rows[table]:
        shop.rows[table].append(dict(random.choice(shop.rows[table])))


def _backfill(shop: ChangingShop, table: str, random: Random) -> None:
    if table in DATED:
        month = random.choice([-14, -2, -1, 0])
        shop.rows[table].append(row(table, random.getrandbits(32), month))


def _new_month(shop: ChangingShop, table: str, random: Random) -> None:
    if table in DATED:
        month = random.choice([5, 6, 9])
        shop.rows[table] += [row(table, random.getrandbits(32), month) for _ in range(2)]


def _empty_month(shop: ChangingShop, table: str, random: Random) -> None:
    if table in DATED:
        gone = shop.rows_of(table, random.randrange(6))
        shop.rows[table] = [one for one in shop.rows[table] if one not in gone]


def _rename_channel(shop: ChangingShop, table: str, random: Random) -> None:
    if "channel" in SCHEMAS[table]:
        old, new = random.sample(["app", "search", "shop", None], 2)
        for one in shop.rows[table]:
            if one["channel"] == old:
                one["channel"] = new


def _touch(shop: ChangingShop, table: str, random: Random) -> None:
    shop.touch()


def _rename(shop: ChangingShop, table: str, random: Random) -> None:
    shop.edition += 1


#: What happens between two builds: the name of it -> to a table of a shop, at random.
CHANGES: dict[str, Callable[[ChangingShop, str, Random], None]] = {
    "rows added": _add,
    "rows deleted": _delete,
    "a row altered": _alter,
    "a row copied": _copy,
    "old rows filled in": _backfill,
    "a new month": _new_month,
    "a month emptied": _empty_month,
    "a channel renamed": _rename_channel,
    "files written again": _touch,
    "files renamed": _rename,
}
