"""A global hold-out: what all marketing brings, by customers who are kept out of all of it."""

from __future__ import annotations

from contextlib import suppress

import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance.daily import runs
from ops_widgets.analyses.campaign_performance.holdout import holdouts
from ops_widgets.analyses.campaign_performance.reviewed import all_reviewed
from ops_widgets.analyses.campaign_performance.view import IS_HOLDOUT
from ops_widgets.errors import MissingDataError

from .campaign_shop import CAMPAIGN, campaign, line, may, moment, panel, shop

EACH = 300
BUYERS = 200
VIEW = CAMPAIGN.view.parse({"as_of": may(72), "days": 365})


def audience(key, who, arm, day=5):
    row = {"campaign_id": key, "arm": arm, "assigned_at": moment(day)}
    return [row | {"customer_id": one} for one in who]


def people(letter, first=0, last=EACH):
    return [f"{letter}{i}" for i in range(first, last)]


def bought(day, who, price, **values):
    """The first :data:`BUYERS` buy, each for another amount."""
    return [
        line(f"{one} on {day}", day, customer_id=one, unit_price=price + i % 7, **values)
        for i, one in enumerate(who[:BUYERS])
    ]


def built(folder, leaked=0, until=40, outside=False, **more):
    """Campaigns k and m to customers ``t`` and ``u``, from which ``h`` are kept out.

    Who buys brings 5.00 more of ``t`` than of ``h``; k is credited with all that ``t`` buy. It
    holds nobody back, m half of ``u``, of whose others each who buys brings 4.00 more.
    ``outside``: the hold-out knows of no ``u``.
    """
    treated, held, others = people("t"), people("h"), people("u", 0, 2 * EACH)
    hold_out = {"objective": "Global hold-out", "treatment_share": 0.75} | more
    kept_in = treated if outside else [*treated, *others]
    return shop(
        folder,
        orders=[
            line("begin", 1),
            *bought(9, treated, 15.0, campaign_id="k"),
            *bought(9, held, 10.0),
            *bought(9, others[:EACH], 14.0, campaign_id="m"),
            *bought(9, others[EACH:], 10.0),
            line("end", 72),
        ],
        campaigns=[
            campaign("all of it", 6, until, **hold_out),
            campaign("k", 7, 10),
            campaign("m", 7, 12, treatment_share=0.5),
            campaign("later", until + 1, until + 2),
        ],
        campaign_audience=[
            *audience("all of it", kept_in, "treatment"),
            *audience("all of it", held, "control"),
            *audience("k", [*treated, *held[:leaked]], "treatment"),
            *audience("m", others[:EACH], "treatment"),
            *audience("m", others[EACH:], "control"),
        ],
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    store = built(tmp_path_factory.mktemp("kept") / "s")
    yield store
    store.close()


def test_what_all_marketing_brings_is_the_difference_to_those_kept_out_of_it(kept):
    row = holdouts(kept, VIEW).iloc[0]
    assert (row["treated"], row["held"], row["grade"], row["lost"]) == (3 * EACH, EACH, "A", "")
    assert row["caused"] == pytest.approx((500 + 400) * BUYERS)
    assert row["caused_low"] < row["caused"] < row["caused_high"]
    sold = sum(15_00 + i % 7 * 100 for i in range(BUYERS))
    other = sum(14_00 + i % 7 * 100 for i in range(BUYERS))
    assert (row["campaigns"], row["measured"]) == (2, 1), "the later one is not of its days"
    assert row["credited"] == sold + other
    assert row["one_by_one"] == pytest.approx(400 * BUYERS)


def test_it_stands_below_the_chain_and_what_stood_there_is_said_elsewhere(kept):
    frame = panel(kept, "chain", as_of=may(72), days=365)
    note = frame.attrs["note"]
    assert note.startswith("All marketing, by 300 held back for 35 days: ¥1,800 caused (¥")
    assert note.endswith("grade A). Its 2 campaigns: ¥6,988 credited, ¥800.00 measured in 1.")
    assert len(note) <= 175
    assert "Of m (grades: 1 A)" in frame.attrs["more"]["amount"]
    one = panel(kept, "chain", as_of=may(72), days=365, campaign="m")
    assert one.attrs["note"].startswith("Of m (grades")


def test_credit_beyond_what_all_of_it_brought_is_found(kept):
    said = CAMPAIGN.findings(kept, VIEW)
    [finding] = [one for one in said if "without any marketing" in one.claim]
    row = holdouts(kept, VIEW).iloc[0]
    assert finding.figures["more"].value == round(row["credited"] - row["caused_high"])
    assert "all of it kept 300 customers out of everything for 35 days" in finding.because


def test_it_is_no_campaign_itself(kept):
    """It is counted nowhere among them: neither in a panel, nor chosen, nor in a family."""
    assert set(all_reviewed(kept, VIEW)["name"]) == {"k", "m", "later"}
    assert set(runs(kept, 0, 99_999)["name"]) == {"k", "m", "later"}
    choices = CAMPAIGN.choices(kept)
    assert choices["campaign"] == ["k", "later", "m"]
    assert choices["group|by=objective"] == ["(unknown)"]
    for name in ("review", "by_campaign", "experiment", "budget"):
        with suppress(MissingDataError):
            assert "all of it" not in panel(kept, name, as_of=may(72), days=365).to_csv(), name
    grades = all_reviewed(kept, VIEW).set_index("name")
    assert grades.loc["m", "grade"] == "A"
    assert grades.loc["k", "overlaps"] == "", "it treats nobody"


def test_who_is_held_back_and_treated_all_the_same_is_named(tmp_path):
    store = built(tmp_path / "s", leaked=12)
    row = holdouts(store, VIEW).iloc[0]
    assert row["grade"] == "B"
    assert row["lost"] == "12 of 300 held back were in k all the same"
    more = panel(store, "chain", as_of=may(72), days=365).attrs["more"]["amount"]
    assert "The hold-out has grade B: 12 of 300 held back were in k all the same." in more
    [finding] = [o for o in CAMPAIGN.findings(store, VIEW) if "without any" in o.claim]
    assert "but 12 of 300 held back were in k" in finding.because
    store.close()


def test_campaigns_to_customers_that_it_does_not_know_are_no_part_of_it(tmp_path):
    """Then credit beyond what it shows proves nothing."""
    store = built(tmp_path / "s", outside=True, treatment_share=0.5)
    row = holdouts(store, VIEW).iloc[0]
    assert (row["grade"], row["caused"]) == ("B", pytest.approx(500 * BUYERS))
    assert row["lost"] == "100.0% of those treated by m are not in its treated arm"
    assert row["credited"] > row["caused_high"]
    assert not [o for o in CAMPAIGN.findings(store, VIEW) if "without any" in o.claim]
    store.close()


def test_it_is_known_however_it_is_written(store):
    words = {"Global hold-out": True, "GLOBAL_HOLDOUT": True, "global holdout ": True}
    words |= {"holdout": False, "": False, None: False, "global holdouts for all": False}
    for objective, is_one in words.items():
        told = store.query(
            f"select {IS_HOLDOUT} as told from (select $o::varchar as objective)", {"o": objective}
        )
        assert told["told"].tolist() == [is_one], objective


@pytest.mark.parametrize(
    ("hold_out", "why"),
    [
        ({"until": 50}, "known on 18 Jul 2024"),
        ({"treatment_share": 0.5}, "not as drawn: 75.0% are treated, 50.0% were planned"),
        ({"starts_on": None}, "nothing says when it began"),
    ],
    ids=["it is too early", "a broken split", "undated"],
)
def test_one_that_cannot_be_read_says_why(tmp_path, hold_out, why):
    store = built(tmp_path / "s", **hold_out)
    row = holdouts(store, VIEW).iloc[0]
    assert row["grade"] == "C"
    assert row["lost"] == why
    assert pd.isna(row["caused"])
    said = panel(store, "chain", as_of=may(72), days=365).attrs["note"]
    assert said == f"What all marketing brings together is not known: {why}."
    assert not [o for o in CAMPAIGN.findings(store, VIEW) if "without any" in o.claim]
    store.close()


def test_a_shop_without_one_says_nothing_of_it(store):
    view = CAMPAIGN.view.parse({"days": 730})
    assert holdouts(store, view).empty
    assert panel(store, "chain", days=730).attrs["note"].startswith("Of ")
