"""One value, four lives: parameters, controls, links and report entries say the same thing."""

import os
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.errors import UsageError
from ops_widgets.views import VIEWS, CampaignPerformanceView, CohortActivityView
from ops_widgets.views.base import SOURCE_VARIABLE

names = st.lists(st.text(min_size=1, max_size=12), max_size=4).map(tuple)
days = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))
VIEW_STRATEGIES = {
    "category_opportunity": st.builds(
        VIEWS["category_opportunity"],
        as_of=days,
        months=st.integers(1, 36),
        detail=st.sampled_from(["category", "full path"]),
        leaders=st.integers(1, 20),
        categories=names,
    ),
    "campaign_performance": st.builds(
        VIEWS["campaign_performance"],
        as_of=days,
        days=st.integers(7, 730),
        by=st.sampled_from(["content_type", "format", "channel"]),
        content_types=names,
    ),
    "cohort_activity": st.builds(
        VIEWS["cohort_activity"],
        as_of=days,
        activity=st.sampled_from(["purchase", "visit"]),
        cohorts=st.sampled_from(["month", "week"]),
        periods=st.integers(2, 26),
        weeks=st.integers(4, 104),
        acquired=names,
        channels=names,
        categories=names,
    ),
}
any_view = st.one_of(*VIEW_STRATEGIES.values())


def test_every_view_has_a_strategy():
    assert set(VIEW_STRATEGIES) == set(VIEWS)


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
