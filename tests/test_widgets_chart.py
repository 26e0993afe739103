"""The live chart: a specification once, then data; one bundle for all; offline."""

import os
import struct
from datetime import date

import altair as alt
import pandas as pd
import pytest

from ops_widgets.charts.drawing import separate
from ops_widgets.charts.static import VEGA_LITE
from ops_widgets.widgets import bundle
from ops_widgets.widgets.columns import pack
from ops_widgets.widgets.live_panel import LivePanel


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Bundles go into a cache of this test; made once for all of them."""
    monkeypatch.setattr(bundle, "carrier", lambda: None)
    monkeypatch.setattr("ops_widgets.widgets.live_panel.bring_vega", lambda: None)


def frame(*values):
    return pd.DataFrame({"x": range(len(values)), "y": values})


def line(data):
    return alt.Chart(data).mark_line().encode(x="x:Q", y="y:Q")


def floats(packed):
    values = packed["values"]
    return struct.unpack(f"<{len(values) // 8}d", values)


def sent_keys(widget, action):
    """Names of the traits that ``action`` sends to the browser."""
    sent = []
    widget.send_state = lambda key=None: sent.append({key} if isinstance(key, str) else set(key))
    action()
    return set().union(*sent)


def test_new_data_send_data_alone():
    chart = LivePanel(line)
    chart.draw(frame(1.0, 2.0), label="Sales")
    assert sent_keys(chart, lambda: chart.draw(frame(3.0), label="Sales")) == {"data"}
    assert floats(chart.data["data"]["columns"]["y"]) == (3.0,)


def test_a_chart_that_differs_in_more_is_drawn_anew():
    def titled(data):
        return line(data).properties(title=f"Up to {data['y'].max():.0f}")

    chart = LivePanel(titled)
    chart.draw(frame(1.0))
    assert sent_keys(chart, lambda: chart.draw(frame(2.0))) == {"spec", "data"}
    assert chart.spec["title"] == "Up to 2"


def test_a_specification_holds_no_data():
    secret = pd.DataFrame({"x": ["very secret"], "y": [1]})
    spec, frames = separate(alt.Chart(secret).mark_bar().encode(x="x", y="y"))
    assert "very secret" not in str(spec)
    assert spec["data"] == {"name": "data"}
    assert frames["data"] is secret


def test_layers_of_one_frame_share_it_and_others_are_told_apart():
    sales, target = frame(1.0, 2.0), frame(5.0)
    layers = line(sales) + line(sales).mark_point() + line(target).mark_rule()
    _, frames = separate(layers)
    assert [f["y"].tolist() for f in frames.values()] == [[1.0, 2.0], [5.0]]


def test_numbers_and_times_travel_as_float64_and_missing_ones_as_nan():
    data = pd.DataFrame(
        {
            "money": pd.array([9_007_199_254_740_992, None], "Int64"),
            "day": [date(2024, 5, 1), None],
            "at": pd.to_datetime(["2024-05-01 12:00", None]),
            "zoned": pd.to_datetime(["2024-05-01 12:00", None]).tz_localize("Asia/Shanghai"),
            "who": ["a", None],
            "yes": [True, False],
            "kind": pd.Categorical(["k", None]),
        }
    )
    columns = pack(data)["columns"]
    assert floats(columns["money"])[0] == 2.0**53
    midnight = 1_714_521_600_000.0
    noon = midnight + 12 * 3_600_000
    assert [floats(columns[name])[0] for name in ("day", "at", "zoned")] == [midnight, noon, noon]
    for name in ("money", "day", "at", "zoned"):
        assert floats(columns[name])[1] != floats(columns[name])[1], "not a number"
    assert columns["who"] == {"kind": "list", "values": ["a", None]}
    assert columns["yes"] == {"kind": "list", "values": [True, False]}
    assert columns["kind"] == {"kind": "list", "values": ["k", None]}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A bundle as it is made where there is none."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle.platformdirs, "user_cache_dir", lambda _: str(folder / "deep"))
        return folder / "deep", bundle.bundle_text()


def test_the_bundle_speaks_the_vega_lite_that_altair_writes(made):
    assert alt.SCHEMA_VERSION.startswith(f"v{VEGA_LITE}.")
    assert "https://vega.github.io/schema/vega/v6.json" in made[1]


def test_the_bundle_imports_nothing(made):
    assert "import(" not in made[1]
    assert not any(line.startswith("import ") for line in made[1].splitlines())
    assert made[1].rstrip().rstrip(";").endswith("}") and "export{" in made[1]


def test_the_bundle_is_made_once_and_written_whole(made, monkeypatch):
    folder, text = made
    assert [path.suffix for path in folder.iterdir()] == [".js"], "no half-written file is left"
    monkeypatch.setattr(bundle.platformdirs, "user_cache_dir", lambda _: str(folder))
    monkeypatch.setattr("vl_convert.javascript_bundle", None)
    assert bundle.bundle_text() == text


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    """A file stands where the folder should be."""
    blocked = tmp_path / "cache"
    blocked.write_text("")
    monkeypatch.setattr(bundle.platformdirs, "user_cache_dir", lambda _: os.fspath(blocked))
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda *_, **__: "made in memory")
    assert bundle.bundle_text() == "made in memory"


@pytest.mark.parametrize(("served", "carried"), [("", 1), ("yes", 0)])
def test_a_page_whose_server_has_vega_is_sent_none(monkeypatch, served, carried):
    made = []
    monkeypatch.setattr(bundle, "carrier", lambda: made.append(1))
    monkeypatch.setenv(bundle.VEGA_VARIABLE, served)
    bundle.bring_vega()
    assert len(made) == carried
