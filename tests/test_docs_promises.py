"""What the docs say a table is used for is true: asked of the definitions and of the pages."""

import re
from dataclasses import replace

import ibis
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.contract import TABLES
from ops_widgets.contract.table import CURRENCY, RATES
from ops_widgets.errors import MissingDataError
from ops_widgets.sources.casts import TYPES
from ops_widgets.summaries.dimensions import PRODUCTS, product_dimension
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.tables import SMALL
from ops_widgets.views.answers import Answers
from tests.any_table import KINDS
from tests.conftest import ROOT
from tests.test_summary_versions import context_of
from tests.tiny import opened, write

#: The words of a table that nothing is made of.
NOT_READ = "no page reads it"
#: Views that make each page ask all that it ever asks.
VIEWS = {
    "category_opportunity": [{}, {"detail": "full path"}, {"within": "Beauty"}],
    "campaign_performance": [{}, {"by": "channel"}, {"by": "format"}],
    "cohort_activity": [
        {},
        {"cohorts": "week", "channels": ("app",)},
        {"activity": "visit", "cohorts": "week"},
        {"activity": "visit", "categories": ("Beauty",)},
    ],
}


#: What the sample shop has no need of is read of these.
WITHOUT_ORDERS = ("ads", "audience", "sales")


@pytest.fixture(scope="module")
def asked(store, tmp_path_factory):
    """Every SQL statement that the pages ask of the summaries, of shops without orders as well."""
    found = _of_pages(store, VIEWS)
    for kind in WITHOUT_ORDERS:
        folder = tmp_path_factory.mktemp(kind)
        found += _of_pages(opened(write(folder, **KINDS[kind])), {name: [{}] for name in ANALYSES})
    # What a summary is made of is read where the summary is.
    summaries = [one for fact in FACTS.values() for one in fact.summaries]
    return found + [one.sql for one in summaries if reads(found, one.name)]


def _of_pages(store, views):
    found = []
    for name, analysis in ANALYSES.items():
        for changes in views[name]:
            answers = Answers(store)
            view = analysis.view(**changes)
            for compute in (analysis.headline, *(p.compute for p in analysis.panels().values())):
                try:
                    found += [one.sql for one in _ran(answers, compute, view)]
                except MissingDataError:
                    continue
    return found


def _ran(answers, compute, view):
    answer = answers.answer(compute, view)
    answer.get()
    return answer.ran


def reads(asked, *summaries):
    """The words of the statements that read one of the summaries."""
    one_of = re.compile(rf"\b(from|join)\s+(out\.)?({'|'.join(summaries)})\b")
    return {word for sql in asked if one_of.search(sql) for word in re.findall(r"\w+", sql)}


def a_table(name, without=""):
    columns = {c.name: TYPES[c.type] for c in TABLES[name].columns if c.name != without}
    return ibis.table(columns, name=name)


def is_defined(define):
    """Whether a definition holds where a table lacks a column altogether."""
    try:
        define()
    except (AttributeError, ibis.common.exceptions.IbisError):
        return False
    return True


def facts_without(table, column):
    """Define all that is made of facts and of the products that they are joined to."""

    def rows(name):
        return a_table(name, column if name == table else "")

    context = context_of(2)
    products = product_dimension(rows(PRODUCTS), context.cells)
    context = replace(context, products=products, used={name: rows(name) for name in TABLES})
    for name, fact in FACTS.items():
        measured = fact.measure(rows(name), context)
        for partial in fact.partials:
            partial.define(measured, context)


def is_read(table, column, asked):
    """Whether a page shows anything that is made of a column, or is converted by it."""
    if table == RATES or column == CURRENCY.name:
        return True
    if not is_defined(lambda: facts_without(table, column)):
        if (table, column) == (PRODUCTS, "brand"):
            return "brand" in reads(asked, "sales_month")
        return True
    without, used = a_table(table, column), {PRODUCTS: a_table(PRODUCTS)}
    made = [
        name
        for name, small in SMALL.items()
        if small.table == table and not is_defined(lambda s=small: s.define(without, used, 2))
    ]
    # A month and a day change their names on the way.
    known_as = {"month": "month_index"}.get(column, column)
    if (table, column) == ("sales", "product_id"):
        known_as = "category"  # which is what it is looked up for
    return known_as in reads(asked, *made) if made else False


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_which_of_its_columns_no_page_reads(name, asked):
    table = TABLES[name]
    unread = tuple(column for column in table.names if not is_read(name, column, asked))
    if NOT_READ in table.used_for:
        assert unread == tuple(table.names)
    else:
        assert table.unread == unread


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_said_to_be_used_if_and_only_if_a_page_reads_what_is_made_of_it(name, asked):
    made = [small for small, one in SMALL.items() if one.table == name]
    if name in FACTS:
        made += [one.name for one in FACTS[name].summaries]
        if basis := FACTS[name].basis:
            made += [f"signature_{basis}", f"lifecycle_{basis}"]
    if name == PRODUCTS:
        made += ["sales_month", "cell"]
    if name == RATES:
        made += ["sales_day"]
    used = bool(made) and bool(reads(asked, *made))
    assert used == (NOT_READ not in TABLES[name].used_for)


def test_the_dictionary_repeats_what_the_tables_say():
    page = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    for name, table in TABLES.items():
        assert f"| `{name}` | {table.used_for} |" in page
        for column in table.unread:
            assert re.search(rf"No page reads [^.]*`{column}`", page)


def test_methods_define_no_ratio_that_no_page_shows():
    """Each **word** = formula of the campaigns is a term of a page."""
    text = (ROOT / "docs" / "methods.md").read_text("utf-8")
    part = text.split("## Campaign performance")[1].split("\n## ")[0]
    labels = {term.label.lower() for term in ANALYSES["campaign_performance"].terms.values()}
    for name in re.findall(r"\*\*([^*]+)\*\* = ", part):
        assert name.lower().replace(" per ", " a ") in labels, name


def test_no_page_of_the_docs_promises_a_lifetime_value_or_a_true_effect():
    """Neither is computed; a sentence that says so is no promise."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for line in page.read_text("utf-8").splitlines():
            assert "lifetime value" not in line.lower(), page.name
            assert "true effect" not in line.lower() or "no true effect" in line, page.name
