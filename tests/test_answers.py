"""What the pages say about the sample shop: planted truths, and answers that never break."""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import MissingDataError, UsageError
from ops_widgets.views.base import Names

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
PANELS = [(name, panel) for name, analysis in ANALYSES.items() for panel in analysis.panels()]


def filters(name):
    """The fields of a view that choose among the names of the data."""
    return {n for n, f in ANALYSES[name].view.model_fields.items() if f.annotation == Names}


@pytest.fixture(scope="module")
def truth():
    return json.loads((SAMPLES / "truth.json").read_text("utf-8"))


def frame_of(store, name, panel, **changes):
    """The frame of a panel, of the view that differs from the default by these fields."""
    analysis = ANALYSES[name]
    return analysis.panel(panel).compute(store, analysis.view.parse(changes))


def test_the_large_growing_open_category_is_found(store, truth):
    frame = frame_of(store, "category_opportunity", "open_market").set_index("category")
    name = truth["market"]["large_growing_open"]
    assert frame.loc[name, "gmv"] / 100 == pytest.approx(20e9, rel=0.01)
    assert frame.loc[name, "cr10"] == pytest.approx(0.30, abs=0.005)
    assert frame.loc[name, "open_gmv"] / 100 == pytest.approx(14e9, rel=0.01)
    assert frame["growth"].idxmax() == name
    assert frame["growth"].idxmin() == truth["market"]["shrinking"]
    assert frame["hhi"].idxmax() == truth["market"]["concentrated"]


def test_every_planted_category_is_measured_as_planted(store, truth):
    frame = frame_of(store, "category_opportunity", "open_market", detail="full path")
    frame = frame.set_index("category")
    for row in truth["market"]["categories"]:
        got = frame.loc[row["category"]]
        assert got["gmv"] / 100 == pytest.approx(row["gmv_last_12_months"], rel=1e-4)
        assert got["growth"] == pytest.approx(row["yearly_growth"], abs=0.01)
        assert got["cr4"] == pytest.approx(row["cr4"], abs=5e-3)
        assert got["cr10"] == pytest.approx(row["cr10"], abs=5e-3)
        assert got["unlisted_share"] == pytest.approx(row["other_share"], abs=5e-3)


def test_the_campaign_that_loses_money_is_found(store, truth):
    frame = frame_of(store, "campaign_performance", "by_campaign", days=730).set_index("name")
    planted = [c for c in truth["campaigns"]["items"] if c["kind"] == "overpriced"]
    losers = frame.index[frame["contribution"] < 0]
    assert list(losers) == [c["name"] for c in planted]


def test_channels_keep_their_customers_as_planted(store, truth):
    planted = truth["acquisition_channels"]["items"]
    found = {}
    for channel in planted:
        name, expected = channel["channel"], channel["retention"]["3"]
        curve = frame_of(store, "cohort_activity", "curve", periods=18, acquired=(name,))
        at_three = curve[curve["line"] == "Average"].set_index("age").loc[3]
        error = (expected * (1 - expected) / at_three["cohort_customers"]) ** 0.5
        found[name] = at_three["retention"]
        assert found[name] == pytest.approx(expected, abs=3 * error), name
    by_plan = sorted(planted, key=lambda c: c["retention"]["3"])
    assert min(found, key=found.get) == by_plan[0]["channel"]
    assert max(found, key=found.get) == by_plan[-1]["channel"]


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_every_frame_says_how_to_show_it(store, name, panel):
    frame = frame_of(store, name, panel)
    assert len(frame)
    shown = {name for name in frame.columns if not name.startswith("ops_")}
    assert set(frame.attrs["labels"]) == set(frame.attrs["formats"]) == shown
    assert frame.attrs["currency"] == "CNY"


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_a_filter_that_matches_nothing_breaks_nothing(store, name, panel):
    chosen = dict.fromkeys(filters(name), ("no such thing",))
    with suppress(MissingDataError):
        assert isinstance(frame_of(store, name, panel, **chosen), pd.DataFrame)


@pytest.mark.parametrize("name", [name for name in ANALYSES if filters(name)])
def test_headlines_of_an_empty_view_are_unknown_not_wrong(store, name):
    chosen = dict.fromkeys(filters(name) - {"channels"}, ("no such thing",))
    view = ANALYSES[name].view.parse(chosen)
    for number in ANALYSES[name].headline(store, view):
        assert not number.value, number


@pytest.mark.parametrize("name", ANALYSES)
def test_a_day_without_data_is_refused(store, name):
    with pytest.raises(UsageError, match="from 2024-01-01 to 2025-12-31"):
        ANALYSES[name].headline(store, ANALYSES[name].view(as_of=date(2026, 1, 1)))


@pytest.mark.parametrize("day", ["2024-01-01", "2024-02-29", "2024-12-31", "2025-03-02"])
@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_every_day_of_the_data_can_be_looked_at(store, name, panel, day):
    with suppress(MissingDataError):
        assert isinstance(frame_of(store, name, panel, as_of=day), pd.DataFrame)


def test_the_last_week_that_has_not_passed_is_not_shown(store):
    weeks = frame_of(store, "cohort_activity", "lifecycle", as_of=date(2025, 6, 26))["week"]
    assert weeks.max() == pd.Timestamp("2025-06-16")
