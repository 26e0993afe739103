"""Every ready source gives the totals that its invented export has by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ops_widgets.contract import TABLES
from ops_widgets.exports.folder import initial, write_source
from ops_widgets.exports.ready import ready_sources
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation.checks import check
from ops_widgets.validation.report import as_text
from tests.export_files import CASES, Case, ga4_campaigns, ga4_events, olist

NOW = datetime(2026, 1, 1)


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def checked(folder: Path) -> tuple[dict[str, pd.DataFrame], Any]:
    """The usable rows of every table of the source that ``ops init`` writes, and the report."""
    write_source(initial(folder).toml, folder / "source.toml")
    with open_source(load_config(folder)) as source:
        found = check(source, now=NOW)
        return {
            name: source.run(rows, name).to_pandas() for name, rows in found.used.items()
        }, found.report


def totals(orders: pd.DataFrame) -> dict[str, Any]:
    """Naive sums over order lines, as the contract words them."""
    status = orders["status"].fillna("completed")
    value = orders["quantity"] * orders["unit_price"]
    off = orders["discount"].fillna(0)
    sold, back = status.isin(["completed", "returned"]), status.isin(["returned", "credited"])
    kept = orders[status != "cancelled"]
    return {
        "orders": kept["order_id"].nunique(),
        "customers": kept["customer_id"].nunique(),
        "gross": round(value[sold].sum(), 2),
        "discount": round(off[sold].sum(), 2),
        "refunds": round((value - off)[back].sum(), 2),
        "net": round((value - off)[sold].sum() - (value - off)[back].sum(), 2),
    }


@pytest.mark.parametrize("name", CASES)
def test_the_totals_are_exact(name: str, tmp_path: Path):
    case: Case = CASES[name]
    used, report = checked(fill(tmp_path / "shop", case.files))
    if case.gross is not None:
        found = totals(used["orders"])
        wanted = {key: getattr(case, key) for key in found if getattr(case, key) is not None}
        assert {key: found[key] for key in wanted} == pytest.approx(wanted)
        if case.customers is None:
            assert found["customers"] == 0
        for column, total in (("shipping_charged", case.shipping), ("tax", case.tax)):
            if total is not None and column in TABLES["orders"].names:
                completed = used["orders"]["status"] != "cancelled"
                assert used["orders"][column][completed].sum() == pytest.approx(total), column
    if case.cost is not None:
        days = used["campaign_days"]
        assert round(days["cost"].sum(), 2) == case.cost
        assert days["clicks"].sum() == case.clicks
        assert days["impressions"].sum() == case.impressions
        assert not days.duplicated(["campaign_id", "day"]).any()
        assert set(days["campaign_id"]) == set(used["campaigns"]["campaign_id"])
    rejected = {
        rule.rule: rule.count
        for result in report.tables.values()
        for rule in result.rules
        if rule.severity == "reject"
    }
    assert rejected == case.rejected
    counted = [
        (name, count)
        for counts in report.files.values()
        for name, count in counts.items()
        if not name.endswith("_wrong_type")
    ]
    assert dict(counted) == case.left_out


@pytest.mark.parametrize("name", CASES)
def test_an_export_is_recognised_and_so_are_its_currency_and_zone(name: str, tmp_path: Path):
    case: Case = CASES[name]
    found = initial(fill(tmp_path / "shop", case.files))
    known = {one.key: one.name for one in ready_sources()}
    for key in case.exports:
        assert any(known[key] in line for line in found.said), key
    if case.currency:
        assert f'\ncurrency = "{case.currency}"  # ' in found.toml
        assert "CONFIRM" not in found.toml.split("\ncurrency = ")[1].split("\n")[0]
    if case.timezone:
        assert f'\ntimezone = "{case.timezone}"  # ' in found.toml


def test_every_ready_source_has_a_case():
    covered = {key for case in CASES.values() for key in case.exports}
    assert covered | {"ga4_campaigns", "ga4_events", "olist"} == {
        one.key for one in ready_sources()
    }


def test_discounts_of_an_order_close_to_the_cent_line_by_line(tmp_path: Path):
    orders = checked(fill(tmp_path / "shop", CASES["shopify"].files))[0]["orders"]
    second = orders[(orders["order_id"] == "#2") & (orders["status"] == "completed")]
    assert sorted(second["discount"].round(2)) == [3.33, 3.33, 3.34]
    first = orders[orders["order_id"] == "#1"].set_index("product_id")["discount"].round(2)
    assert first.to_dict() == {"KZ-1": 9.00, 'Öl 8"': 1.00}


def test_times_with_offsets_and_local_ones_become_utc(tmp_path: Path):
    shop = checked(fill(tmp_path / "a", CASES["shopify"].files))[0]["orders"]
    assert shop.loc[shop["order_id"] == "#5", "ordered_at"].unique() == pd.Timestamp(
        "2025-06-30 22:30"
    )
    taobao = checked(fill(tmp_path / "b", CASES["taobao_orders"].files))[0]["orders"]
    first = taobao.loc[taobao["order_id"] == "3300000000000000001", "ordered_at"]
    assert first.unique() == pd.Timestamp("2025-03-01 00:10")


def test_an_analytics_export_gives_conversions_by_campaign_and_day(tmp_path: Path):
    used, _ = checked(fill(tmp_path / "shop", ga4_campaigns()))
    days = used["campaign_days"]
    assert len(days) == 3 and set(used["campaigns"]["campaign_id"]) == {"summer", "winter, late"}
    if "conversions" in TABLES["campaign_days"].names:
        assert days["conversions"].sum() == 3 and days["conversion_value"].sum() == 99.00


def test_events_from_bigquery_are_moments_of_people(tmp_path: Path):
    events = checked(fill(tmp_path / "shop", ga4_events()))[0]["events"]
    assert events["customer_id"].tolist() == ["1.2", "c9", "3.4"]
    assert events["occurred_at"].min() == pd.Timestamp("2025-01-01 12:00")


def test_the_files_of_olist_come_together(tmp_path: Path):
    used, _ = checked(fill(tmp_path / "shop", olist()))
    found = totals(used["orders"])
    assert (found["orders"], found["customers"], found["net"]) == (2, 1, 49.90)
    assert used["products"].set_index("product_id")["category"].to_dict()["p1"] == "health_beauty"
    if "shipments" in used:
        assert used["shipments"]["delivered_on"].notna().sum() == 1


def test_a_ready_source_that_lacks_a_file_is_not_taken_for_whole(tmp_path: Path):
    files = {name: data for name, data in olist().items() if "customers" not in name}
    found = initial(fill(tmp_path / "shop", files))
    assert not any("Olist" in line for line in found.said)


def test_what_a_select_does_not_see_of_a_file_is_counted(tmp_path: Path):
    (tmp_path / "a.csv").write_text(
        "order_id,day,price\n1,2025-01-01,2.50\n2,2025-01-02,free\n3,2025-01-03,\nTotal,,x\n"
    )
    (tmp_path / "source.toml").write_text(
        "[files]\n"
        'raw = { file = "a.csv", types = { price = "number" }, '
        "drop = { totals = \"order_id = 'Total'\" } }\n"
        "[tables.orders]\n"
        "sql = \"SELECT order_id, day AS ordered_at, 'A' AS product_id, 1 AS quantity, "
        'price AS unit_price FROM raw"\n'
    )
    with open_source(load_config(tmp_path)) as source:
        report = check(source, now=NOW).report
    # A blank price is none, not a wrong one; and the total's own text counts once, as left out.
    assert report.files == {"raw": {"totals": 1, "price_wrong_type": 1}}
    assert report.to_dict()["files"] == report.files
    said = as_text(report)
    assert "files.raw: 1 row left out as totals." in said
    assert "files.raw: 'price' cannot be read in 1 row, where it is missing." in said
