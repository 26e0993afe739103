"""Findings: no number without a figure, no figure without its frame; what a page does with them."""

import json
import re

import nbformat
import pytest
from pydantic import ValidationError

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.findings import KINDS, findings_html
from ops_widgets.charts.locales import speaking
from ops_widgets.errors import MissingDataError, UsageError
from ops_widgets.publish.alerts.message import compose
from ops_widgets.publish.reports.manifest import RecordedFinding
from ops_widgets.views.answers import Answers
from ops_widgets.views.finding import (
    SENTENCES,
    Figure,
    Finding,
    Findings,
    count,
    money,
    named,
    picking,
    points,
    ranked,
    recorded,
    share,
)
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.render import NUMBERS_TYPE, RENDER_VARIABLE

from .finding_figures import ELSEWHERE
from .finding_figures import Page as Frames

EURO = type("Store", (), {"source": {"currency": "EUR", "minor_digits": 2}})()
WORDS = {"because": "b", "do": "d", "overturned_by": "o"}
#: Numbers as any locale writes them: digits with separators between them.
NUMBER = re.compile(r"\d[\d.,'’   ]*\d|\d")
#: Views of every notebook on the sample shop: as it opens, filters, picks, parts of the time.
VIEWS = {
    "category_opportunity": [
        {},
        {"leaders": 1},
        {"months": 3, "leaders": 4},
        {"categories": ["Books", "Toys", "Home"]},
        {"picked": "Toys"},
        {"picked": "Beauty"},
        {"within": "Beauty"},
        {"detail": "full path", "months": 6},
        {"since": "2025-01-01", "until": "2025-03-31"},
        {"as_of": "2025-03-31"},
    ],
    "campaign_performance": [
        {},
        {"days": 365},
        {"days": 730, "by": "channel"},
        {"days": 28},
        {"campaign": "A Quiet Winter"},
        {"as_of": "2025-06-30", "days": 365, "campaign": "Points Explained"},
        {"days": 365, "content_types": ["scenario_story"]},
        {"days": 180, "group": "Shopping guide"},
        {"since": "2025-11-01", "until": "2025-12-15"},
        {"as_of": "2024-09-30", "days": 270},
    ],
    "cohort_activity": [
        {},
        {"cohorts": "week", "periods": 26},
        {"activity": "visit"},
        {"cohort": "2025-03"},
        {"acquired": ["affiliate", "search"]},
        {"channels": ["app"]},
        {"categories": ["Beauty", "Food"]},
        {"periods": 5},
        {"periods": 18},
        {"since": "2024-09-01"},
        {"as_of": "2025-02-28"},
    ],
}
EVERY = [(name, view) for name, views in VIEWS.items() for view in views]


@pytest.fixture(scope="module")
def asked(store):
    """The sample shop with a memory: the views are looked at more than once."""
    return Answers(store)


def ask(store, notebook, locale="en", **values):
    """The view, and what is found in it."""
    analysis = ANALYSES[notebook]
    view = analysis.view.parse(values | {"locale": locale})
    with speaking(locale):
        return view, analysis.findings(store, view)


def finding(kind="question", stake="", **figures):
    claim = "It is " + " ".join(f"{{{name}}}" for name in figures)
    return Finding.of(kind, figures, claim=claim, stake=stake, **WORDS)


# --- sentences and figures ---


@pytest.mark.parametrize("claim", ["It grows by 40%", "In 2024", "½ of it", "{a} of 3", "第三十"])
def test_no_number_stands_in_a_sentence_without_a_figure(claim):
    with pytest.raises(ValueError, match=r"number without a figure|differ"):
        Finding.of("question", {"a": count(1)} if "{a}" in claim else {}, claim=claim, **WORDS)


def test_every_place_has_a_figure_and_every_figure_a_place():
    with pytest.raises(ValueError, match="'b'"):
        Finding.of("question", {"a": count(1)}, claim="{a} and {b}", **WORDS)
    with pytest.raises(ValueError, match="'b'"):
        Finding.of("question", {"a": count(1), "b": count(2)}, claim="{a}", **WORDS)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_figure_is_known(value):
    with pytest.raises(ValueError, match="no value"):
        finding(a=Figure(value, "decimal"))


def test_values_are_no_templates():
    """A category may be called {gmv}, or 100%."""
    one = finding(a=named("{b} 100% {0}"), b=count(7))
    assert one.claim == "It is {b} 100% {0} 7"


def test_what_is_counted_follows_its_number():
    said = [
        Finding.of("question", {"n": count(n)}, claim="Of {n:credited order}.", **WORDS).claim
        for n in (0, 1, 2, 1000)
    ]
    assert said == [
        "Of 0 credited orders.",
        "Of 1 credited order.",
        "Of 2 credited orders.",
        "Of 1,000 credited orders.",
    ]
    with pytest.raises(ValueError, match="number without a figure"):
        Finding.of("question", {"n": count(1)}, claim="Of {n:week of 7 day}.", **WORDS)


def test_a_finding_on_one_of_many_picks_it_unless_one_is_picked():
    view = ANALYSES["campaign_performance"].view
    assert picking(view(), "campaign", "Spring") == {"campaign": "Spring"}
    assert picking(view(campaign="Spring"), "campaign", "Spring") == {}


def test_figures_are_written_as_everywhere_else():
    texts = [share(0.4, signed=True), share(-0.2, signed=True), share(0.95), points(-0.03)]
    assert [f.text.replace("\xa0", " ") for f in texts] == ["+40%", "−20%", "95%", "−3.00 pp"]
    assert share(0.4001, signed=True).text == "+40.0%"
    assert money(EURO, 123456.4).text == "€1,235"
    with speaking("de"):
        assert money(EURO, 123456.4).text == "1.235\xa0€"
    assert len(named("x" * 300).text) == 60


@pytest.mark.parametrize("locale", ["en", "de", "zh"])
@pytest.mark.parametrize(("notebook", "values"), EVERY)
def test_each_number_of_a_sentence_is_a_figure(notebook, values, locale, asked):
    _, got = ask(asked, notebook, locale, **values)
    for one in got:
        with speaking(locale):
            texts = sorted((f.text for f in one.figures.values()), key=len, reverse=True)
        sentences = " | ".join(getattr(one, name) for name in SENTENCES)
        for text in texts:
            assert text in sentences, text
        left = sentences
        for text in texts:
            left = left.replace(text, "∎")
        assert not NUMBER.search(left), (sentences, NUMBER.findall(left))
        assert not re.search(r"[{}]", left), sentences


@pytest.mark.parametrize(("notebook", "values"), EVERY)
def test_each_figure_is_one_of_the_page(notebook, values, asked):
    """Once more from the frames of the panels and the headline, by other words."""
    view, got = ask(asked, notebook, **values)
    page = Frames(asked, view)
    for one in got:
        right = page.expected(one)
        for name, figure in one.figures.items():
            if name in ELSEWHERE:
                continue
            assert name in right, f"nobody knows {name} of {one.claim!r}"
            if figure.format == "text":
                assert figure.value == right[name], one.claim
            else:  # money is rounded to the minor unit, once
                off = 0.51 if figure.format == "money" else 0
                close = pytest.approx(right[name], rel=1e-6, abs=off)
                assert figure.value == close, (name, one.claim)


def test_the_views_find_something_to_check(asked):
    kinds = {one.kind for name, values in EVERY for one in ask(asked, name, **values)[1]}
    assert kinds >= set(KINDS) - {"question"}


# --- what is planted in the samples ---


def test_the_page_says_what_was_planted_in_the_market(asked):
    _, got = ask(asked, "category_opportunity")
    assert got[0].claim.startswith("Look at Beauty first: ¥20.0\xa0bn, +40.0% on last year")
    assert "Fashion has more open" in got[0].because
    assert got[1].claim.startswith("Smart Home grows")


def test_the_page_says_whose_customers_do_not_come_back(asked):
    """Affiliate: 11% a month after; referral: 37%; they were planted."""
    _, got = ask(asked, "cohort_activity")
    assert got[0].figures["channel"].value == "affiliate"
    assert got[0].figures["best"].value == "referral"


@pytest.mark.parametrize(("notebook", "values"), EVERY)
def test_they_are_at_most_three_and_ranked_by_what_is_at_stake(notebook, values, asked):
    _, got = ask(asked, notebook, **values)
    assert len(got) <= 3
    stakes = [one.at_stake for one in got]
    known = [stake for stake in stakes if stake is not None]
    assert stakes == sorted(known, reverse=True) + [None] * (len(stakes) - len(known))
    for one in got:
        assert one.kind != "too_few" or one.at_stake is None
        assert one.link == {} or ANALYSES[notebook].view.parse(values).turned(one.link)


# --- ranking ---


def test_ties_stay_in_their_order_and_unknown_comes_last():
    def worth(amount, name):
        figures = {"name": named(name)}
        if amount is None:
            return finding(**figures)
        return finding(stake="worth", worth=money(EURO, amount), **figures)

    five, unknown, more, alike = worth(5, "a"), worth(None, "b"), worth(9, "c"), worth(5, "d")
    zero = worth(0, "e")
    assert ranked([five, unknown, more, alike, zero], most=9) == [more, five, alike, zero, unknown]
    assert ranked([five, unknown, more, alike]) == [more, five, alike]
    with pytest.raises(ValueError, match="less than nothing"):
        worth(-1, "f")


def missing(*_):
    raise MissingDataError("No table.", "Add it.")


def test_a_rule_that_the_data_cannot_answer_stops_no_other():
    one = finding(a=count(1))
    rules = Findings({"what is missing": missing, "what is there": lambda *_: [one]})
    assert rules(EURO, None) == [one]
    assert rules.looked_at(EURO, None) == ["what is there"]
    with pytest.raises(MissingDataError):
        Findings({"what is missing": missing})(EURO, None)


# --- on the page ---


def page_of(store, notebook, **values):
    analysis = ANALYSES[notebook]
    return Page(analysis, analysis.view.parse(values), store)


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv(RENDER_VARIABLE, "static")


def test_a_page_shows_them_with_what_to_do_and_what_would_overturn_them(store, static):
    html = page_of(store, "category_opportunity").findings().bundle["text/html"]
    assert html.count("<article") == 3
    assert "Look at Beauty first" in html
    assert html.count("<b>Do:</b>") == 3
    assert html.count("<summary>What would overturn this</summary>") == 3
    assert 'data-ask="{&quot;picked&quot;: &quot;Beauty&quot;}" data-query="picked=Beauty"' in html
    assert " href=" not in html, "on paper there is nothing to click"


def test_a_page_records_them_with_every_figure(store, static):
    page = page_of(store, "category_opportunity")
    record = page.record().bundle[NUMBERS_TYPE]
    assert json.loads(json.dumps(record["findings"])) == record["findings"]
    first = RecordedFinding(**record["findings"][0])
    assert first.figures["gmv"].value == 2_000_000_020_000
    assert first.figures["gmv"].text in first.claim
    assert (first.kind, first.query) == ("opportunity", "picked=Beauty")
    assert first.at_stake == first.figures["gain"].value
    assert record["looked_at"][0] == "growth of what is open"


def test_nothing_unusual_is_a_line_that_says_what_was_looked_at(store, static):
    quiet = next(
        page_of(store, name, **values)
        for name, values in EVERY
        if not ask(store, name, **values)[1]
    )
    html = quiet.findings().bundle["text/html"]
    assert "Nothing unusual." in html
    assert "Looked at: " in html
    assert "<article" not in html
    assert quiet.record().bundle[NUMBERS_TYPE]["findings"] == []


def test_missing_data_make_no_finding_and_no_noise(static, tmp_path, monkeypatch):
    from .tiny import opened, write

    monkeypatch.setenv("OPS_STORE", str(tmp_path / "store"))
    folder = write(tmp_path / "shop", orders=[{"order_id": 1, "ordered_at": "2024-03-01 10:00:00"}])
    store = opened(folder)
    for name in ANALYSES:
        page = page_of(store, name)
        assert page.findings().bundle["text/html"] == "", name
        record = page.record().bundle[NUMBERS_TYPE]
        assert (record["findings"], record["looked_at"]) == ([], []), name
    store.close()


def test_they_follow_the_controls(store, monkeypatch):
    monkeypatch.delenv(RENDER_VARIABLE, raising=False)
    page = page_of(store, "category_opportunity")
    page.findings()
    [shown] = page._components
    assert "Look at Beauty first" in shown._widget.html
    page.look_at(page.view.turned({"categories": ["Books", "Toys", "Food"]}))
    assert "Look at Food first" in shown._widget.html
    assert "Beauty" not in shown._widget.html


def test_an_analysis_needs_none(store, static, monkeypatch):
    analysis = ANALYSES["category_opportunity"]
    without = type(analysis)(
        **{name: getattr(analysis, name) for name in analysis.__dataclass_fields__}
        | {"findings": None}
    )
    page = Page(without, without.view.parse({}), store)
    assert page.findings().bundle["text/html"] == ""
    assert page.record().bundle[NUMBERS_TYPE]["findings"] == []


def test_whatever_a_name_is_it_stays_text():
    hostile = "<img src=x onerror=alert(1)>\" 'x {category}"
    one = Finding.of(
        "warning",
        {"name": named(hostile)},
        claim="{name} fell",
        because="{name}",
        do="{name}",
        overturned_by="{name}",
        link={"picked": hostile},
    )
    view = ANALYSES["category_opportunity"].view.parse({})
    html = findings_html([recorded(one, view)], [hostile])
    assert "<img" not in html
    assert html.count("&lt;img") == 5
    assert "<img" not in findings_html([], [hostile])
    ask_of_link = re.search(r'data-ask="([^"]*)"', html)
    assert ask_of_link is not None


def test_every_kind_has_a_mark_and_a_name_of_its_own():
    marks, names = zip(*KINDS.values(), strict=True)
    assert len(set(marks)) == len(set(names)) == len(KINDS)
    with pytest.raises(ValidationError):
        RecordedFinding(kind="other", claim="", because="", do="", overturned_by="")


def test_what_is_too_few_to_say_has_no_colour():
    from ops_widgets.charts.theme import css

    style = re.sub(r"/\*.*?\*/", "", css(), flags=re.DOTALL)
    rules = [rule for rule in style.split("}") if "ops-kind-too_few" in rule]
    assert rules
    assert not any(name in rule for rule in rules for name in ("good", "bad", "accent", "color:"))


# --- in reports and messages ---


def test_the_overview_and_every_page_show_them_first(sample_report):
    overview = (sample_report / "index.html").read_text("utf-8")
    page = (sample_report / "category_opportunity.html").read_text("utf-8")
    for text in (overview, page):
        assert text.index("Look at Beauty first") < text.index('class="ops-numbers"')
    numbers = json.loads((sample_report / "numbers.json").read_text("utf-8"))
    manifest = json.loads((sample_report / "manifest.json").read_text("utf-8"))
    [notebook] = [one for one in manifest["notebooks"] if one["name"] == "category_opportunity"]
    recorded_there = numbers["notebooks"]["category_opportunity"]["findings"]
    assert recorded_there[0]["claim"] == notebook["findings"][0]["claim"]
    assert "data-ask" not in overview


def test_a_message_says_what_was_found_and_what_to_do(sample_report):
    content = json.loads((sample_report / "manifest.json").read_text("utf-8"))
    _, body = compose("published", content, "file:///x")
    assert "Look at Beauty first" in body
    assert "test a few products" in body
    assert body.index("Look at Beauty first") < body.index("Market size:")
    without = content | {"notebooks": [{**n, "findings": []} for n in content["notebooks"]]}
    assert "Beauty first" not in compose("published", without, "file:///x")[1]


def test_each_notebook_shows_them_right_after_its_controls():
    from ops_widgets.publish import NOTEBOOKS

    for name, analysis in ANALYSES.items():
        cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
        sources = [cell.source for cell in cells]
        if analysis.findings is not None:
            assert sources[sources.index("page.controls()") + 1] == "page.findings()", name


def test_a_view_that_has_no_meaning_is_refused_as_everywhere(store):
    with pytest.raises(UsageError):
        ask(store, "campaign_performance", since="2020-01-01", until="2020-01-02")
