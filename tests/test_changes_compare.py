"""A change splits into what moved, what came late and what was redefined, without a rest."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.publish.changes.chain import between
from ops_widgets.publish.changes.compare import difference, split
from ops_widgets.publish.changes.recompute import Recomputed
from ops_widgets.publish.changes.render import difference_html, difference_text, is_news, step
from ops_widgets.publish.reports.manifest import Input, NotebookRecord, RecordedNumber
from tests.manifests import run_manifest

OLD_DAY, NEW_DAY = date(2025, 6, 2), date(2025, 6, 3)


def number(value, name="gmv", format="money"):
    return {"name": name, "label": name.upper(), "value": value, "format": format,
            "currency": "GBP", "minor_digits": 2}  # fmt: skip


def run(value, day=NEW_DAY, *, source="s1", data="d1", code="c1", key="k", rows=100, **parameters):
    numbers = [RecordedNumber(**number(value))] if value != "gone" else []
    return run_manifest(
        day,
        key=key,
        content=data,
        code_sha256=code,
        notebooks=[
            NotebookRecord(
                name="shop",
                title="Shop",
                source_sha256=source,
                parameters={"as_of": day.isoformat(), "source": "/a/shop", **parameters},
                numbers=numbers,
            )
        ],
        inputs=[Input(table="orders", rows_in=rows, rows_used=rows, rows_rejected=0)],
    )


def past(x=None, y=None):
    answers = {}
    if x is not None:
        answers["x", "shop"] = Recomputed([number(x)])
    if y is not None:
        answers["y", "shop"] = Recomputed([number(y)])
    return answers


def parts(found):
    (one,) = found.numbers
    return one.total, one.moved, one.late, one.redefined, one.late_or_redefined


# --- what each cause looks like --------------------------------------------------------------


def test_nothing_but_another_day_is_the_shop_moving():
    found = split(run(1000, OLD_DAY), run(1300), {})
    assert parts(found) == (300, 300, 0, 0, None)


def test_late_rows_are_told_from_the_day():
    """The old day would be 1,100 now: 100 came late, and 200 are the day's own."""
    found = split(run(1000, OLD_DAY), run(1300, data="d2"), past(x=1100))
    assert parts(found) == (300, 200, 100, 0, None)


def test_another_definition_of_the_same_data():
    found = split(run(1000, OLD_DAY), run(700, source="s2"), past(x=600))
    assert parts(found) == (-300, 100, 0, -400, None)


def test_both_at_once_are_told_apart_by_the_old_notebook():
    """By the old words the old day is 1,100 now (100 late), by the new ones 600."""
    found = split(run(1000, OLD_DAY), run(700, source="s2", data="d2"), past(x=600, y=1100))
    assert parts(found) == (-300, 100, 100, -500, None)


def test_with_another_package_as_well_they_cannot_be_told_apart():
    found = split(run(1000, OLD_DAY), run(700, code="c2", data="d2"), past(x=600))
    assert parts(found) == (-300, 100, None, None, -400)
    assert "together" in difference_text(found)


def test_another_package_alone_is_a_redefinition():
    found = split(run(1000, OLD_DAY), run(700, code="c2"), past(x=600))
    assert parts(found) == (-300, 100, 0, -400, None)


def test_another_attempt_of_the_same_day_moves_nothing():
    found = split(run(1000), run(1100, data="d2"), {})
    assert parts(found) == (100, 0, 100, 0, None)


def test_a_parameter_is_a_definition_and_the_day_is_not():
    found = split(run(1000, OLD_DAY, periods=12), run(700, periods=6), past(x=600))
    assert parts(found) == (-300, 100, 0, -400, None)
    (said,) = found.redefinitions
    assert (said.what, said.notebook, said.name) == ("parameter", "shop", "periods")
    assert (said.old, said.new) == (12, 6)


# --- arithmetic ------------------------------------------------------------------------------

AMOUNT = st.integers(-(10**15), 10**15)
SHARE = st.floats(0, 1)


@settings(deadline=None)
@given(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT), st.booleans(), st.booleans(), st.booleans())
def test_money_adds_up_exactly(values, new_source, new_data, new_code):
    _adds_up(values, new_source, new_data, new_code)


@settings(deadline=None)
@given(st.tuples(SHARE, SHARE, SHARE, SHARE), st.booleans(), st.booleans(), st.booleans())
def test_shares_add_up_to_the_last_bit(values, new_source, new_data, new_code):
    _adds_up(values, new_source, new_data, new_code)


def _adds_up(values, new_source, new_data, new_code):
    old, new, x, y = values
    now = run(
        new,
        source="s2" if new_source else "s1",
        data="d2" if new_data else "d1",
        code="c2" if new_code else "c1",
    )
    total, moved, *others = parts(split(run(old, OLD_DAY), now, past(x, y)))
    added = moved
    for part in others:
        added += part or 0
    assert total == added
    assert total == pytest.approx(new - old, rel=1e-12, abs=1e-12)
    assert isinstance(total, type(new))


# --- what cannot be said ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [(1, None, "in this run"), (1, "gone", "in this run"), (None, 1, "in the run before"),
     ("gone", 1, "in the run before"), (None, None, "in both runs")],
)  # fmt: skip
def test_a_missing_number_is_no_zero(old, new, where):
    found = split(run(old, OLD_DAY), run(new), {})
    assert parts(found) == (None,) * 5
    assert found.numbers[0].reason == f"It is missing {where}."


def test_a_past_that_cannot_be_restated_says_why_and_keeps_the_total():
    failed = {("x", "shop"): Recomputed(reason="Step 2 of 5: UsageError: no such day")}
    found = split(run(1000, OLD_DAY), run(1300, data="d2"), failed)
    assert parts(found) == (300, None, None, None, None)
    assert "no such day" in found.numbers[0].reason


def test_a_notebook_that_is_new_in_the_report_has_no_past():
    old = run(1000, OLD_DAY)
    found = split(old.model_copy(update={"notebooks": []}), run(1300), {})
    assert found.numbers[0].reason == "It is missing in the run before."


# --- several runs in between -----------------------------------------------------------------


def chained(values):
    """Runs that follow each other by a day: (value, data) with the past of each restated."""
    runs = []
    for n, (value, data, x) in enumerate(values):
        one = run(value, date(2025, 6, 2 + n), data=data, key=f"k{n}")
        if runs:
            found = split(runs[-1], one, past(x=x))
            one = one.model_copy(update={"difference": found})
        runs.append(one)
    return runs


def test_days_in_between_add_up():
    first, *rest = chained([(1000, "d1", None), (1300, "d2", 1100), (1250, "d3", 1310)])
    assert parts(between(first, rest)) == (250, 200 - 60, 100 + 10, 0, None)


def test_a_gap_in_between_leaves_the_total_alone():
    first, _, last = chained([(1000, "d1", None), (1300, "d2", 1100), (1250, "d3", 1310)])
    found = between(first, [last])
    assert parts(found) == (250, None, None, None, None)
    assert "between" in found.numbers[0].reason


# --- words -----------------------------------------------------------------------------------


def test_the_evidence_names_what_grew_and_what_was_changed():
    found = split(
        run(1000, OLD_DAY, rows=100, code="c1"),
        run(700, rows=1_340, source="s2", data="d2", code="c2", periods=6),
        past(x=600),
    )
    text = difference_text(found)
    assert "orders: 1,340 rows, 1,240 more." in text
    assert "The notebook shop has been changed." in text
    assert "shop: periods was empty and is now 6." in text
    assert "The package's code has changed (version 0.1.0 as before)." in text


def test_the_section_of_a_page_shows_its_own_numbers():
    found = split(run(1000, OLD_DAY), run(1300, data="d2"), past(x=1100))
    page = difference_html(found, "shop")
    assert "What changed since 2 Jun 2025" in page
    for shown in ("GMV", "£10.00", "£13.00", "+£3.00", "+£2.00", "+£1.00", "Late data"):
        assert shown in page
    assert "GMV" not in difference_html(found, "another")


def test_what_a_report_says_is_never_markup():
    found = split(run(1000, OLD_DAY, name="a"), run(1300, name="<script>"), past(x=1100))
    assert "<script>" not in difference_html(found)


def test_a_share_changes_by_points():
    share = (
        split(run(1000, OLD_DAY), run(1300), {}).numbers[0].model_copy(update={"format": "percent"})
    )
    assert step(share, -0.05).replace("\xa0", " ") == "−5.00 pp"


def test_nothing_is_run_where_nothing_has_to_be_restated(tmp_path):
    found = difference(run(1000, OLD_DAY), tmp_path, run(1300), tmp_path, source="/a/shop")
    assert parts(found) == (300, 300, 0, 0, None)


# --- news ------------------------------------------------------------------------------------


def two(values, closed=("", "")):
    """The difference of two runs of ``{name: (old, new)}``, whose periods closed on these days."""
    runs = []
    for place, day in enumerate((OLD_DAY, NEW_DAY)):
        period = {"grain": "week", "closed": closed[place]} if closed[place] else {}
        numbers = [
            RecordedNumber(**number(pair[place], name, "integer"), **period)
            for name, pair in values.items()
            if pair[place] != "gone"
        ]
        record = NotebookRecord(name="shop", title="Shop", source_sha256="s1", numbers=numbers)
        runs.append(run_manifest(day, content="d1", code_sha256="c1", notebooks=[record]))
    return split(*runs, {})


def rows(page):
    return re.findall(r'<th scope="row">(\w+)</th>', page)


def test_only_what_changed_came_or_went_is_a_row():
    values = {"up": (1, 2), "same": (7, 7), "came": ("gone", 3), "went": (3, "gone"),
              "never": (None, None), "zero": (0, 0)}  # fmt: skip
    page = difference_html(two(values))
    assert rows(page) == ["UP", "WENT", "CAME"]
    assert "2 other numbers did not change" in page


def test_where_nothing_changed_it_says_so_without_a_table():
    page = difference_html(two({"same": (7, 7)}))
    assert rows(page) == [] and "No number changed." in page and "<table" not in page


def test_parts_that_add_up_to_nothing_are_a_change():
    (found,) = split(run(1000, OLD_DAY), run(1000, data="d2"), past(x=900)).numbers
    assert (found.total, found.moved, found.late) == (0, 100, -100)
    assert is_news(found)


def test_a_week_is_compared_once_it_has_closed_and_its_waiting_is_said_once():
    closed = ("2025-05-25", "2025-05-25")
    page = difference_html(two({"active": (10, 9), "new": (3, 3)}, closed))
    assert rows(page) == []
    assert page.count("Of a week, and none has closed since: ACTIVE, NEW.") == 1
    page = difference_html(two({"active": (10, 9), "new": (3, 3)}, ("2025-05-25", "2025-06-01")))
    assert rows(page) == ["ACTIVE"] and "Of a week" not in page


def test_a_week_that_was_redefined_is_news_at_once():
    (found,) = two({"active": (10, 9)}, ("2025-05-25", "2025-05-25")).numbers
    assert not is_news(found)
    assert is_news(found.model_copy(update={"redefined": -1}))
    assert is_news(found.model_copy(update={"late_or_redefined": -1}))
