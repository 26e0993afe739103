"""What a campaign aimed at one category took from the others, of raw rows and in the chain."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ops_widgets.analyses.campaign_performance.elsewhere import elsewhere

from .campaign_shop import CAMPAIGN, campaign, line, may, moment, panel, ran, shop

#: The campaign runs from the 6th to the 12th; its arms are drawn on the 5th.
ENDS, EACH = 12, 240
AT = {"as_of": may(45), "days": 60}
LINKS = ["Credited", "Not caused", "Caused in its category", "In other categories"]


def customers(seed):
    """One row a customer: arm, and what was bought of Tea and of Cups until the end, and after.

    Skewed: most buy nothing. The treated buy more tea and, in its place, fewer cups.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for arm, letter in (("treatment", "t"), ("control", "h")):
        for i in range(EACH):
            treated = arm == "treatment"
            tea = float(np.round(rng.lognormal(3, 0.8), 2)) if rng.random() < 0.5 else 0.0
            cups = float(np.round(rng.lognormal(3, 0.8), 2)) if rng.random() < 0.6 else 0.0
            tea, cups = (tea * 1.8, cups * 0.5) if treated else (tea, cups)
            later = float(np.round(rng.lognormal(2, 0.5), 2)) if rng.random() < 0.2 else 0.0
            rows.append((f"{letter}{i}", arm, round(tea, 2), round(cups, 2), later))
    return pd.DataFrame(rows, columns=["customer_id", "arm", "tea", "cups", "later"])


@pytest.fixture(scope="module")
def bought():
    return customers(4)


@pytest.fixture(scope="module")
def small(tmp_path_factory, bought):
    orders = [line("begin", 2, product_id="tea"), line("end", 45, product_id="tea")]
    for row in bought.to_dict("records"):
        own = {"customer_id": row["customer_id"], "unit_cost": 1.0}
        credited = "k" if row["arm"] == "treatment" else None
        for what, day in (("tea", 8), ("cups", ENDS), ("later", ENDS + 1)):
            if row[what]:
                product = {"product_id": "tea" if what == "tea" else "cups"}
                values = own | product | {"unit_price": row[what]}
                values["campaign_id"] = credited if what == "tea" else None
                orders.append(line(f"{row['customer_id']} {what}", day, **values))
    store = shop(
        tmp_path_factory.mktemp("elsewhere") / "s",
        orders=orders,
        products=[{"product_id": name, "category": name.title()} for name in ("tea", "cups")],
        campaigns=[campaign("k", 6, ENDS), campaign("wide", 6, ENDS)],
        campaign_days=[*ran("k", *range(6, ENDS + 1)), *ran("wide", *range(6, ENDS + 1))],
        campaign_audience=[
            {"campaign_id": name, "customer_id": who, "arm": arm, "assigned_at": moment(5)}
            for name in ("k", "wide")
            for who, arm in bought[["customer_id", "arm"]].itertuples(index=False)
        ],
    )
    yield store
    store.close()


def test_it_is_what_raw_rows_say_of_all_other_categories(small, bought):
    """Cups until the last day, per assigned customer; what was bought a day later is not in it."""
    treated, held = (
        (bought.loc[bought["arm"] == arm, "cups"] * 100) for arm in ("treatment", "control")
    )
    ends = [
        stats.ttest_ind(treated, held, equal_var=equal).confidence_interval(0.95)
        for equal in (True, False)
    ]
    wider = max(ends, key=lambda one: one.high - one.low)
    found = elsewhere(small, CAMPAIGN.view.parse(AT)).set_index("campaign_id")
    assert found.index.tolist() == ["k"], "nothing is credited to the other: it has no category"
    row = found.loc["k"]
    assert row["category"] == "Tea"
    assert row["elsewhere"] == pytest.approx((treated.mean() - held.mean()) * EACH, rel=1e-9)
    reach = stats.t.ppf(0.975, 2 * EACH - 2)
    half = (wider.high - wider.low) / 2 * EACH
    assert row["elsewhere_error"] * reach == pytest.approx(half, rel=0.01)
    assert row["elsewhere"] + 2 * row["elsewhere_error"] < 0, "what was planted is seen"


def test_the_chain_shows_it_apart_and_still_closes(small):
    chain = panel(small, "chain", campaign="k", **AT).set_index("link")
    assert chain.index[:4].tolist() == LINKS
    amount = chain["amount"]
    told = elsewhere(small, CAMPAIGN.view.parse(AT)).iloc[0]
    assert amount["In other categories"] == pytest.approx(told["elsewhere"])
    assert amount["Credited"] + amount["Not caused"] == pytest.approx(amount[LINKS[2]])
    assert amount[LINKS[2]] + amount[LINKS[3]] == pytest.approx(amount["Caused until its last day"])
    for link in LINKS[2:]:
        row = chain.loc[link]
        assert row["amount_low"] < row["amount"] < row["amount_high"]
    widths = chain["amount_high"] - chain["amount_low"]
    # How the two hang together is not known: the interval is as wide as it can be.
    both = widths["Caused until its last day"] + widths["In other categories"]
    assert widths["Caused in its category"] == pytest.approx(both)


def test_without_a_category_of_its_own_nothing_is_shown_apart(small):
    for view in ({"campaign": "wide"}, {}):
        chain = panel(small, "chain", **view, **AT)
        assert chain["link"].tolist()[:3] == ["Credited", "Not caused", "Caused until its last day"]
        assert "other categories" in chain.attrs["more"]["amount"]
