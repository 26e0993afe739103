"""Notebooks and parameters of a command line: what they mean, and what is refused."""

from datetime import date
from pathlib import Path

import pytest

from ops_widgets.errors import UsageError
from ops_widgets.publish.reports.adhoc import adhoc
from ops_widgets.publish.reports.expansion import RunSpec, views_of
from tests.throwaway import FirstView, SecondView, analysis_of, only_analyses


@pytest.fixture
def workbook(monkeypatch):
    only_analyses(monkeypatch, analysis_of(FirstView), analysis_of(SecondView))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([("perids", "3")], "Did you mean 'periods'?"),
        ([("token", "3")], "no notebook of this report has a parameter 'token'"),
        ([("periods", "many")], "'periods' cannot be 'many'"),
        ([("periods", "99")], "'periods' cannot be '99'"),
        ([("strict", "perhaps")], "'strict' cannot be 'perhaps'"),
        ([("source", "/etc")], "--source"),
        ([("as_of", "2024-01-01")], "--as-of"),
    ],
)
def test_a_wrong_parameter_is_refused(workbook, parameters, message):
    with pytest.raises(UsageError, match=f"(?i){message.replace('?', '[?]')}"):
        adhoc(["all"], "shop", parameters)


@pytest.mark.parametrize(
    ("names", "message"), [(["frist"], "Did you mean 'first'"), (["../first"], "no notebook")]
)
def test_an_unknown_notebook_is_refused(workbook, names, message):
    with pytest.raises(UsageError, match=message):
        adhoc(names, "shop")


def test_each_parameter_goes_where_it_belongs(workbook):
    pairs = [
        ("code", "007"),
        ("strict", "false"),
        ("channels", "app"),
        ("channels", "a, b"),
        ("weeks", "8"),
    ]
    definition = adhoc(["all"], "shop", pairs)
    unit = RunSpec(report=definition.name, as_of=date(2024, 6, 30))
    first, second = views_of(definition, unit, "shop")
    assert (first.code, first.strict, first.channels) == ("007", False, ("app", "a, b"))
    assert second.weeks == 8
    assert Path(first.source).is_absolute()
    assert first.as_of == second.as_of == date(2024, 6, 30)


@pytest.mark.parametrize("source", ["../<b>A/B</b>", "...", "a b", "商店"])
def test_a_source_may_be_called_anything(workbook, source):
    name = adhoc(["first"], source).name
    assert "/" not in name and not name.startswith(".")


def test_two_sets_of_notebooks_have_two_histories(workbook):
    assert adhoc(["all"], "shop").name == "shop"
    assert adhoc(["first"], "shop").name == "shop-first"
