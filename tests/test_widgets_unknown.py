"""What campaigns cost is unknown on a day that the shop does not know, and then so is the week."""

import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.campaign_performance.queries import weeks
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store

DAYS = pd.date_range("2024-03-04", periods=28)  # four weeks from a Monday


def shop(folder, days):
    """Campaign k runs for three weeks, is credited with a sale each day of four."""
    folder.mkdir()
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(28)],
            "ordered_at": DAYS + pd.Timedelta(hours=12),
            "customer_id": [f"c{i}" for i in range(28)],
            "product_id": "p",
            "quantity": 1,
            "unit_price": 10.0,
            "campaign_id": "k",
        }
    )
    campaigns = pd.DataFrame(
        {
            "campaign_id": ["k"],
            "name": ["K"],
            "starts_on": [DAYS[0].date()],
            "ends_on": [DAYS[20].date()],
        }
    )
    for name, frame in {"orders": orders, "campaigns": campaigns, "campaign_days": days}.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "source.toml").write_text(
        'currency = "EUR"\ntimezone = "UTC"\ncomplete_to = "2024-03-31"\n'
    )
    return folder


def spent(**changes):
    frame = pd.DataFrame(
        {"campaign_id": "k", "day": DAYS[:21].date, "impressions": 10, "clicks": 1, "cost": 2.0}
    )
    return frame.assign(**changes)


@pytest.fixture
def costs(tmp_path, monkeypatch):
    """``costs(days)``: the cost of each of the four weeks, in cents."""
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "stores"))

    def of(days):
        source = shop(tmp_path / "shop", days)
        prepare(source, now=pd.Timestamp("2025-01-01").to_pydatetime())
        store, campaigns = open_store(source), ANALYSES["campaign_performance"]
        view = campaigns.view(days=28)
        cost = weeks(store, view)["cost"]
        headline = {n.name: n.value for n in campaigns.headline(store, view)}
        store.close()
        return [None if pd.isna(v) else int(v) for v in cost], headline["cost"]

    return of


def test_after_its_end_a_campaign_that_still_sells_costs_nothing(costs):
    assert costs(spent()) == ([1400, 1400, 1400, 0], 4200)


def test_an_empty_cost_is_unknown_and_not_nothing(costs):
    days = spent()
    days.loc[8, "cost"] = None
    assert costs(days) == ([1400, None, 1400, 0], None)


def test_a_day_without_a_row_is_unknown_while_the_campaign_runs(costs):
    assert costs(spent().drop(index=[3, 20])) == ([None, 1400, None, 0], None)
