"""The version of a definition and what it defines change together, and nothing else changes them.

``summary_versions.json`` holds, by definition, its version and a digest of the SQL that it
becomes on DuckDB, with the small tables that the SQL is joined to and, of customers, with what it
gives. After raising a version: ``python -m tests.test_summary_versions``.
"""

import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import ibis
import ibis.expr.operations as ops
import pytest

from ops_widgets.contract import TABLES
from ops_widgets.periods import calendar, utc_offsets
from ops_widgets.sources.casts import TYPES
from ops_widgets.summaries import versions
from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.customers.history import GRAINS, History
from ops_widgets.summaries.customers.lifecycle import write_lifecycle
from ops_widgets.summaries.customers.signatures import Signatures
from ops_widgets.summaries.definitions import FactContext, Summary
from ops_widgets.summaries.dimensions import PRODUCTS, product_dimension
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.tables import SMALL

ON_RECORD = Path(__file__).parent / "summary_versions.json"
#: Names that Ibis makes up for tables in memory.
MADE_UP = re.compile(r"\bibis_\w*memtable_\w+\b")
#: What a select leaves out, which Ibis writes in any order.
LEFT_OUT = re.compile(r"EXCLUDE \(([^)]*)\)")
#: As many channels as fit into masks, and more.
CHANNELS = (2, 90)


def digest(*texts):
    """A digest of SQL that knows neither blanks nor made-up names, nor the order of a set."""
    told = []
    for text in texts:
        known = dict.fromkeys(MADE_UP.findall(text))
        for nth, name in enumerate(known):
            text = text.replace(name, f"memory_{nth}")
        text = LEFT_OUT.sub(lambda found: " ".join(sorted(found[1].split(", "))), text)
        told.append(" ".join(text.split()))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def a_table(name):
    return ibis.table({c.name: TYPES[c.type] for c in TABLES[name].columns}, name=name)


def context_of(channels):
    cells = Cells.of((f"channel {i:02}" for i in range(channels)), ("Beauty", "Toys", "Pets"))
    first, last = date(2024, 1, 1), date(2024, 3, 31)
    days = ibis.memtable(calendar(first, last).drop(columns=["date", "week", "month"]))
    products = product_dimension(a_table(PRODUCTS), cells)
    used = {name: a_table(name) for name in TABLES}
    offsets = utc_offsets("Europe/London", first, last)
    return FactContext(cells, products, days, offsets, digits=2, used=used)


class Listening:
    """A connection that keeps the SQL it is asked."""

    def __init__(self):
        self.con, self.said = duckdb.connect(), []
        self.con.execute("attach ':memory:' as out")

    def execute(self, sql, *values):
        self.said.append(sql)
        return self.con.execute(sql, *values)

    def __getattr__(self, name):
        return getattr(self.con, name)


def sql_of(expression):
    """The SQL of an expression, and the rows of the tables in memory that it is joined to."""
    held = expression.op().find(ops.InMemoryTable)
    rows = {table.data.to_frame().to_csv(index=False) for table in held}
    return "\n".join([ibis.to_sql(expression, dialect="duckdb"), *sorted(rows)])


def said_of_customers(channels, write):
    """The SQL that ``write(history, grain)`` takes, and the rows that it gives.

    Of a shop whose customers come, stay, go and come back.
    """
    con, cells = Listening(), context_of(channels).cells
    cells.write(con, "out.cell")
    where = ", ".join(f"1 + customer as {name}" for name in cells.mask_names) or "customer as cell"
    con.con.execute(
        f"""
        create table purchase as
        select customer, week as week_index, 24300 + (week >= 2803)::bigint as month_index,
            week * {len(cells)} + customer as first_key, 0::bigint as strangers, {where}
        from (
            select customer::bigint as customer, week::bigint as week
            from (values (0, 2800), (0, 2801), (0, 2803), (1, 2801), (2, 2800), (2, 2803))
                seen (customer, week)
        )
        """
    )
    history = History(con, "purchase", cells)
    history.begin()
    names = [name for grain in GRAINS for name in write(history, grain)]
    rows = [
        con.con.execute(f"from out.{name} order by all").fetchall() for name in ("cell", *names)
    ]
    return [*con.said, *map(str, rows)]


def found():
    """Every definition: its version and the digest of its SQL."""
    sql = {}
    for context in map(context_of, CHANNELS):
        for table, fact in FACTS.items():
            rows = fact.measure(a_table(table), context)
            sql.setdefault(f"fact {table}", []).append(sql_of(rows))
            for partial in fact.partials:
                told = sql_of(partial.define(rows, context))
                sql.setdefault(f"partial {partial.name}", []).append(told)
    for fact in FACTS.values():
        sql |= {f"summary {one.name}": [one.sql] for one in fact.summaries}
    used = {name: a_table(name) for name in TABLES}
    for name, small in SMALL.items():
        told = sql_of(small.define(used[small.table], used, 2))
        sql[f"table {name}"] = [told]
    for channels in CHANNELS:
        lives = said_of_customers(channels, write_lifecycle)
        signed = said_of_customers(channels, lambda h, grain: Signatures(h).write(grain))
        sql.setdefault("customers lifecycle", []).extend(map(str, lives))
        sql.setdefault("customers signatures", []).extend(map(str, signed))
    known = versions.definition_versions()
    known.pop("store")
    assert known.keys() == sql.keys()
    return {name: {"version": known[name], "sql": digest(*sql[name])} for name in sorted(known)}


def differences(now, recorded):
    """Definitions whose SQL is another one under the version that it had before."""
    return [
        name
        for name, one in now.items()
        if name in recorded
        and one["sql"] != recorded[name]["sql"]
        and one["version"] == recorded[name]["version"]
    ]


def test_what_is_defined_anew_has_another_version():
    recorded = json.loads(ON_RECORD.read_text("utf-8"))
    now = found()
    forgotten = differences(now, recorded)
    assert not forgotten, (
        f"The SQL of {', '.join(forgotten)} has changed: raise its version where it is defined, "
        "else stores that were built before pass for fresh. Then: "
        "python -m tests.test_summary_versions"
    )
    assert now == recorded, "run: python -m tests.test_summary_versions"


def test_the_same_sql_has_the_same_digest_however_it_is_written():
    """Ibis makes up other names each time."""
    assert found() == found()
    assert digest("select  1\n from a") == digest("select 1 from a")
    assert digest("select 1 from a") != digest("select 2 from a")


def test_another_definition_under_the_old_version_is_found():
    recorded = found()
    other = recorded | {"summary sales_day": recorded["summary sales_day"] | {"sql": "0"}}
    assert differences(recorded, other) == ["summary sales_day"]
    raised = other | {"summary sales_day": {"version": 0, "sql": "0"}}
    assert differences(recorded, raised) == []


@pytest.mark.parametrize("kind", ["partials", "summaries"])
def test_any_raised_version_changes_the_mark_of_a_store(kind, monkeypatch):
    before = versions.summaries_version()
    fact = FACTS["orders"]
    first, *rest = getattr(fact, kind)
    raised = replace(fact, **{kind: (replace(first, version=first.version + 1), *rest)})
    monkeypatch.setitem(FACTS, "orders", raised)
    assert versions.summaries_version() != before


def test_a_comment_changes_nothing(monkeypatch):
    before = versions.summaries_version()
    fact = FACTS["orders"]
    commented = Summary("sales_day", 1, "-- why\n" + fact.summaries[0].sql)
    monkeypatch.setitem(FACTS, "orders", replace(fact, summaries=(commented, *fact.summaries[1:])))
    assert versions.summaries_version() == before


if __name__ == "__main__":
    ON_RECORD.write_text(json.dumps(found(), indent=1) + "\n", "utf-8")
