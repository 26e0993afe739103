"""What the cohort charts draw: sizes, averages, marks of few, lines of all, no red goodbye."""

import re
from html import unescape

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.cohort_activity import curve, lifecycle, retention
from ops_widgets.charts.drawing import separate
from ops_widgets.charts.marks import BAD
from ops_widgets.charts.static import to_svg
from ops_widgets.charts.steps import COLOURS
from ops_widgets.charts.theme import MUTED, SERIES, themed
from ops_widgets.stats.proportion import wilson

VIEW = ANALYSES["cohort_activity"].view
#: Cohorts of some ten customers.
FEW = {"cohorts": "week", "periods": 26, "acquired": ("search",)}
#: The first cohort of the data is among them.
ALL = {"periods": 24}

#: Pairs of texts of the drawing that touch, and texts that leave it.
TROUBLE = """() => {
  const svg = document.querySelector('svg'), frame = svg.getBoundingClientRect();
  const seen = t => t.textContent.trim() && t.getAttribute('opacity') !== '0';
  const boxes = [...svg.querySelectorAll('text')].filter(seen).map(
    t => [t.textContent, t.getBoundingClientRect()]);
  const cut = boxes.filter(([, b]) => b.left < frame.left - 1 || b.right > frame.right + 1);
  const touch = [];
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (wide > 0.5 && high > 3) touch.push(a + ' | ' + b);
  }));
  return [...cut.map(([t]) => t), ...touch];
}"""


def frame_of(panel, store, **changes):
    return panel.compute(store, VIEW.parse(changes))


def drawn(panel, store, **changes):
    return to_svg(panel.chart(frame_of(panel, store, **changes)), 700)


def texts(svg):
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]+)</text>", svg)]


def fills(svg):
    return {
        colour: len(re.findall(rf'<path[^>]*fill="{re.escape(colour)}"', svg)) for colour in COLOURS
    }


# --- the triangle ---


def test_the_average_row_is_a_ratio_of_sums_over_complete_cells_of_new_customers(store):
    frame = frame_of(retention, store, **ALL)
    rows = retention.drawn(frame)[0]
    average = rows[rows["row"] == "Average"].set_index("age")["retention"]
    complete = frame[frame["active_customers"].notna() & (frame["cohort"] != "2024-01")]
    for age, cells in complete.groupby("age"):
        whole = cells["cohort_customers"].sum()
        assert average[age] == pytest.approx(cells["active_customers"].sum() / whole)
    assert len(average) == complete["age"].nunique()


def test_sizes_stand_beside_their_cohorts_and_the_first_of_the_data_is_marked(store):
    frame = frame_of(retention, store, **ALL)
    shown = texts(drawn(retention, store, **ALL))
    sizes = frame[frame["age"] == 0].set_index("cohort")["cohort_customers"]
    first, second = (f"{int(sizes[name]):,}" for name in ("2024-01", "2024-02"))
    assert f"{first}*" in shown and second in shown and first not in shown
    assert "* The cohort of 2024-01 is the first of the data" in frame.attrs["note"]
    later = texts(drawn(retention, store))
    assert not [text for text in later if "*" in text]


def test_every_complete_cell_is_drawn_and_no_other(store):
    frame = frame_of(retention, store)
    known = frame[(frame["age"] > 0) & frame["retention"].notna()]
    svg = drawn(retention, store)
    legend = len(COLOURS)
    assert sum(fills(svg).values()) == len(known) + known["age"].nunique() + legend


def test_five_steps_are_used_and_named_whatever_is_chosen(store):
    for changes in ({}, ALL, {"activity": "visit"}, {"categories": ("Beauty",)}):
        svg = drawn(retention, store, **changes)
        assert min(fills(svg).values()) > 1, changes  # one is its symbol in the legend
        names = [text for text in texts(svg) if re.match(r"[<≥]|\S+–", text)]
        assert len(names) == 5, changes


def test_few_customers_are_marked_by_more_than_a_colour(store):
    svg = drawn(retention, store, **FEW)
    assert 'font-style="italic"' in svg
    assert "fewer than 50 customers" in frame_of(retention, store, **FEW).attrs["note"]
    many = drawn(retention, store)
    assert 'font-style="italic"' not in many
    assert "fewer than" not in frame_of(retention, store).attrs["note"]
    strokes = len(re.findall(r'stroke-opacity="0.6"', svg))
    rows = retention.drawn(frame_of(retention, store, **FEW))[0]
    few = rows[rows["few"] & (rows["age"] > 0) & rows["retention"].notna()]
    assert strokes == 2 * len(few) > 0
    assert 'stroke-opacity="0.6"' not in many


def test_the_picked_cohort_is_framed_and_the_numbers_of_the_others_stay(store):
    plain, picked = drawn(retention, store), drawn(retention, store, cohort="2025-01")
    assert texts(plain) == texts(picked)
    assert not re.search(r'[^-]opacity="0\.3', picked)
    frame = frame_of(retention, store, cohort="2025-01")
    cells = frame[(frame["cohort"] == "2025-01") & (frame["age"] > 0)]["retention"].count()
    found = [len(re.findall('stroke="var\\(--ops-ink\\)"', svg)) for svg in (plain, picked)]
    assert found[1] - found[0] == cells > 0


def test_a_tooltip_says_of_how_many_and_how_far_it_may_lie(store):
    rows = retention.drawn(frame_of(retention, store))[0]
    row = rows[(rows["row"] == "2025-01") & (rows["age"] == 1)].iloc[0]
    low, high = wilson(row["active_customers"], row["cohort_customers"])
    assert row["interval"] == f"{100 * low:.1f}% to {100 * high:.1f}%"
    spec = str(retention.chart(frame_of(retention, store)).to_dict())
    for field in ("interval", "cohort_customers", "active_customers"):
        assert f"'field': '{field}'" in spec


@pytest.mark.parametrize("changes", [{}, ALL, FEW, {"cohorts": "week"}], ids=str)
@pytest.mark.parametrize("width", [330, 560, 1020])
def test_no_label_touches_another(store, visitor, changes, width):
    chart = retention.chart(frame_of(retention, store, **changes))
    visitor.set_content(to_svg(chart, width))
    assert visitor.evaluate(TROUBLE) == []


# --- the curve ---


def test_the_lines_are_the_cells_of_the_triangle_and_their_average(store):
    frame = frame_of(curve, store, **ALL)
    cells = frame_of(retention, store, **ALL).dropna(subset=["retention"])
    single = frame[frame["line"] != "Average"]
    assert list(single["line"].drop_duplicates()) == list(cells["cohort"].drop_duplicates())
    assert list(single["retention"]) == list(cells["retention"])
    rows = retention.drawn(frame_of(retention, store, **ALL))[0]
    average = rows[rows["row"] == "Average"]["retention"]
    assert list(frame[frame["line"] == "Average"]["retention"]) == list(average)
    assert frame["line"].iloc[0] == "Average", "the table begins with it"


def test_a_picked_cohort_gets_a_colour_and_leaves_the_average_as_it_is(store):
    plain, picked = (frame_of(curve, store, cohort=name) for name in ("", "2025-01"))
    assert plain[["line", "age", "retention"]].equals(picked[["line", "age", "retention"]])
    assert curve.drawn(plain)[0]["kind"].unique().tolist() == ["Average", "Each cohort"]
    rows = curve.drawn(picked)[0]
    own = rows[rows["kind"] == "Cohort of 2025-01"]
    assert set(own["line"]) == {"2025-01"} and len(own) == 11
    svg = to_svg(curve.chart(picked), 700)
    assert f'stroke="{SERIES[1]}"' in svg and f'stroke="{MUTED}"' in svg
    assert f'stroke="{SERIES[1]}"' not in to_svg(curve.chart(plain), 700)


def test_a_click_on_a_line_picks_its_cohort_and_on_the_average_nothing(store):
    frame = frame_of(curve, store)
    pick = frame.attrs["pick"]
    average = frame["line"] == "Average"
    assert frame.loc[average, pick["column"]].isna().all()
    assert list(frame.loc[~average, pick["column"]]) == list(frame.loc[~average, "line"])
    assert pick["field"] == "cohort"


def test_the_band_is_the_interval_of_the_average(store):
    rows = curve.drawn(frame_of(curve, store))[0]
    average = rows[rows["line"] == "Average"]
    low, high = wilson(average["active_customers"], average["cohort_customers"])
    assert list(average["low"]) == list(low) and list(average["high"]) == list(high)
    assert (low < average["retention"]).all() and (average["retention"] < high).all()


@pytest.mark.parametrize("panel", [retention, curve])
def test_other_data_are_only_data_to_the_drawing(store, panel):
    """A chart whose specification changed is drawn anew: three times as long."""
    specs = [
        separate(themed(panel.chart(frame_of(panel, store, **changes))))[0]
        for changes in (
            {},
            {"cohort": "2025-01"},
            {"channels": ("app",)},
            {"as_of": "2025-05-31"},
        )
    ]
    assert all(spec == specs[0] for spec in specs[1:])


# --- growth accounting ---


def test_not_seen_this_week_is_grey_and_no_churn(store):
    frame = frame_of(lifecycle, store)
    assert "churned" in frame, "published: the name of the column stays"
    assert frame.attrs["labels"]["churned"] == "Not seen this week"
    svg = to_svg(lifecycle.chart(frame), 700)
    assert "Not seen this week" in svg
    assert BAD not in svg
    words = " ".join([*frame.attrs["labels"].values(), frame.attrs["note"], svg]).lower()
    assert "churn" not in words
    analysis = ANALYSES["cohort_activity"]
    for term in analysis.terms.values():
        assert "churn" not in f"{term.label} {term.meaning}".lower()
