"""Where cells outgrow masks or signatures, customers are kept, and counts stay exact."""

from datetime import datetime
from random import Random

import pandas as pd
import pytest

from ops_widgets.analyses.cohort_activity import queries
from ops_widgets.errors import DataError
from ops_widgets.periods import index_start
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.customers.cells import MOST_CELLS, Cells
from ops_widgets.summaries.store import open_store

from .shops import activity, as_dates, random_shop, with_periods, write_shop

NOW = datetime(2030, 1, 1)
GRAINS = ("week", "month")
BASES = ("purchase", "visit")
TABLES = [f"{basis}_{grain}" for basis in BASES for grain in GRAINS]


@pytest.fixture(scope="module")
def frames():
    return random_shop(4, lines=300)


@pytest.fixture(scope="module")
def built(frames, tmp_path_factory):
    """``built(module and name of a bound, its value) -> store``."""
    stores = []

    def build(name=None, bound=None):
        folder = write_shop(tmp_path_factory.mktemp("shop") / "s", frames)
        with pytest.MonkeyPatch.context() as patch:
            if name:
                patch.setattr(name, bound)
            prepare(folder, now=NOW)
        stores.append(open_store(folder))
        return stores[-1]

    yield build
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def usual(built):
    return built()


@pytest.fixture(scope="module", params=["cells", "signatures"])
def outgrown(request, built):
    """The store of a shop that is a little too large for one of the bounds."""
    if request.param == "cells":
        return built("ops_widgets.summaries.customers.cells.MASK_CELLS", 14)
    return built("ops_widgets.summaries.customers.signatures.MAX_SIGNATURES", 20)


def some(random, names):
    return tuple(random.sample(names, random.randrange(len(names) + 1)))


def naive(shop, basis, grain, acquired, channels, categories, since):
    rows = with_periods(activity(shop, basis), grain)
    for column, chosen in (("acquired", acquired), ("channel", channels), ("category", categories)):
        if chosen:
            rows = rows[rows[column].isin(chosen)]
    rows = rows[rows["cohort"].dt.date >= index_start(since, grain)]
    counts = rows.groupby(["cohort", "period"])["customer_id"].nunique()
    return {(c.date(), p.date()): n for (c, p), n in counts.items()}


def agree(shop, store, basis, grain, seed, filters):
    """The store answers as a count on raw rows does, under many random filters."""
    random = Random(seed)
    channels, categories = store.names("cell", "channel"), store.names("cell", "category")
    first = int(
        store.query(f"select min(period_index) as n from lifecycle_{basis}_{grain}")["n"][0]
    )
    for _ in range(filters):
        chosen = (some(random, channels), some(random, channels), some(random, categories))
        since = first + random.choice([0, 0, 2])
        found = queries.active_customers(store, basis, grain, *chosen, since=since)
        assert as_dates(found, grain) == naive(shop, basis, grain, *chosen, since), chosen


def test_customers_are_kept_instead_of_signatures(usual, outgrown):
    assert not [name for name in TABLES if usual.has(f"active_{name}")]
    assert [name for name in TABLES if outgrown.has(f"active_{name}")] == TABLES
    assert not [name for name in TABLES if outgrown.has(f"signature_{name}")]


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("grain", GRAINS)
def test_counts_under_any_filter_stay_exact(frames, outgrown, basis, grain):
    agree(frames, outgrown, basis, grain, seed=1, filters=25)


def test_only_the_tables_that_outgrow_their_bound_fall_back(usual, built):
    """A bound of exactly the rows of one table keeps it; those with more rows fall back."""
    rows = {name: usual.manifest["summaries"][f"signature_{name}"] for name in TABLES}
    bound = sorted(rows.values())[1]
    store = built("ops_widgets.summaries.customers.signatures.MAX_SIGNATURES", bound)
    kept = {name for name in TABLES if store.has(f"signature_{name}")}
    assert kept == {name for name, count in rows.items() if count <= bound}
    assert {name for name in TABLES if store.has(f"active_{name}")} == set(TABLES) - kept


def test_everything_else_is_the_same(usual, outgrown):
    others = [
        name
        for name in usual.manifest["summaries"]
        if not name.startswith("signature") and name != "cell"
    ]
    for name in others:
        one, other = (store.query(f"from {name} order by all") for store in (usual, outgrown))
        pd.testing.assert_frame_equal(one, other)


def test_more_cells_than_any_mask_holds(tmp_path):
    """20 channels and 16 categories are 336 cells with the unknown ones: nothing is patched."""
    shop = random_shop(8, lines=500)
    shop["products"]["category"] = [f"C{i % 15} / D" for i in range(len(shop["products"]))]
    for table in ("orders", "events"):
        shop[table]["channel"] = [f"ch{i * 7 % 20}" for i in range(len(shop[table]))]
    prepare(write_shop(tmp_path / "s", shop), now=NOW)
    store = open_store(tmp_path / "s")
    assert store.query("select count(*) as n from cell")["n"][0] > 248
    for basis in BASES:
        for grain in GRAINS:
            assert store.has(f"active_{basis}_{grain}")
            agree(shop, store, basis, grain, seed=2, filters=8)
    store.close()


def test_more_cells_than_a_million(tmp_path):
    """1,100 channels and 1,000 categories: who acquired a customer is not mixed with when."""
    shop = random_shop(9, lines=600)
    products = pd.DataFrame({"product_id": [f"p{i}" for i in range(1_000)]})
    products["category"] = [f"C{i:04} / D" for i in range(1_000)]
    shop["products"] = products
    for table in ("orders", "events"):
        places = range(len(shop[table]))
        shop[table]["channel"] = [f"ch{i * 7 % 1_100:04}" for i in places]
        shop[table]["product_id"] = [f"p{i * 13 % 1_000}" for i in places]
    first = shop["orders"].index[0]
    more = pd.DataFrame([shop["orders"].loc[first]] * 1_100)
    more["order_id"] = [f"more{i}" for i in range(1_100)]
    more["channel"] = [f"ch{i:04}" for i in range(1_100)]
    shop["orders"] = pd.concat([shop["orders"], more], ignore_index=True)
    prepare(write_shop(tmp_path / "s", shop), now=NOW)
    store = open_store(tmp_path / "s")
    assert store.query("select count(*) as n from cell")["n"][0] > 1 << 20
    for basis in BASES:
        agree(shop, store, basis, "month", seed=3, filters=5)
    store.close()


def test_more_cells_than_64_bits_hold_are_refused_in_words():
    """A moment and a cell travel in one integer: the largest of either fits, one more does not."""
    names = [f"n{i:05}" for i in range(40_000)]
    with pytest.raises(DataError, match="40,001 channels and 40,001 first-level categories"):
        Cells.of(names, names)
    second, cell = int(datetime(2200, 1, 1).timestamp()), MOST_CELLS - 1
    assert second * MOST_CELLS + cell < 2**63
