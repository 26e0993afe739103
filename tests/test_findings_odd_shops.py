"""Whatever a shop is like, its findings and titles are sentences that can be true."""

import re
from datetime import datetime

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.locales import speaking
from ops_widgets.errors import MissingDataError, UsageError
from ops_widgets.views.answers import Answers
from ops_widgets.views.choices import Choices
from ops_widgets.views.finding import ENOUGH, SENTENCES

from .odd_shops import ODD
from .tiny import opened, write

#: What is looked at; a value in <> is a choice of the shop: the first or the last one.
VIEWS = {
    "category_opportunity": [
        {},
        {"leaders": 1},
        {"months": 1, "leaders": 20},
        {"months": 24, "detail": "full path"},
        {"picked": "<first>"},
        {"picked": "<last>", "leaders": 2},
        {"categories": ("<first>",)},
        {"as_of": "2024-03-31", "locale": "de"},
    ],
    "campaign_performance": [
        {},
        {"days": 7},
        {"days": 365, "by": "channel"},
        {"campaign": "<first>"},
        {"campaign": "<last>", "days": 365},
        {"since": "2024-10-05", "until": "2024-10-05", "days": 365},
        {"days": 365, "locale": "zh"},
    ],
    "cohort_activity": [
        {},
        {"cohorts": "week", "weeks": 4, "periods": 26},
        {"periods": 2, "weeks": 104},
        {"acquired": ("<first>",)},
        {"channels": ("<last>",)},
        {"cohort": "2024-10"},
        {"as_of": "2023-02-15"},
        {"as_of": "2023-04-01", "locale": "fr"},
    ],
}
#: What no sentence may hold, and why: a value that is none, a place, or how nobody writes.
WRONG = {
    "no value": r"\b(?:nan|None|inf|NaT)\b|<NA>|–",
    "minus nothing": r"[-−]\D?0(?![\d]|[.,]\d*[1-9])",
    "spaces": r"  |^ | $| [.,;:]|^$",
    "points": r"\.\.|[,;:]\.",
    "a place": r"\{\w+(?::[\w ]+)?\}",
    "one of many": r"(?<![\d.,] )(?<![\d.,])\b1 (?:more )?(?:\w+ )?"
    r"(?:orders|customers|months|weeks|days|campaigns|brands|cohorts)\b",
}


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    """``shops(name)``: the store of an odd shop, built once."""
    root, known = tmp_path_factory.mktemp("odd"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", str(root / "store"))

        def get(name):
            if name not in known:
                currency, tables = ODD[name]
                toml = 'timezone = "UTC"\ncomplete_to = "2024-12-31"'
                folder = write(root / f"shop{len(known)}", toml, currency, **tables())
                known[name] = Answers(opened(folder, datetime(2025, 1, 1)))
            return known[name]

        yield get


def views(analysis, store):
    """The views of an analysis that have a meaning for a shop."""
    choices = Choices.of(analysis, store)
    for values in VIEWS[analysis.name]:
        asked = {}
        for name, value in values.items():
            offered = choices.names.get(name, ())
            one = value[0] if isinstance(value, tuple) else value
            if one in ("<first>", "<last>"):
                if not offered:
                    break
                one = offered[0 if one == "<first>" else -1]
                asked[name] = (one,) if isinstance(value, tuple) else one
            else:
                asked[name] = value
        else:
            yield analysis.view.parse(asked), choices


def wrong(sentence, names=()):
    """What is wrong with a sentence, whatever its ``names`` are."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        sentence = sentence.replace(name, "X")
    sentence = sentence.replace("\xa0", " ").replace("\u202f", " ")
    return [why for why, pattern in WRONG.items() if re.search(pattern, sentence)]


def sentences(found):
    return [getattr(found, name) for name in SENTENCES]


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("It sold nan pieces.", "no value"),
        ("It fell by −0.00%.", "minus nothing"),
        ("It lost −¥0.00.", "minus nothing"),
        ("It sold  two.", "spaces"),
        ("It sold two..", "points"),
        ("It sold {orders:order}.", "a place"),
        ("From 1 credited orders.", "one of many"),
        ("In 1 of 1 weeks", "one of many"),
    ],
)
def test_what_is_wrong_is_seen(sentence, why):
    assert why in wrong(sentence)
    assert not wrong("In 11 of 21 weeks −0.05% of 31 credited orders, 1 of 4 campaigns, 3.1 days.")


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
@pytest.mark.parametrize("name", ODD)
def test_what_is_found_is_said_in_sentences_and_leads_somewhere(name, analysis, shops):
    store = shops(name)
    for view, choices in views(analysis, store):
        with speaking(view.locale):
            try:
                found = analysis.findings(store, view)
            except (MissingDataError, UsageError):
                continue
        assert len(found) <= 3
        for one in found:
            names = [f.text for f in one.figures.values() if f.format == "text"]
            for sentence in sentences(one):
                assert not wrong(sentence, names), (view.to_query(), sentence)
            said = {name: figure.value for name, figure in one.figures.items()}
            for sample in ("orders", "began", "treated", "then", "gone"):
                if one.kind != "too_few" and sample in said:
                    assert said[sample] >= ENOUGH, (view.to_query(), one.claim)
            assert said.get("leaders", 2) > 1
            if one.link:
                turned = view.turned(one.link)
                again, complaints = choices.nearest_view(analysis.view(), turned.to_query())
                assert not complaints, (view.to_query(), one.link)
                assert again.to_query() == turned.to_query()


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
@pytest.mark.parametrize("name", ODD)
def test_every_title_is_a_sentence(name, analysis, shops):
    store = shops(name)
    for view, choices in views(analysis, store):
        names = {text[:60] for offered in choices.names.values() for text in offered}
        for panel in analysis.panels().values():
            with speaking(view.locale):
                try:
                    frame = panel.compute(store, view)
                except (MissingDataError, UsageError):
                    continue
                if panel.finding is None or frame.empty:
                    continue
                title = panel.finding(frame)
            assert not wrong(title, names - {"1"}), (panel.name, view.to_query(), title)
            if "?" in title:
                assert title.endswith("?"), "a question, or what was found"
