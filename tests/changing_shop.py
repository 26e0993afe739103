"""A tiny shop whose rows, files and layout change: what a refresh has to keep up with.

Every row is decoded from one whole number, so that a shop is a few short lists of numbers,
which hypothesis can draw, shrink and print.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

Row = dict[str, Any]

MOMENT, TEXT, NUMBER = pa.timestamp("us"), pa.string(), pa.float64()
SCHEMAS = {
    "orders": {
        "order_id": TEXT,
        "ordered_at": MOMENT,
        "customer_id": TEXT,
        "product_id": TEXT,
        "quantity": pa.int64(),
        "unit_price": NUMBER,
        "discount": NUMBER,
        "channel": TEXT,
        "campaign_id": TEXT,
        "status": TEXT,
    },
    "events": {
        "occurred_at": MOMENT,
        "customer_id": TEXT,
        "event": TEXT,
        "product_id": TEXT,
        "channel": TEXT,
    },
    "products": {
        "product_id": TEXT,
        "category": TEXT,
        "brand": TEXT,
        "unit_cost": NUMBER,
    },
    "campaigns": {"campaign_id": TEXT, "name": TEXT, "content_type": TEXT, "budget": NUMBER},
    "campaign_days": {"campaign_id": TEXT, "day": pa.date32(), "clicks": pa.int64()},
    "market": {"month": pa.date32(), "category": TEXT, "brand": TEXT, "gmv": NUMBER},
}
DATED = {"orders": "ordered_at", "events": "occurred_at"}
LAYOUTS = ("one parquet", "one csv", "parquet a month", "csv a month", "scattered", "twice")


def moment(random: Random, month: int) -> datetime:
    """A moment of the month, numbered from 2024-01; often at its very ends."""
    start = datetime(2024 + month // 12, month % 12 + 1, 1)
    if random.random() < 0.3:
        return start + timedelta(seconds=random.choice((-1, 0, -3600 * 8, -3600 * 8 - 1)))
    return start + timedelta(seconds=random.randrange(27 * 86400))


def row(table: str, number: int, month: int | None = None) -> Row:
    """The row that ``number`` stands for; about one in ten breaks a rule or is half unknown."""
    random = Random(number)
    odd = random.random()
    month = random.randrange(5) if month is None else month
    product = random.choice(["p0", "p1", "p2", "p3", "p4", "stranger"])
    customer = f"c{random.randrange(6)}"
    channel = random.choice(["app", "search", None])
    when: datetime | None = moment(random, month)
    if odd < 0.02:
        when = random.choice(
            [None, datetime(1970, 1, 1), datetime(2030, 1, 3), datetime(2031, 1, 1)]
        )
    if table == "orders":
        return {
            "order_id": f"o{random.randrange(9)}",
            "ordered_at": when,
            "customer_id": random.choice([customer] * 5 + [None]),
            "product_id": product,
            "quantity": 0 if 0.02 < odd < 0.05 else random.randrange(1, 4),
            "unit_price": random.choice([1.005, 2.5, 10.0]),
            "discount": random.choice([None, 0.125]),
            "channel": channel,
            "campaign_id": random.choice([None, None, "k0", "k1"]),
            "status": random.choice(["completed", "returned", "credited", "cancelled", None, None])
            if odd < 0.9
            else "lost",
        }
    if table == "events":
        return {
            "occurred_at": when,
            "customer_id": None if 0.02 < odd < 0.05 else customer,
            "event": random.choice(["view", "cart"]),
            "product_id": random.choice([product, None]),
            "channel": channel,
        }
    if table == "products":
        return {
            "product_id": random.choice(["p0", "p1", "p2", "p3", "p4", "p5"]),
            "category": random.choice(["A", "A / X", "B", None]),
            "brand": random.choice(["b0", "b1", None]),
            "unit_cost": random.choice([0.5, 1.0, None]),
        }
    if table == "campaigns":
        return {
            "campaign_id": random.choice(["k0", "k1"]),
            "name": random.choice(["first", None]),
            "content_type": random.choice(["marketing_copy", "unheard of", None]),
            "budget": random.choice([None, 7.0]),
        }
    if table == "campaign_days":
        return {
            "campaign_id": random.choice(["k0", "k1"]),
            "day": date(2024, 1, 1) + timedelta(days=random.randrange(150)),
            "clicks": random.choice([None, 1, 2]),
        }
    return {
        "month": date(2024, random.randrange(1, 6), 1),
        "category": random.choice(["A", "B"]),
        "brand": random.choice(["b0", "b1"]),
        "gmv": random.choice([1.5, 2.5]),
    }


class ChangingShop:
    """Rows by table, and the files in ``folder`` that hold them.

    ``layouts`` says for orders and events how rows become files; a file is written only when
    what it holds has changed, as an export would.
    """

    def __init__(self, folder: Path, layouts: dict[str, str], timezone: str) -> None:
        self.folder, self.layouts, self.timezone = folder, layouts, timezone
        self.rows: dict[str, list[Row]] = {}
        self.salt = self.edition = 0
        self._held: dict[Path, tuple[Any, ...]] = {}
        folder.mkdir(parents=True)

    def write(self) -> None:
        """Bring the files up to date."""
        sections = []
        for table in self.rows:
            layout = self.layouts.get(table, "one parquet")
            kind = "csv" if "csv" in layout else "parquet"
            if layout.startswith("one"):
                spec, files = f"{table}.{kind}", {f"{table}.{kind}": self.rows[table]}
            else:
                spec, files = table, self._split(table, layout, kind)
            sections.append(f'[tables.{table}]\nfile = "{spec}"\n')
            wanted = {self.folder / name: rows for name, rows in files.items()}
            for path in [p for p in self._held if p.parent.name == table and p not in wanted]:
                path.unlink()
                del self._held[path]
            for path, rows in wanted.items():
                self._write_file(table, path, rows)
        (self.folder / "source.toml").write_text(
            f'timezone = "{self.timezone}"\nmax_rejected_share = 1.0\n' + "".join(sections)
        )

    def _split(self, table: str, layout: str, kind: str) -> dict[str, list[Row]]:
        """File name -> rows; there is always at least one file."""
        files: dict[str, list[Row]] = {f"{table}/none.{kind}": []}
        for place, one in enumerate(self.rows[table]):
            when = one[DATED[table]]
            month = f"{when:%Y-%m}" if when else "none"
            part = crc32(f"{self.salt} {place}".encode()) % 3
            name = month if "month" in layout else f"part-{part}"
            files.setdefault(f"{table}/{name}-{self.edition}.{kind}", []).append(one)
        if layout == "twice":
            files |= {f"{table}/again-{Path(n).name}": rows for n, rows in [*files.items()]}
        return files

    def _write_file(self, table: str, path: Path, rows: list[Row]) -> None:
        held = tuple(tuple(one.values()) for one in rows)
        if self._held.get(path) == held:
            return
        self._held[path] = held
        path.parent.mkdir(exist_ok=True)
        schema = pa.schema(SCHEMAS[table])
        arrow = pa.Table.from_pylist(rows, schema=schema)
        if path.suffix == ".csv":
            pyarrow.csv.write_csv(arrow, path)
        else:
            pq.write_table(arrow, path)

    def touch(self) -> None:
        """Write every file again, with the same rows in another order."""
        for rows in self.rows.values():
            rows.reverse()
        self._held = {path: () for path in self._held}
        self.salt += 1

    def rows_of(self, table: str, month: int) -> list[Row]:
        """The rows of one month of 2024 (UTC)."""
        column = DATED[table]
        return [one for one in self.rows[table] if one[column] and one[column].month == month + 1]


def contents(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """All that a generation says, whatever the order of its rows and the numbers of customers."""
    con = duckdb.connect(str(folder / manifest["store"]), read_only=True)
    names = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
    found: dict[str, Any] = {}
    for name in names:
        table = con.table(name)
        rows = table.fetchall()
        columns = [
            (column, str(kind)) for column, kind in zip(table.columns, table.types, strict=True)
        ]
        if "customer" in table.columns:
            rows = _anonymous(rows, table.columns.index("customer"))
        found[name] = (columns, Counter(rows))
    con.close()
    rejects = {
        path.stem: Counter(map(tuple, _values(path)))
        for path in (folder / manifest["rejects"]).glob("*.parquet")
    }
    found["rejects"] = {name: rows for name, rows in rejects.items() if rows}
    check = manifest["check"]
    tables = {
        name: table | {"rules": [rule | {"examples": None} for rule in table["rules"]]}
        for name, table in check["tables"].items()
    }
    for table in tables.values():
        assert table["rows_in"] == table["rows_used"] + table["rows_rejected"]
    passing = ("generation", "store", "rejects", "built_at", "check")
    found["manifest"] = {key: one for key, one in manifest.items() if key not in passing}
    found["check"] = check | {"tables": tables}
    return found


def _values(path: Path) -> Iterable[Iterable[Any]]:
    return (one.values() for one in pq.read_table(path).to_pylist())


def _anonymous(rows: list[tuple[Any, ...]], place: int) -> list[Any]:
    """Customers as what is said of them, not as the numbers they happen to have."""
    said: dict[Any, list[Any]] = {}
    for one in rows:
        said.setdefault(one[place], []).append(one[:place] + one[place + 1 :])
    return [tuple(sorted(those)) for those in said.values()]


# --- changes ---------------------------------------------------------------------------------


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
