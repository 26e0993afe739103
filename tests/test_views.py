"""One value, four lives: parameters, controls, links and report entries say the same thing."""

import os
from datetime import date
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.analyses import ANALYSES, analysis_of
from ops_widgets.errors import UsageError
from ops_widgets.views.base import SOURCE_VARIABLE

VIEWS = {name: analysis.view for name, analysis in ANALYSES.items()}
CampaignPerformanceView = VIEWS["campaign_performance"]
CohortActivityView = VIEWS["cohort_activity"]

names = st.lists(st.text(min_size=1, max_size=12), max_size=4).map(tuple)
days = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))


def values_of(field):
    """Anything that a field of a view may hold, by its type and bounds."""
    if get_origin(field.annotation) is Literal:
        return st.sampled_from(get_args(field.annotation))
    if field.annotation is int:
        bounds = {k: getattr(m, k) for m in field.metadata for k in ("ge", "le") if hasattr(m, k)}
        return st.integers(bounds["ge"], bounds["le"])
    return days if field.annotation == date | None else names


def views(kind):
    """Views of one kind: every field that people choose, but for those that hang together."""
    apart = {"source", "since", "until", "targets", "locale"}
    fields = {n: f for n, f in kind.model_fields.items() if n not in apart and not is_pick(f)}
    return st.builds(kind, **{name: values_of(field) for name, field in fields.items()})


def is_pick(field):
    return field.annotation is str


any_view = st.one_of(*map(views, VIEWS.values()))


@given(any_view)
def test_a_view_survives_being_papermill_parameters(view):
    assert type(view).parse(view.parameters()) == view


@given(any_view)
def test_a_view_survives_being_a_link(view):
    assert type(view)().with_query(view.to_query()) == view


@given(any_view)
def test_a_notebook_reads_back_what_was_injected(view):
    namespace = view.parameters() | {"pd": None, "store": object()}
    assert type(view).from_parameters(namespace) == view


@pytest.mark.parametrize("view", VIEWS.values())
def test_the_default_view_has_an_empty_link(view):
    assert view().to_query() == ""


def test_a_link_carries_only_what_differs():
    assert CampaignPerformanceView(days=30).to_query() == "days=30"


@pytest.mark.parametrize("query", ["source=/etc/passwd", "source=../x.toml&days=30"])
def test_a_link_cannot_change_the_source(query):
    with pytest.raises(UsageError, match="cannot change 'source'"):
        CampaignPerformanceView().with_query(query)


def test_a_misspelt_parameter_names_the_nearest():
    with pytest.raises(UsageError, match="Did you mean 'channels'"):
        CohortActivityView.parse({"chanels": ("app",)})


@pytest.mark.parametrize(
    "wrong",
    [{"days": "many"}, {"days": 3}, {"days": 10**9}, {"by": "weather"}, {"as_of": "2024-13-01"}],
)
def test_an_ill_typed_value_is_refused_by_name(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        CampaignPerformanceView.parse(wrong)


def test_a_server_sets_the_source_and_a_visitor_the_rest(monkeypatch):
    monkeypatch.setenv(SOURCE_VARIABLE, "/shop")
    monkeypatch.setenv("QUERY_STRING", "days=14&content_types=a&content_types=b")
    view = CampaignPerformanceView.from_parameters({"source": "elsewhere", "days": 60})
    view = view.with_query(os.environ["QUERY_STRING"])
    assert (view.source, view.days, view.content_types) == ("/shop", 14, ("a", "b"))


def test_every_field_has_a_label_and_a_help_text():
    for view in VIEWS.values():
        for name, field in view.model_fields.items():
            assert field.title, f"{view.__name__}.{name}"
            assert field.description, f"{view.__name__}.{name}"


def test_an_analysis_is_called_as_its_folder_and_its_view():
    for name, analysis in ANALYSES.items():
        assert name == analysis.name == analysis.view.notebook
        assert analysis.package.endswith(f".{name}")


def test_a_misspelt_notebook_or_panel_names_the_nearest():
    with pytest.raises(UsageError, match="Did you mean 'cohort_activity'"):
        analysis_of("cohort_activty")
    with pytest.raises(UsageError, match="Did you mean 'retention'"):
        ANALYSES["cohort_activity"].panel("retenton")


def test_every_title_belongs_to_a_panel():
    for analysis in ANALYSES.values():
        assert set(analysis.titles) <= set(analysis.panels())
