"""A refresh gives exactly what a full build of the same rows gives, whatever has changed."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ops_widgets.errors import DataError
from ops_widgets.summaries.build import prepare

from .changing_shop import LAYOUTS, ChangingShop
from .drawn_rows import DATED, SCHEMAS, row
from .generations import contents
from .shop_changes import CHANGES

NOW = datetime(2030, 1, 1)
#: Other examples in every run: few of them, run often, meet what many meet at once.
FEW = 6
MANY = int(os.environ.get("OPS_EXAMPLES", "1000"))
LONG = (pytest.mark.long, pytest.mark.timeout(20 * MANY))
#: Bounds that only large shops reach, small enough for a tiny one to reach them.
BOUNDS = {
    "ops_widgets.summaries.plan.chunk_rows": [lambda _table: 5, lambda _table: 10_000],
    "ops_widgets.summaries.customers.signatures.BATCH_ROWS": [1, 5, 10_000],
    "ops_widgets.summaries.customers.signatures.MAX_SIGNATURES": [4, 12, 10_000],
    "ops_widgets.summaries.customers.history.WORD": [2, 61],
    "ops_widgets.summaries.customers.cells.MASK_CELLS": [4, 248, 248],
    "ops_widgets.summaries.customers.cells.BITS": [2, 62],
    "ops_widgets.validation.alike.KEYS_A_PASS": [3, 10_000],
}

numbers = st.integers(0, 2**32 - 1)
#: Every table costs time: mostly there are few.
mapped = st.sampled_from(
    [
        ["orders"],
        ["orders", "products"],
        ["orders", "events"],
        ["orders", "events", "products"],
        ["orders", "events", "products"],
        list(SCHEMAS),
    ]
)
tables = mapped.flatmap(
    lambda names: st.fixed_dictionaries(
        {
            name: st.lists(numbers, min_size=name == "orders", max_size=12 if name in DATED else 4)
            for name in names
        }
    )
)
changes = st.tuples(
    st.sampled_from(["orders", "orders", "events", "events", "products", "products", *SCHEMAS]),
    st.sampled_from(list(CHANGES)),
    numbers,
)


drawn = given(
    rows=tables,
    layouts=st.fixed_dictionaries({name: st.sampled_from(LAYOUTS) for name in DATED}),
    timezone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]),
    bounds=st.fixed_dictionaries({name: st.sampled_from(some) for name, some in BOUNDS.items()}),
    history=st.lists(st.lists(changes, min_size=1, max_size=4), min_size=1, max_size=2),
)


@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=LONG)])
def test_a_refresh_equals_a_full_build(examples):
    """Any shop, any layout, any changes: every summary and every count of the checks."""
    options = settings(
        max_examples=examples,
        # An example takes seconds: making a failing one smaller would take an hour.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    options(drawn(refreshed_and_built_in_full))()


def refreshed_and_built_in_full(rows, layouts, timezone, bounds, history):
    """One example."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, bound in bounds.items():
            stack.enter_context(patch(name, bound))
        shop = ChangingShop(folder / "shop", layouts, timezone)
        shop.rows = {table: [row(table, one) for one in own] for table, own in rows.items()}
        now, refreshed = NOW, built(shop, folder / "refreshed", NOW)
        for together in history:
            for table, kind, number in together:
                if table in shop.rows:
                    CHANGES[kind](shop, table, Random(number))
            now += timedelta(days=1)
            refreshed = built(shop, folder / "refreshed", now)
        assert refreshed == built(shop, folder / "full", now, full=True)


def built(shop, store, now, *, full=False):
    """All that ``ops prepare`` gives: the contents of the store, or why there are none."""
    shop.write()
    with patch.dict(os.environ, OPS_STORE=str(store)):
        try:
            done = prepare(shop.folder, now=now, full=full)
        except DataError as error:
            return error.message
    return contents(done.folder, done.manifest)
