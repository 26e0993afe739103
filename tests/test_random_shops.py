"""Whatever a shop hands over, every page shows what a naive reading of its raw rows gives.

The shops are random (:mod:`.random_shops`), and so is what is asked of each
(:mod:`.random_views`). The right numbers are computed row by row from the definitions in the
documentation (``naive_*.py``), with nothing of the package.
"""

from __future__ import annotations

import os
from datetime import datetime

import pytest

from ops_widgets.errors import DataError
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store

from .naive_rows import Rows
from .random_shops import random_shop
from .shop_differences import differences

NOW = datetime(2030, 1, 1)
FEW = 50
MANY = int(os.environ.get("OPS_EXAMPLES", "1000"))
#: Shops in one test, so that a failure is seen before all have been tried.
TOGETHER = 10
VIEWS = 3
LONG = (pytest.mark.long, pytest.mark.timeout(60 * TOGETHER))


@pytest.mark.timeout(60 * TOGETHER)
@pytest.mark.parametrize(
    "first",
    [
        *range(0, FEW, TOGETHER),
        *(pytest.param(first, marks=LONG) for first in range(FEW, MANY, TOGETHER)),
    ],
)
def test_every_number_is_what_the_raw_rows_say(first, tmp_path, monkeypatch):
    """Headline, comparisons, trends and panels of shops ``first..``; unknown is not 0."""
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "store"))
    for seed in range(first, first + TOGETHER):
        shop = random_shop(seed)
        folder = shop.write(tmp_path / f"shop{seed}")
        rows = Rows(shop, NOW)
        if not rows.lines:
            with pytest.raises(DataError):
                prepare(folder, now=NOW)
            continue
        prepare(folder, now=NOW)
        store = open_store(folder)
        try:
            found = list(differences(rows, store, seed, VIEWS))
        finally:
            store.close()
        assert not found, f"shop {seed}:\n" + "\n".join(map(str, found[:10]))
