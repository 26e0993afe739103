"""Headline numbers on public data equal a naive computation on the raw files.

The files are not part of the project: ``OPS_DATA`` names their folder.
"""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.cohort_activity import queries
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.cohorts import growth_accounting
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store

from .shops import write_shop

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("OPS_DATA", ROOT.parent / "shared" / "data"))
NOW = datetime(2030, 1, 1)

pytestmark = pytest.mark.skipif(
    not (DATA / "online_retail").is_dir(),
    reason="the public data sets are not here: set OPS_DATA to their folder",
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Both examples, prepared once: name -> store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_DATA", str(DATA))
        patch.setenv("OPS_STORE", str(tmp_path_factory.mktemp("stores")))
        stores = {}
        for name in ("online_retail", "complete_journey"):
            prepare(ROOT / "examples" / f"{name}.toml", now=NOW)
            stores[name] = open_store(ROOT / "examples" / f"{name}.toml")
        yield stores
    for store in stores.values():
        store.close()


def headline(store, name):
    """The headline numbers of the view that a notebook opens with, by name."""
    analysis = ANALYSES[name]
    return values(analysis.headline(store, analysis.view()))


def sales(store):
    """Net revenue and orders of the whole shop."""
    return store.query(
        "select (select sum(net_revenue) from sales_day)::double as net_revenue, "
        "(select sum(orders) from orders_day)::double as orders"
    )


def values(numbers) -> dict[str, float | None]:
    return {number.name: number.value for number in numbers}


def naive_cohorts(rows: pd.DataFrame, last_week: str) -> dict[str, float]:
    """From (customer, local date) pairs of purchases: what the cohort page must say."""
    rows = rows.drop_duplicates()
    week = rows["date"] - pd.to_timedelta(rows["date"].dt.day_of_week, "D")
    weeks = {w: set(c) for w, c in rows.groupby(week)["customer"]}
    now = pd.Timestamp(last_week)
    before = weeks[now - pd.Timedelta(days=7)]
    ever = set().union(*(c for w, c in weeks.items() if w < now))
    new, back = weeks[now] - ever, (weeks[now] & ever) - before
    return {
        "weekly_active": len(weeks[now]),
        "weekly_new": len(new),
        "quick_ratio": (len(new) + len(back)) / len(before - weeks[now]),
    }


def naive_return(rows: pd.DataFrame, last_month: str) -> float:
    """Share that comes back one month later, over cohorts that are new and complete."""
    month = rows["date"].dt.to_period("M")
    active = {m: set(c) for m, c in rows.groupby(month)["customer"]}
    seen: set = set()
    began = came_back = 0
    for index, m in enumerate(sorted(active)):
        cohort = active[m] - seen
        seen |= cohort
        if index > 0 and m + 1 <= pd.Period(last_month, "M"):
            began += len(cohort)
            came_back += len(cohort & active.get(m + 1, set()))
    return came_back / began


def retail() -> pd.DataFrame:
    raw = pd.read_parquet(DATA / "online_retail" / "online_retail.parquet")
    # Two lines differ from a copy only in how the product is spelled: the code is the product.
    raw = raw.drop_duplicates([c for c in raw.columns if c not in ("Description", "Country")])
    credit = raw["InvoiceNo"].astype(str).str.startswith("C")
    good = (raw["UnitPrice"] > 0) & (raw["Quantity"].where(~credit, -raw["Quantity"]) > 0)
    return raw[good & (raw["StockCode"] != "B")].assign(credit=credit)


def test_online_retail_cohorts(opened):
    raw = retail()
    bought = raw[~raw["credit"] & raw["CustomerID"].notna()]
    rows = pd.DataFrame(
        {"customer": bought["CustomerID"], "date": bought["InvoiceDate"].dt.normalize()}
    )
    store = opened["online_retail"]
    got = headline(store, "cohort_activity")
    want = naive_cohorts(rows, "2011-11-28")
    assert {name: got[name] for name in want} == pytest.approx(want)
    first = rows.groupby("customer")["date"].min()
    assert got["customers"] == (first < "2011-12-01").sum()
    assert got["retention_1"] == pytest.approx(naive_return(rows, "2011-11"))


def test_online_retail_net_revenue_to_the_penny(opened):
    raw = retail()
    want = (raw["Quantity"] * raw["UnitPrice"]).round(2).sum()
    got = sales(opened["online_retail"])
    assert got["net_revenue"][0] / 100 == pytest.approx(want, abs=0.005)
    assert got["orders"][0] == raw.loc[~raw["credit"], "InvoiceNo"].nunique()


def test_online_retail_has_no_market_and_says_how_to_map_it(opened):
    with pytest.raises(MissingDataError, match=r"\[tables\.market\]") as missing:
        headline(opened["online_retail"], "category_opportunity")
    assert "size, growth and concentration" in str(missing.value)


def journey() -> pd.DataFrame:
    raw = pd.read_parquet(DATA / "complete_journey" / "transactions.parquet")
    stamp = raw["transaction_timestamp"]
    stamp = stamp.dt.tz_localize("UTC") if stamp.dt.tz is None else stamp
    local = stamp.dt.tz_convert("America/New_York").dt.tz_localize(None)
    return raw.assign(date=local.dt.normalize())


def test_complete_journey_cohorts(opened):
    raw = journey().drop_duplicates()
    paid = raw["sales_value"] + raw["retail_disc"] + raw["coupon_match_disc"] > 0
    used = raw[(raw["quantity"] > 0) & paid]
    rows = pd.DataFrame({"customer": used["household_id"], "date": used["date"]})
    store = opened["complete_journey"]
    last = store.last_day
    assert last == used["date"].max().date()
    got = headline(store, "cohort_activity")
    want = naive_cohorts(rows, "2017-12-25" if last.isoformat() >= "2017-12-31" else "2017-12-18")
    assert {name: got[name] for name in want} == pytest.approx(want)
    assert got["customers"] == rows["customer"].nunique()
    assert got["retention_1"] == pytest.approx(naive_return(rows, "2017-12"))


def test_complete_journey_market(opened):
    raw = journey()
    goods = pd.read_parquet(DATA / "complete_journey" / "products.parquet")
    sold = raw.merge(goods, on="product_id", how="left").dropna(
        subset=["department", "manufacturer_id"]
    )
    sold = sold[sold["date"].dt.year == 2017]
    by_brand = sold.groupby(["department", "manufacturer_id"])["sales_value"].sum().round(2)
    market = by_brand.groupby("department").sum()
    leaders = by_brand.groupby("department").apply(lambda s: s.nlargest(10).sum())
    got = headline(opened["complete_journey"], "category_opportunity")
    assert got["market_gmv"] / 100 == pytest.approx(market.sum(), abs=0.01)
    assert got["open_gmv"] / 100 == pytest.approx((market - leaders).sum(), abs=0.01)
    assert got["most_open_gmv"] / 100 == pytest.approx((market - leaders).max(), abs=0.01)
    assert got["fastest_growth"] is None, "one year of data has no year before"


def test_complete_journey_campaigns(opened):
    raw = journey().drop_duplicates()
    redeemed = pd.read_parquet(DATA / "complete_journey" / "coupon_redemptions.parquet")
    day = pd.to_datetime(redeemed["redemption_date"]).dt.normalize()
    days = redeemed.assign(date=day)[["household_id", "date"]].drop_duplicates()
    used = raw[
        (raw["quantity"] > 0)
        & (raw["sales_value"] + raw["retail_disc"] + raw["coupon_match_disc"] > 0)
    ]
    credited = used.merge(days, on=["household_id", "date"])
    last = used["date"].max()
    window = credited[credited["date"] > last - pd.Timedelta(days=90)]
    got = headline(opened["complete_journey"], "campaign_performance")
    assert got["net_revenue"] / 100 == pytest.approx(window["sales_value"].sum(), abs=0.01)
    assert got["orders"] == window["basket_id"].nunique()
    assert got["roas"] is None, "nothing says what these campaigns cost"


#: An independent computation on all 23,570 customers, calendar months.
CDNOW_MONTHS = {
    "1997-02": {"active": 9633, "new": 8476, "retained": 1157, "resurrected": 0, "churned": 6689},
    "1997-03": {
        "active": 9524,
        "new": 7248,
        "retained": 1681,
        "resurrected": 595,
        "churned": 7952,
        "quick_ratio": 0.986,
    },
    "1998-06": {
        "active": 1506,
        "new": 0,
        "retained": 446,
        "resurrected": 1060,
        "churned": 1042,
        "quick_ratio": 1.017,
    },
}


@pytest.fixture(scope="module")
def published(opened, tmp_path_factory):
    """Both shops through the command line: name -> folder of the report."""
    out = tmp_path_factory.mktemp("reports")
    ops = Path(sys.executable).with_name("ops")
    folders = {}
    for name, store in opened.items():
        environment = os.environ | {
            "OPS_DATA": str(DATA),
            "OPS_STORE": str(Path(store.folder).parent),
            "CI": "1",
        }
        command = [ops, "report", "all", "--source", f"examples/{name}.toml", "--runs", out]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        folders[name] = out / name / "latest"
    return folders


def test_reports_record_the_same_headline_numbers(opened, published):
    for name, folder in published.items():
        recorded = json.loads((folder / "numbers.json").read_text("utf-8"))["notebooks"]
        for notebook in ANALYSES:
            if name == "online_retail" and notebook != "cohort_activity":
                continue
            want = headline(opened[name], notebook)
            got = {n["name"]: n["value"] for n in recorded[notebook]["numbers"]}
            assert got == pytest.approx(want, nan_ok=True), notebook


def test_the_page_of_a_shop_without_a_market_says_what_is_missing(published):
    page = (published["online_retail"] / "category_opportunity.html").read_text("utf-8")
    assert page.count("Not shown: ") == 1, "once for the page"
    assert "That takes the table market" in page
    assert page.count("needs: market") == 4, "each panel says which table it waits for"


def test_cdnow_growth_accounting(tmp_path):
    """Monthly growth accounting of the CDNOW customers, as an independent computation gave it."""
    rows = pd.read_csv(DATA / "cdnow" / "cdnow_master.csv", parse_dates=["date"])
    rows = rows.rename(columns={"customer_id": "customer"})
    day = rows["date"]
    shop = {
        "orders": pd.DataFrame(
            {
                "order_id": rows.index.astype(str),
                "ordered_at": day,
                "customer_id": rows["customer"].astype(str),
                "product_id": "cd",
                "quantity": 1,
                "unit_price": rows["spend"],
            }
        ),
        "events": pd.DataFrame(
            {"occurred_at": day, "customer_id": rows["customer"].astype(str), "event": "purchase"}
        ),
    }
    folder = write_shop(tmp_path / "cdnow", shop, timezone="UTC")
    manifest = prepare(folder, now=NOW).manifest
    assert manifest["check"]["tables"]["orders"]["rows_rejected"] == 80, "zero-spend rows"
    store = open_store(folder)
    rows = queries.lifecycle(store, "visit", "month")
    months = growth_accounting(rows, 1997 * 12, 1998 * 12 + 5).set_index("period_index")
    for month, want in CDNOW_MONTHS.items():
        year, number = (int(part) for part in month.split("-"))
        got = months.loc[year * 12 + number - 1]
        assert {name: round(got[name], 3) for name in want} == want
    sizes = queries.cohort_sizes(store, "visit", "month")
    assert sizes["customers"].sum() == 23_570
    total = sales(store)["net_revenue"][0]
    assert total == 250_031_563
    store.close()
