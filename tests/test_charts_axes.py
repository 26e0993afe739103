"""Axes and tooltips: what differs looks different there too, in the words of the page."""

import re

import altair as alt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.locales import speaking
from ops_widgets.charts.marks import SHARE_AXIS, count_axis, in_full, money_axis, short_axis
from ops_widgets.charts.static import to_svg


def drawn(values, axis):
    """The texts of a drawing whose axis runs up to the largest of ``values``."""
    chart = alt.Chart(pd.DataFrame({"v": values, "n": list("abcdef")[: len(values)]})).mark_bar()
    svg = to_svg(chart.encode(x=alt.X("v:Q", title=None, axis=axis), y="n:N"), 800)
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg.replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("largest", "locale", "among"),
    [
        (20e9, "en", ["5 bn", "20 bn"]),
        (2_000_000, "en", ["1 m", "2 m"]),
        (150, "en", ["20", "140"]),
        (0.02, "en", ["0.005", "0.02"]),  # Vega's own short form says 20m: twenty million?
        (200_000, "zh", ["5 万", "20 万"]),
    ],
)
def test_an_axis_speaks_as_the_numbers_beside_it(largest, locale, among):
    with speaking(locale):
        texts = drawn([largest], short_axis())
    assert set(among) <= set(texts)


def money(*amounts, currency="CNY", digits=2):
    """A frame of a column ``gmv`` of amounts in whole currency."""
    frame = pd.DataFrame({"gmv": [amount * 10**digits for amount in amounts]})
    frame.attrs = {"currency": currency, "minor_digits": digits}
    return frame


@pytest.mark.parametrize(
    ("largest", "locale", "title", "among"),
    [
        (120e9, "en", "Size (¥ bn)", {"20", "120"}),
        (1_200_000, "en", "Size (¥ m)", {"0.2", "1.2"}),
        (2_000_000, "en", "Size (¥ m)", {"0.5", "1.5", "2"}),
        (85_000, "en", "Size (¥ k)", {"20", "80"}),
        (9_000, "en", "Size (¥)", {"2,000", "8,000"}),
        (0.5, "en", "Size (¥)", {"0.1", "0.5"}),
        (200_000, "zh", "Size (¥ 万)", {"5", "20"}),
        (2_000_000, "de", "Size (¥ Mio.)", {"0,5", "2"}),
    ],
)
def test_an_axis_of_money_has_one_unit_which_its_title_names(largest, locale, title, among):
    with speaking(locale):
        made = money_axis(money(0, largest / 7, largest), "gmv", "Size")
        texts = drawn([largest], made["axis"])
        card = format_value(largest * 100, "money", "CNY")
    assert made["title"] == title
    assert among <= set(texts)
    ticks = [text for text in texts if not text.isalpha()]
    assert not re.search(r"[a-zA-Z万亿]", "".join(ticks)), "plain numbers"
    unit = title[len("Size (¥") : -1].strip()
    assert unit in card, "the word of the card beside it"


@given(st.floats(0.01, 1e13), st.integers(0, 3))
def test_ticks_of_an_axis_are_never_too_small_to_read(largest, digits):
    """The largest value is at least one whole unit: no axis of 0.001 bn."""
    made = money_axis(money(largest, currency="EUR", digits=digits), "gmv", "Size")
    divisor = float(re.search(r"datum.value / (\d+)", made["axis"].labelExpr)[1])
    assert divisor == 1 or largest / divisor >= 0.999


def test_an_axis_takes_its_unit_from_all_it_shows_losses_too():
    frame = money(10, 20).assign(lost=[-5_000_000_00, pd.NA])
    assert money_axis(frame, "gmv", "Left")["title"] == "Left (¥)"
    assert money_axis(frame, ["gmv", "lost"], "Left")["title"] == "Left (¥ m)"
    assert money_axis(frame, ["gmv", "lost"])["title"] == "¥ m"


def test_counts_are_shortened_by_the_same_rule():
    frame = pd.DataFrame({"few": [9_000], "many": [250_000]})
    assert count_axis(frame, "few", "Customers")["title"] == "Customers"
    made = count_axis(frame, ["few", "many"], "Customers")
    assert made["title"] == "Customers (k)"
    assert {"50", "250"} <= set(drawn([250_000], made["axis"]))


def test_an_axis_without_a_value_has_the_plain_unit():
    assert money_axis(money().astype("float64"), "gmv", "Size")["title"] == "Size (¥)"


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
            assert logarithmic or "\u00a0" not in label, panel.name


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
