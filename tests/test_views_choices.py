"""What does not exist is refused by the nearest name, and what does not go together by why."""

import json
from contextlib import closing

import pytest
from typer.testing import CliRunner

from ops_widgets.analyses import ANALYSES
from ops_widgets.cli import app
from ops_widgets.errors import UsageError, nearest
from ops_widgets.summaries.store import open_store
from ops_widgets.views.choices import Choices
from ops_widgets.widgets.page import Page
from tests.conftest import SAMPLES

#: notebook, field, a value that no data have, what is said.
UNKNOWN = [
    ("category_opportunity", "categories", ("Beaty",), "Categories has no 'Beaty'. Did you mean"),
    ("category_opportunity", "within", "Nonsense", "Inside has no 'Nonsense'. Known names: Beauty"),
    ("category_opportunity", "picked", "Beauti", "Category has no 'Beauti'. Did you mean 'Beauty'"),
    ("category_opportunity", "targets", ("open_gvm=5",), "Targets has no 'open_gvm'. Did you mean"),
    ("campaign_performance", "campaign", "618 Final", "Campaign has no '618 Final'. Did you mean"),
    ("campaign_performance", "group", "Shoping guide", "Kind has no 'Shoping guide'. Did you mean"),
    ("campaign_performance", "content_types", ("guide",), "Content types has no 'guide'."),
    ("cohort_activity", "channels", ("ap",), "Active in channel has no 'ap'. Did you mean 'app'"),
    ("cohort_activity", "acquired", ("serch",), "First came by has no 'serch'. Did you mean"),
    ("cohort_activity", "categories", ("Toy",), "Active in category has no 'Toy'. Did you mean"),
    ("cohort_activity", "cohort", "1999-01", "Cohort has no '1999-01'."),
]
#: notebook, a view in which all exists but not together, the pick that is left out, what is said.
APART = [
    (
        "category_opportunity",
        {"within": "Beauty", "picked": "Home"},
        "picked",
        "Category 'Home' does not lie inside 'Beauty'.",
    ),
    (
        "category_opportunity",
        {"categories": ("Home",), "within": "Beauty"},
        "within",
        "Inside 'Beauty' does not lie in Home.",
    ),
    (
        "campaign_performance",
        {"by": "channel", "group": "Push"},
        "group",
        "Kind 'Push' does not go with Compare by: Channel.",
    ),
    (
        "campaign_performance",
        {"content_types": ("shopping_guide",), "campaign": "618 Finale"},
        "campaign",
        "Campaign '618 Finale' does not go with Content types: Shopping guide.",
    ),
    (
        "cohort_activity",
        {"cohort": "2024-12"},  # of the data to December 2025 twelve months begin in January
        "cohort",
        "Cohort '2024-12' is not among the last 12 months that had wholly passed.",
    ),
    (
        "cohort_activity",
        {"cohorts": "week", "cohort": "2025-01"},
        "cohort",
        "Cohort '2025-01' does not go with Cohorts by: Week.",
    ),
    (
        "cohort_activity",
        {"cohort": "2025-06", "since": "2025-07-01"},
        "cohort",
        "Cohort '2025-06' has no day in the selected part.",
    ),
]


@pytest.fixture
def life(monkeypatch):
    """``life(name)``: how the page of a kernel is seen from now on."""

    def live(name, link=""):
        monkeypatch.setenv("OPS_RENDER", name if name in ("static", "numbers") else "")
        monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5" if name == "voila" else "")
        monkeypatch.setenv("QUERY_STRING", link)

    return live


@pytest.mark.parametrize("place", ["notebook", "static", "numbers"])
@pytest.mark.parametrize(("name", "field", "value", "said"), UNKNOWN)
def test_a_name_that_does_not_exist_stops_a_notebook_with_the_nearest(
    name, field, value, said, place, store, life
):
    life(place)
    view = ANALYSES[name].view(**{field: value})
    with pytest.raises(UsageError) as error:
        Page(ANALYSES[name], view, store)
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(("name", "field", "value", "said"), UNKNOWN)
def test_a_link_with_it_opens_the_nearest_view_and_says_so(name, field, value, said, store, life):
    analysis = ANALYSES[name]
    life("voila", analysis.view(**{field: value}).to_query())
    page = Page(analysis, analysis.view(), store)
    assert len(page.complaints) == 1
    assert page.complaints[0].startswith(said.split(". ")[0])
    choices = Choices.of(analysis, store)
    choices.refuse(page.view)  # what is shown exists


@pytest.mark.parametrize(("name", "changes", "field", "said"), APART)
def test_what_exists_but_not_together_is_refused_or_left_out_with_the_reason(
    name, changes, field, said, store, life
):
    analysis = ANALYSES[name]
    view = analysis.view.parse(changes)
    with pytest.raises(UsageError, match=said[:20]) as error:
        Page(analysis, view, store)
    assert str(error.value).startswith(said)
    life("voila", view.to_query())
    page = Page(analysis, analysis.view(), store)
    assert page.complaints == [f"{said} It was left out."]
    assert page.view == view.replace(**{field: ""})


def test_what_goes_together_is_no_misfit(store):
    for name, changes in (
        ("category_opportunity", {"within": "Beauty", "picked": "Beauty / Skin Care"}),
        ("category_opportunity", {"categories": ("Beauty", "Home"), "picked": "Home"}),
        ("campaign_performance", {"by": "channel", "group": "App"}),
        ("cohort_activity", {"cohort": "2025-01"}),
        ("cohort_activity", {"cohort": "2025-12"}),
        ("cohort_activity", {"cohort": "2025-06", "since": "2025-06-30"}),
        ("cohort_activity", {"cohorts": "week", "cohort": "2025-12-22"}),
        ("cohort_activity", {"cohort": "2024-06", "as_of": "2025-06-29"}),
    ):
        Choices.of(ANALYSES[name], store).refuse(ANALYSES[name].view.parse(changes))


def test_a_page_is_never_turned_to_a_name_that_does_not_exist(store):
    analysis = ANALYSES["category_opportunity"]
    page = Page(analysis, analysis.view(), store)
    with pytest.raises(UsageError, match="Did you mean 'Beauty'"):
        page.look_at(page.view.replace(picked="Beuty"))
    assert page.view.picked == ""


def test_choices_survive_being_kept_beside_a_snapshot(store):
    for name, changes, _, _ in APART:
        choices = Choices.of(ANALYSES[name], store)
        again = Choices.from_data(json.loads(json.dumps(choices.to_data())))
        view = ANALYSES[name].view.parse(changes)
        assert again.misfits(view) == choices.misfits(view) != {}


@pytest.fixture
def prepared(ready_home, monkeypatch):
    monkeypatch.setenv("OPS_STORE", ready_home["OPS_STORE"])


@pytest.mark.parametrize(
    ("notebook", "parameter", "said"),
    [
        ("category_opportunity", "categories=Beaty", "Did you mean 'Beauty'?"),
        ("campaign_performance", "campaign=Nonsense", "Campaign has no 'Nonsense'."),
        ("category_opportunity", "targets=open_gvm=5", "Did you mean 'open_gmv'?"),
    ],
)
def test_a_command_line_with_it_ends_with_2_and_publishes_nothing(
    prepared, notebook, parameter, said, tmp_path
):
    arguments = ["report", notebook, "--source", str(SAMPLES), "-p", parameter]
    done = CliRunner().invoke(app, [*arguments, "--runs", str(tmp_path)])
    assert done.exit_code == 2
    assert said in done.output
    assert not list(tmp_path.rglob("*.html"))


def test_a_definition_with_it_is_refused_before_anything_is_made(prepared, tmp_path):
    (tmp_path / "weekly.toml").write_text(
        'as_of = "last-day-of-data"\n[[notebook]]\nname = "cohort_activity"\n'
        'parameters = { channels = ["serch"] }\n'
    )
    arguments = ["report", "weekly", "--definitions", str(tmp_path), "--source", str(SAMPLES)]
    done = CliRunner().invoke(app, [*arguments, "--runs", str(tmp_path / "runs")])
    assert done.exit_code == 2
    assert "Active in channel has no 'serch'." in done.output
    assert "Did you mean 'search'?" in done.output


def test_a_hint_lists_some_names_not_five_thousand():
    hint = nearest("?", [f"name {n:04}" for n in range(5_000)])
    assert hint.endswith("name 0019, and 4,980 more.")
    assert len(nearest("?", ["x" * 100_000, "y"])) < 200


def test_a_server_knows_what_there_is_before_its_first_page_is_made(prepared):
    """The link of a visitor who comes first is not believed either."""
    from ops_widgets.publish import NOTEBOOKS
    from ops_widgets.publish.server.served_source import ServedSource
    from ops_widgets.sources.config import load_config

    served = ServedSource(str(SAMPLES), load_config(SAMPLES), NOTEBOOKS, SAMPLES)
    try:
        offers = served.offers("campaign_performance")
        with closing(open_store(SAMPLES)) as store:
            assert offers == Choices.of(ANALYSES["campaign_performance"], store)
        view, said = offers.nearest_view(served.default("campaign_performance"), "campaign=Nonse")
        assert view.campaign == ""
        assert said[0].startswith("Campaign has no 'Nonse'.")
    finally:
        served.snapshots.close()
