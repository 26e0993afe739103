"""The documentation says what the code does."""

from pathlib import Path

from ops_widgets.analyses.terms_page import terms_page
from ops_widgets.contract import TABLES
from ops_widgets.contract.dictionary import MEANINGS, dictionary
from ops_widgets.publish.reports.manifest import schema

ROOT = Path(__file__).resolve().parent.parent


def test_the_data_dictionary_is_written_from_the_contract():
    page = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert page == dictionary(), (
        "run: python -m ops_widgets.contract.dictionary > docs/data-dictionary.md"
    )


def test_the_page_of_terms_is_written_from_the_analyses():
    assert (ROOT / "docs" / "terms.md").read_text("utf-8") == terms_page(), (
        "run: python -m ops_widgets.analyses.terms_page > docs/terms.md"
    )


def test_the_schema_of_a_run_is_written_from_its_model():
    assert (ROOT / "docs" / "run-manifest.schema.json").read_text("utf-8") == schema(), (
        "run: python -c 'from ops_widgets.publish.reports.manifest import schema; print(schema(), "
        'end="")\' > docs/run-manifest.schema.json'
    )


def test_every_kind_of_rule_has_a_meaning_and_every_rule_a_remedy():
    for table in TABLES.values():
        for rule in table.rules:
            assert rule.kind in MEANINGS
            assert rule.remedy.endswith(".")
            assert set(rule.columns) <= set(table.names)


def test_links_between_the_pages_lead_somewhere():
    import re

    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
