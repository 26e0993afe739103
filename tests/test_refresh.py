"""A refresh builds what has changed, leaves the rest alone, and says which and why."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from ops_widgets.errors import DataError
from ops_widgets.summaries.build import prepare

from .changing_shop import ChangingShop
from .monthly_shop import NOW, event, monthly_shop, order, product, refresh


@pytest.fixture
def shop(tmp_path):
    return monthly_shop(tmp_path / "shop")


def test_a_corrected_month_and_the_last_two_are_built_again(shop):
    shop.rows["orders"][5]["quantity"] = 3
    assert refresh(shop) == [
        "the input files changed",
        "orders 2024-02 built (its rows changed)",
        "orders 2024-04 to 2024-05 built (one of the last two)",
        "2 months of orders reused",
    ]


def test_a_new_month_leaves_all_but_its_neighbour_alone(shop):
    shop.rows["orders"].append(order(5, 0))
    said = refresh(shop)
    assert "orders 2024-06 built (new)" in said
    assert "orders 2024-05 built (one of the last two)" in said
    assert "4 months of orders reused" in said


def test_a_month_that_is_gone_is_forgotten(shop):
    shop.rows["orders"] = [one for one in shop.rows["orders"] if one["ordered_at"].month != 2]
    assert "2 months of orders reused" in refresh(shop)


def test_a_product_of_another_category_touches_the_months_that_sold_it(shop):
    shop.rows["orders"][4]["product_id"] = "p2"
    shop.rows["events"] = [event(month) for month in range(4)]
    shop.write()
    prepare(shop.folder, now=NOW)
    shop.rows["products"][2] = product("p2", "B")
    assert refresh(shop) == [
        "the input files changed",
        "events 2024-01 to 2024-04 built (its products changed)",
        "0 months of events reused",
        "orders 2024-02 built (its products changed)",
        "orders 2024-04 to 2024-05 built (one of the last two)",
        "2 months of orders reused",
    ]


def test_a_product_that_becomes_known_touches_the_months_that_met_a_stranger(shop):
    shop.rows["events"] = [event(month) for month in range(5)]
    shop.rows["events"][1]["product_id"] = "p3"
    shop.write()
    prepare(shop.folder, now=NOW)
    shop.rows["products"].append(product("p3", "B"))
    said = refresh(shop)
    assert "events 2024-02 built (its products changed)" in said
    assert "2 months of events reused" in said


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [("orders", "channel", "the channel street"), ("products", "category", "the category Street")],
)
def test_a_name_that_comes_renumbers_all_cells(shop, table, column, words):
    shop.rows[table][0][column] = words.split()[-1]
    said = refresh(shop)
    assert f"{words} came or went" in said
    assert "0 months of orders reused" in said


def test_the_same_rows_in_other_files_leave_the_summaries_alone(shop):
    before = prepare(shop.folder, now=NOW).manifest
    shop.touch()
    shop.write()
    after = prepare(shop.folder, now=NOW)
    assert not after.rebuilt
    assert after.reasons[1:] == ["every table holds the same rows as before"]
    assert after.manifest["generation"] == before["generation"]
    assert prepare(shop.folder, now=NOW).reasons == ["nothing changed"]


def spoil(path: Path) -> None:
    """Destroy what a Parquet file holds so that nobody sees it who does not read the rows."""
    stat, held = path.stat(), path.read_bytes()
    path.write_bytes(held[:4] + b"x" * (len(held) - 8) + held[-4:])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_unchanged_files_are_not_read(shop):
    spoil(shop.folder / "orders" / "2024-02-0.parquet")
    shop.rows["orders"].append(order(5, 0))
    shop.write()
    assert prepare(shop.folder, now=NOW).rebuilt
    with pytest.raises(DataError):
        prepare(shop.folder, now=NOW, full=True)


def test_that_nothing_is_new_is_known_without_reading(shop):
    for path in shop.folder.rglob("*.parquet"):
        spoil(path)
    assert prepare(shop.folder, now=NOW).reasons == ["nothing changed"]


def test_rows_of_the_future_are_used_when_their_day_has_come(shop):
    shop.rows["orders"].append(order(0, 9) | {"ordered_at": NOW + timedelta(days=5)})
    shop.write()
    before = prepare(shop.folder, now=NOW)
    assert before.manifest["last_day"] == "2024-05-13"
    assert not prepare(shop.folder, now=NOW).rebuilt
    after = prepare(shop.folder, now=NOW + timedelta(days=6))
    assert after.rebuilt
    assert "some rows lay in the future" in after.reasons
    assert after.manifest["last_day"] == "2030-01-06"
    assert prepare(shop.folder, now=NOW).reasons == ["nothing changed"]


def examples(done):
    rules = done.manifest["check"]["tables"]["orders"]["rules"]
    return next(rule["examples"] for rule in rules if rule["rule"] == "quantity_not_positive")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_example_never_points_to_a_row_that_has_moved(tmp_path, kind):
    """A row of a month that is reused moves in its file, and then to a file of another name."""
    shop = ChangingShop(tmp_path / "shop", {"orders": f"one {kind}"}, "UTC")
    shop.rows["orders"] = [order(month, number) for month in range(5) for number in range(4)]
    shop.rows["orders"][5] |= {"quantity": 0, "order_id": "empty-handed"}
    shop.write()
    path = shop.folder / f"orders.{kind}"
    (found,) = examples(prepare(shop.folder, now=NOW))
    assert (found["file"], found["row"], found["order_id"]) == (path.name, 6, "empty-handed")
    del shop.rows["orders"][0]
    shop.write()
    (found,) = examples(prepare(shop.folder, now=NOW))
    assert ("row" in found, found["order_id"]) == (False, "empty-handed")
    toml = shop.folder / "source.toml"
    toml.write_text(toml.read_text().replace(path.name, f"other.{kind}"))
    path.rename(path.with_stem("other"))
    (found,) = examples(prepare(shop.folder, now=NOW))
    assert (found.get("row", 5), found["order_id"]) == (5, "empty-handed")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_of_other_names_hold_the_same_rows(tmp_path, kind):
    shop = ChangingShop(tmp_path / "shop", {"orders": f"{kind} a month"}, "UTC")
    shop.rows["orders"] = [order(month, number) for month in range(5) for number in range(4)]
    shop.rows["orders"][5] |= {"quantity": 0, "order_id": "empty-handed"}
    shop.write()
    prepare(shop.folder, now=NOW)
    path = shop.folder / "orders" / f"2024-02-0.{kind}"
    path.rename(path.with_stem("february"))
    path.with_name("extra").with_suffix(path.suffix).write_bytes(
        (shop.folder / "orders" / f"2024-05-0.{kind}").read_bytes()
    )
    done = prepare(shop.folder, now=NOW)
    assert "3 months of orders reused" in done.reasons
    (found,) = examples(done)
    assert ("row" in found, found["order_id"]) == (False, "empty-handed")


def test_a_full_build_reuses_nothing(shop):
    done = prepare(shop.folder, now=NOW, full=True)
    assert done.rebuilt
    assert done.reasons[0] == "asked for a full build"
    assert "orders 2024-01 to 2024-05 built (new)" in done.reasons
    assert "0 months of orders reused" in done.reasons


def test_what_a_build_finished_before_it_died_is_not_done_again(shop):
    shop.rows["orders"][0]["quantity"] = 7
    shop.write()
    with (
        patch("ops_widgets.summaries.generation.write_manifest", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        prepare(shop.folder, now=NOW)
    said = refresh(shop)
    assert "orders 2024-04 to 2024-05 built (one of the last two)" in said
    assert "3 months of orders reused" in said
