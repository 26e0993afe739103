"""The two real shops pass their checks with the counts that the raw files give by themselves."""

import os
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from ops_widgets.contract import TABLES
from ops_widgets.sources.config import SourceConfig, TableConfig, load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation.checks import check, require_usable

WALKS, REFERENCE = "public-data.md", "bring-your-own-data.md"
ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("OPS_DATA", ROOT.parent / "shared" / "data"))
NOW = datetime(2024, 6, 1)


def opened(name: str):
    if not (DATA / name).is_dir():
        pytest.skip(f"the public data set {name} is not here: set OPS_DATA to its folder")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_DATA", str(DATA))
        source = open_source(load_config(ROOT / "examples" / f"{name}.toml"))
    with source:
        checked = check(source, now=NOW)
        require_usable(checked.report)
        orders = checked.used["orders"].execute()
        yield checked, orders


@pytest.fixture(scope="module")
def retail():
    yield from opened("online_retail")


@pytest.fixture(scope="module")
def journey():
    yield from opened("complete_journey")


def counts(checked, table: str) -> dict[str, int]:
    return {rule.rule: rule.count for rule in checked.report.tables[table].rules}


def test_online_retail_sets_aside_what_the_raw_file_shows(retail):
    checked, orders = retail
    raw = pd.read_parquet(DATA / "online_retail" / "online_retail.parquet")
    credit = raw.InvoiceNo.str.startswith("C")
    no_product = raw.StockCode == "B"
    no_piece = ~no_product & ~credit & (raw.Quantity <= 0)
    no_price = ~no_product & ~no_piece & (raw.UnitPrice <= 0)
    good = raw[~no_product & ~no_piece & ~no_price]
    line = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    kept = good.drop_duplicates(line)
    assert counts(checked, "orders") == {
        "product_id_missing": no_product.sum(),
        "quantity_not_positive": no_piece.sum(),
        "unit_price_not_positive": no_price.sum(),
        "exact_duplicate": len(good) - len(kept),
        "customer_unknown": kept.CustomerID.isna().sum(),
    }
    assert checked.report.tables["orders"].rows_in == len(raw) == 541_909
    assert orders.customer_id.nunique() == kept.CustomerID.nunique()
    assert set(orders.customer_id.dropna()) == set(kept.CustomerID.dropna().astype(int).astype(str))
    assert (orders.status == "credited").sum() == kept.InvoiceNo.str.startswith("C").sum()
    signed = orders.quantity.where(orders.status != "credited", -orders.quantity)
    cents = (signed * orders.unit_price * 100).round()
    assert cents.sum() == (kept.Quantity * kept.UnitPrice * 100).round().sum()


def test_online_retail_turns_british_time_into_utc(retail):
    _, orders = retail
    raw = pd.read_parquet(DATA / "online_retail" / "online_retail.parquet").set_index("InvoiceNo")
    at = orders.set_index("order_id").ordered_at
    winter, summer = "536365", "554065"
    assert at[winter].iloc[0] == raw.InvoiceDate[winter].iloc[0]
    assert at[summer].iloc[0] == raw.InvoiceDate[summer].iloc[0] - pd.Timedelta(hours=1)


def test_online_retail_names_each_product_once(retail):
    checked, orders = retail
    products = checked.used["products"].execute().set_index("product_id").name
    assert products.index.is_unique
    assert products["85123A"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert set(orders.product_id) - set(products.index) == set()


def test_complete_journey_keeps_every_cent(journey):
    checked, orders = journey
    raw = pd.read_parquet(DATA / "complete_journey" / "transactions.parquet")
    goods = pd.read_parquet(DATA / "complete_journey" / "products.parquet")
    regular = raw.sales_value + raw.retail_disc + raw.coupon_match_disc
    no_piece = raw.quantity == 0
    no_price = ~no_piece & (regular <= 0)
    good = raw[~no_piece & ~no_price]
    assert counts(checked, "orders") == {
        "quantity_not_positive": no_piece.sum(),
        "unit_price_not_positive": no_price.sum(),
        "product_unknown": (~good.product_id.isin(goods.product_id)).sum(),
    }
    assert checked.report.tables["orders"].rows_in == len(raw) == 1_469_307
    assert no_piece.sum() == 8_869
    net = orders.quantity * orders.unit_price - orders.discount
    assert (net * 100).round().sum() == (good.sales_value * 100).round().sum()
    assert orders.customer_id.nunique() == good.household_id.nunique() == 2_469
    assert orders.quantity.max() == 89_638, "fuel is sold by volume"


def test_complete_journey_credits_the_campaign_redeemed_most_that_day(journey):
    _, orders = journey
    redeemed = pd.read_parquet(DATA / "complete_journey" / "coupon_redemptions.parquet")
    redeemed["day"] = redeemed.redemption_date.dt.date
    most = (
        redeemed.groupby(["household_id", "day", "campaign_id"])
        .size()
        .rename("n")
        .reset_index()
        .sort_values(["n", "campaign_id"], ascending=[False, True])
        .drop_duplicates(["household_id", "day"])
    )
    want = {(str(h), d): str(c) for h, d, c in most[["household_id", "day", "campaign_id"]].values}
    local = orders.ordered_at.dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.date
    got = [want.get(key) for key in zip(orders.customer_id, local, strict=True)]
    assert orders.campaign_id.astype(object).where(orders.campaign_id.notna(), None).tolist() == got
    assert orders.campaign_id.notna().sum() > 30_000


def test_complete_journey_market_is_its_own_tills(journey):
    checked, _ = journey
    market = checked.used["market"].execute()
    raw = pd.read_parquet(DATA / "complete_journey" / "transactions.parquet")
    goods = pd.read_parquet(DATA / "complete_journey" / "products.parquet")
    known = raw[raw.product_id.isin(goods.product_id)]
    assert (market.gmv.sum() * 100).round() == (known.sales_value.sum() * 100).round()
    assert sorted(market.month.astype(str).unique()) == [f"2017-{m:02}-01" for m in range(1, 13)]
    assert counts(checked, "market") == {"category_missing": 12}


def test_complete_journey_maps_products_and_campaigns(journey):
    checked, _ = journey
    products = checked.used["products"].execute().set_index("product_id")
    assert products.category["26093"] == "PASTRY / BREAD / BREAD:ITALIAN/FRENCH"
    assert products.category["26081"] == "MISCELLANEOUS", "no level is made up"
    assert products.brand["26093"] == "Manufacturer 69"
    campaigns = checked.used["campaigns"].execute().set_index("campaign_id")
    assert campaigns.name["18"] == "Campaign 18 (Type A)"
    assert campaigns.content_type.isna().all()
    assert len(campaigns) == 27
    audience = checked.used["campaign_audience"].execute()
    assert set(audience.arm) == {"treatment"}
    assert checked.report.tables["campaign_audience"].rows_used == 6_589


def test_the_walk_throughs_tell_the_counts_that_are_found(retail, journey):
    page = (ROOT / "docs" / WALKS).read_text("utf-8")
    for checked, _ in (retail, journey):
        for table in checked.report.tables.values():
            for rule in table.rules:
                assert rule.rule in page
                assert f"{rule.count:,}" in page, f"{rule.table}: {rule.rule}"
        orders = checked.report.tables["orders"]
        assert f"Of {orders.rows_in:,} lines {orders.rows_used:,} are used" in page


def test_the_reference_explains_every_key_and_table():
    page = (ROOT / "docs" / REFERENCE).read_text("utf-8")
    sections = {"files", "tables", "names"}
    keys = {*SourceConfig.model_fields, *TableConfig.model_fields} - {"path"} - sections
    assert {key for key in keys if f"{key} = " not in page} == set()
    assert {name for name in sections if f"\n[{name}" not in page} == set()
    dictionary = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert "(data-dictionary.md#what-a-missing-table-means)" in page
    lost = dictionary.split("## What a missing table means")[1].split("\n## ")[0]
    assert {name for name in TABLES if f"| `{name}` | " not in lost} == set()
