"""Axes and tooltips: what differs looks different there too, in the words of the page."""

import re

import altair as alt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.locales import speaking
from ops_widgets.charts.marks import SHARE_AXIS, count_axis, in_full, money_axis
from ops_widgets.charts.static import to_svg


def drawn(values, axis):
    """The texts of a drawing whose axis runs up to the largest of ``values``."""
    chart = alt.Chart(pd.DataFrame({"v": values, "n": list("abcdef")[: len(values)]})).mark_bar()
    svg = to_svg(chart.encode(x=alt.X("v:Q", title=None, axis=axis), y="n:N"), 800)
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg.replace("\u00a0", " "))


def money(currency="CNY", digits=2):
    frame = pd.DataFrame()
    frame.attrs = {"currency": currency, "minor_digits": digits}
    return frame


@pytest.mark.parametrize(
    ("largest", "locale", "unit", "among"),
    [
        (120e9, "en", "bn", {"0", "20 bn", "120 bn"}),
        (1_200_000, "en", "m", {"0.2 m", "1.2 m"}),
        (2_000_000, "en", "m", {"0.5 m", "1.5 m", "2 m"}),
        (85_000, "en", "k", {"20 k", "80 k"}),
        (9_000, "en", "", {"2,000", "8,000"}),
        (0.5, "en", "", {"0.1", "0.5"}),
        (-2_000_000, "en", "m", {"−2 m", "−0.5 m", "0"}),
        (200_000, "zh", "万", {"5 万", "20 万"}),
        (2_000_000, "de", "Mio.", {"0,5 Mio.", "2 Mio."}),
    ],
)
def test_all_ticks_of_an_axis_have_the_unit_of_the_card_beside_it(largest, locale, unit, among):
    with speaking(locale):
        made = money_axis(money(), "Size")
        texts = set(drawn([largest], made["axis"])) - {"a", "n"}
        card = format_value(largest * 100, "money", "CNY")
    assert made["title"] == "Size (¥)"
    assert among <= texts
    assert {text.partition(" ")[2] for text in texts if text != "0"} == {unit}
    assert unit in card


@given(st.floats(1, 1e13), st.sampled_from(["en", "zh", "de", "en-IN"]))
@settings(max_examples=25, deadline=None)
def test_ticks_differ_and_are_short(largest, locale):
    with speaking(locale):
        texts = drawn([largest], money_axis(money(), "Size")["axis"])
    texts = [text for text in texts if text not in ("a", "n")]
    assert len(set(texts)) == len(texts) > 2
    assert max(map(len, texts)) <= 12


def test_the_unit_follows_the_data_without_a_new_chart():
    """A live chart whose specification is another one is drawn anew."""
    assert money_axis(money(), "Size")["axis"] == money_axis(money(), "Size")["axis"]
    for kind in ("x", "y"):
        made = money_axis(money(), "Size", kind)["axis"].to_dict()
        assert f"domain('{kind}')" in made["labelExpr"]


def test_an_upright_axis_looks_at_its_own_scale():
    """Days are numbers of twelve digits: an axis that looked at them would speak of billions."""
    frame = pd.DataFrame({"v": [9_000, 5_000], "d": pd.to_datetime(["2025-01-01", "2025-02-01"])})
    chart = (
        alt.Chart(frame)
        .mark_line()
        .encode(x=alt.X("d:T", title=None), y=alt.Y("v:Q", **money_axis(money(), "Size", "y")))
    )
    assert ">8,000<" in to_svg(chart, 800)


def test_counts_are_shortened_by_the_same_rule():
    made = count_axis("Customers")
    assert made["title"] == "Customers"
    assert {"50 k", "250 k"} <= set(drawn([250_000], made["axis"]))
    assert {"2,000", "8,000"} <= set(drawn([9_000], made["axis"]))


def test_an_axis_without_words_names_its_currency():
    assert money_axis(money("SEK"))["title"] == "SEK"


@pytest.mark.parametrize("name", ANALYSES)
def test_no_axis_mixes_units_but_a_logarithmic_one(name, store):
    analysis = ANALYSES[name]
    for panel in analysis.panels().values():
        if panel.chart is None:
            continue
        spec = panel.chart(panel.compute(store, analysis.view())).to_dict(
            context={"pre_transform": False}
        )
        for channel in channels(spec):
            label = (channel.get("axis") or {}).get("labelExpr", "")
            logarithmic = (channel.get("scale") or {}).get("type") == "log"
            assert logarithmic or "\u00a0" not in label or "domain(" in label, panel.name


def channels(spec):
    """Every encoding channel of a specification, however deep."""
    if isinstance(spec, list):
        return [channel for part in spec for channel in channels(part)]
    if not isinstance(spec, dict):
        return []
    own = [one for one in spec.get("encoding", {}).values() if isinstance(one, dict)]
    return own + [one for key, part in spec.items() if key != "encoding" for one in channels(part)]


def test_a_share_is_written_as_the_page_writes_it():
    with speaking("de"):
        chart = alt.Chart(pd.DataFrame({"v": [0.42], "n": ["a"]})).mark_bar()
        axis = alt.Axis(format=SHARE_AXIS)
        svg = to_svg(chart.encode(x=alt.X("v:Q", title=None, axis=axis), y="n:N"), 800)
        assert f">{format_value(0.2, 'percent').replace('20,0', '20')}<" in svg


def test_ticks_of_a_small_share_differ():
    texts = [text for text in drawn([0.008], alt.Axis(format=SHARE_AXIS)) if "%" in text]
    assert len(texts) == len(set(texts)) > 3
    assert "0.2%" in texts


def test_a_tooltip_holds_an_amount_to_its_last_minor_unit():
    frame = pd.DataFrame()
    for digits, format in ((0, ",.0f"), (2, ",.2f"), (3, ",.3f")):
        frame.attrs["minor_digits"] = digits
        assert in_full(frame) == format


@pytest.mark.parametrize("name", ANALYSES)
def test_no_chart_rounds_a_share_or_an_amount_by_a_rule_of_its_own(name, store):
    """Fixed decimals make 0.2% and 0.4% one; whole numbers are for what is counted."""
    analysis = ANALYSES[name]
    for panel in analysis.panels().values():
        if panel.chart is None:
            continue
        frame = panel.compute(store, analysis.view())
        spec = str(panel.chart(frame).to_dict(context={"pre_transform": False}))
        spec = re.sub(r"'legend': \{[^}]*\}", "", spec)  # the steps of a legend are our own
        assert not re.search(r"'format': '\+?\.\d%'", spec), panel.name
        assert "~s" not in spec, panel.name
