"""Small print: below a panel what changes how it is read, the rest where it is calculated."""

import pytest
from bs4 import BeautifulSoup

from ops_widgets.analyses import ANALYSES
from ops_widgets.widgets.panel import PanelComponent
from ops_widgets.widgets.session import Session
from tests.test_answers import PANELS

CAMPAIGNS, CATEGORIES = "campaign_performance", "category_opportunity"
#: What a panel said below its picture, and what it says where its column is defined.
DEFINED = [
    (CAMPAIGNS, "by_campaign", "Net revenue", "does not prove that it caused them"),
    (CAMPAIGNS, "by_group", "Net revenue", "does not prove that it caused them"),
    (CAMPAIGNS, "by_campaign", "Incremental", "more than one held back, times all treated"),
    (CAMPAIGNS, "by_campaign", "Incremental from", "Of twenty campaigns without any effect one"),
    (CAMPAIGNS, "by_campaign", "Cost", "without a row in campaign_days count as unknown"),
    (CAMPAIGNS, "by_group", "Cost", "without a row in campaign_days count as unknown"),
    (CAMPAIGNS, "weekly", "Campaign cost", "without a row in campaign_days count as unknown"),
    (CAMPAIGNS, "funnel", "Count", "without a row in campaign_days count as unknown"),
    (CAMPAIGNS, "funnel", "From (95%)", "every impression and click for a person of its own"),
    (CAMPAIGNS, "funnel", "Of the step before", "All together, 3.01% of impressions bring clicks"),
    (CAMPAIGNS, "weekly", "Whole shop", "seasons and holidays move it as well"),
    (CATEGORIES, "open_market", "Open market", "which does not make it yours"),
    (CATEGORIES, "open_market", "Open market", "what the 10 largest brands do not hold"),
    (CATEGORIES, "growth", "Open market", "what the 10 largest brands do not hold"),
    (CATEGORIES, "growth", "Our share", "2% of our sales are of products without a category"),
]
#: What changes how a picture is read stays below it.
AT_A_GLANCE = [
    (CAMPAIGNS, "by_campaign", "Credited is not caused."),
    (CAMPAIGNS, "by_campaign", "to 28 days after the campaign, whatever days are looked at"),
    (CAMPAIGNS, "funnel", "Credited is not caused."),
    (CAMPAIGNS, "weekly", "The line is the whole shop, whatever campaigns are looked at"),
    (CAMPAIGNS, "weekly", "it cannot show a cause"),
    (CAMPAIGNS, "weekly", "No campaign ran in 1 week."),
    (CATEGORIES, "growth", "Growth compares 12 months with the same months a year earlier."),
    (CATEGORIES, "open_market", "2% of our sales are of products without a category"),
]


def page_of(store, name, panel):
    analysis = ANALYSES[name]
    session = Session(analysis, analysis.view(), store)
    html = PanelComponent(session, analysis.panel(panel)).static(failing=True)["text/html"]
    return BeautifulSoup(html, "html.parser")


def note_of(soup):
    return " ".join(note.get_text() for note in soup.select(".ops-note"))


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_a_note_is_read_at_a_glance(store, name, panel):
    assert len(note_of(page_of(store, name, panel))) <= 175


@pytest.mark.parametrize(("name", "panel", "words"), AT_A_GLANCE)
def test_what_changes_how_a_picture_is_read_stands_below_it(store, name, panel, words):
    assert words in note_of(page_of(store, name, panel))


@pytest.mark.parametrize(("name", "panel", "label", "words"), DEFINED)
def test_a_definition_stands_where_it_is_calculated(store, name, panel, label, words):
    soup = page_of(store, name, panel)
    [term] = [dt for dt in soup.select(".ops-how dt") if dt.get_text() == label]
    assert words in term.find_next_sibling("dd").get_text()
    assert words not in note_of(soup)
