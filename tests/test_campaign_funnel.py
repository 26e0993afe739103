"""Steps of the funnel: who goes on, who is lost, and what cannot be."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.campaign_performance.funnel import ALL, MOST_KINDS
from ops_widgets.charts.others import for_drawing
from ops_widgets.views.choices import Choices

from .campaign_shop import campaign, line, panel, ran, shop

CAMPAIGN = ANALYSES["campaign_performance"]
FORMATS = ["text_message", "banner", "push", "feed", "mail", "poster"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Six campaigns of as many formats; one order is of two, and one format has too many orders."""
    plans = [
        campaign(
            f"k{i}", 3, 9, format=name, content_type=["marketing_copy", "shopping_guide"][i % 2]
        )
        for i, name in enumerate(FORMATS)
    ]
    orders = [line(f"a{i}", 3 + i % 7, campaign_id="k0", customer_id="one") for i in range(8)]
    orders += [line("both", 5, campaign_id=key, product_id=key) for key in ("k0", "k1")]
    orders += [line(f"b{i}", 4, campaign_id="k2") for i in range(30)]
    days = [row for i in range(6) for row in ran(f"k{i}", *range(3, 10))]
    for row in days:
        row["clicks"] = 3 if row["campaign_id"] == "k2" else 10
    tables = {"orders": [*orders, line("end", 20)], "campaigns": plans, "campaign_days": days}
    opened = shop(tmp_path_factory.mktemp("funnel") / "s", **tables)
    yield opened
    opened.close()


def drawn(store, **view):
    """The lines of text and bars of a chart: kind and step -> the row that is drawn."""
    frame = panel(store, "funnel", **view)
    chart = CAMPAIGN.panel("funnel").chart(for_drawing(frame))
    rows = chart.layer[0].data.to_dict("records")
    return {(row["kind"], row["step"]): row for row in rows}, frame


def test_a_step_says_how_many_go_on_and_how_many_are_lost(store):
    found, _ = drawn(store, by="format", group="Text message")
    clicks = found["Text message", "clicks"]
    assert (clicks["count"], clicks["previous"]) == (70, 7000)
    assert clicks["rates"] == "1.00% go on, 99.0% are lost"
    orders = found["Text message", "orders"]
    assert orders["count"] == 9
    assert orders["rates"] == "12.9% go on, 87.1% are lost"
    assert found["Text message", "new_customers"]["rates"] == "22.2% are new, 77.8% are not"


def test_the_interval_of_a_share_is_in_the_table(store):
    """9 of 70: Wilson's interval by hand, 6.9 to 22.7%."""
    frame = panel(store, "funnel", by="format").set_index(["group", "step"])
    row = frame.loc["Text message", "orders"]
    assert row["of_previous_low"] == pytest.approx(0.0691, abs=5e-5)
    assert row["of_previous_high"] == pytest.approx(0.2266, abs=5e-5)


def test_more_orders_than_clicks_are_named_and_not_drawn(store):
    found, frame = drawn(store, by="format", group="Push")
    row = found["Push", "orders"]
    assert math.isnan(row["of_previous"])
    assert row["rates"] == "more orders than clicks"
    assert row["to"] == row["from"] == 0
    assert "More orders than clicks (see Remark)" in frame.attrs["note"]
    shown = frame.set_index(["group", "step"]).loc[("Push", "orders")]
    assert shown["remark"] == "more orders than clicks"
    assert shown[["of_previous", "of_previous_low", "shrunk"]].isna().all()
    economics = panel(store, "by_group", by="format").set_index("group")
    assert economics.loc["Push", "remark"] == "more orders than clicks"
    assert math.isnan(economics.loc["Push", "orders_per_click"])
    assert set(economics["remark"].drop("Push")) == {""}


def test_every_bar_is_on_the_scale_of_its_own_step(store):
    found, _ = drawn(store)
    for step in ("clicks", "orders", "new_customers"):
        ends = {kind: row["to"] for (kind, of), row in found.items() if of == step}
        shares = {kind: row["of_previous"] for (kind, of), row in found.items() if of == step}
        assert max(ends.values()) == 1
        for kind, share in shares.items():
            assert ends[kind] == pytest.approx(share / max(shares.values()))


def test_an_order_of_two_kinds_counts_once_in_the_total(store):
    found, _ = drawn(store)
    assert set(kind for kind, _ in found) == {ALL, "Marketing copy", "Shopping guide"}
    assert found["Marketing copy", "orders"]["count"] == 39
    assert found["Shopping guide", "orders"]["count"] == 1
    assert found[ALL, "orders"]["count"] == 39
    assert found[ALL, "orders"]["group"] == "", "nothing that could be picked"


def test_of_many_kinds_the_total_is_drawn_and_the_table_has_all(store):
    found, frame = drawn(store, by="format")
    assert {kind for kind, _ in found} == {ALL}
    assert frame["group"].nunique() == len(FORMATS) > MOST_KINDS
    found, _ = drawn(store, by="format", group="Banner")
    assert {kind for kind, _ in found} == {ALL, "Banner"}


def test_lines_keep_their_distance(store):
    found, frame = drawn(store)
    bars = sorted((row["top"], row["bottom"]) for row in found.values())
    for (_, above), (top, _) in pairwise(bars):
        assert top - above >= 20, "room for a line of text"
    spec = CAMPAIGN.panel("funnel").chart(for_drawing(frame)).to_dict(validate=False)
    assert spec["height"] > bars[-1][1]


# --- plain words -----------------------------------------------------------------------------


def test_kinds_are_written_as_people_write_them(store):
    offered = CAMPAIGN.choices(store)
    assert offered["content_types"] == ["marketing_copy", "shopping_guide"], "as the data have them"
    assert "Text message" in offered["group|by=format"]
    assert offered["campaign|content_types=marketing_copy"] == ["k0", "k2", "k4"]
    shown = panel(store, "by_campaign", content_types=("marketing_copy",))
    assert set(shown["content_type"]) == {"Marketing copy"}
    assert set(shown["name"]) == {"k0", "k2", "k4"}


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("content_types=Marketing copy", "content_types", ("marketing_copy",)),
        ("group=text_message&by=format", "group", "Text message"),
        ("group=shopping guide", "group", "Shopping guide"),
    ],
)
def test_a_link_with_the_other_spelling_finds_its_value(store, query, field, value):
    choices = Choices.of(CAMPAIGN, store)
    view, said = choices.nearest_view(CAMPAIGN.view(), query)
    assert getattr(view, field) == value
    assert said, "the page says what it shows instead"
