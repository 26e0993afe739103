"""An executed notebook as one HTML file that needs nothing else, and the page that lists them.

The pages show no code, load nothing from anywhere (their content security policy forbids even
the attempt) and run one script of our own, which makes tables sort and buttons work.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from ops_widgets import __version__
from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.findings import findings_html
from ops_widgets.charts.fonts import font_css
from ops_widgets.charts.formats import Number, format_value
from ops_widgets.charts.kpi import numbers_html
from ops_widgets.charts.paper import paper_css
from ops_widgets.charts.tables import table_filter_script, to_html
from ops_widgets.charts.theme import compact
from ops_widgets.charts.theme import css as theme_css
from ops_widgets.errors import UsageError
from ops_widgets.publish.notebooks.execute import NotebookResult
from ops_widgets.publish.notebooks.places import places
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.views.settings import without_day
from ops_widgets.widgets.render import CONTROLS_TYPE, NUMBERS_TYPE

TEMPLATES = Path(__file__).parents[1] / "templates"
#: The richest form of an output that a page without scripts can show comes first.
SHOWN_TYPES = [
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/plain",
]

WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"


def notebook_page(
    result: NotebookResult,
    results: Sequence[NotebookResult],
    origin: Origin,
    sections: Sequence[Markup] = (),
    up: str = "",
) -> str:
    """The page of one executed notebook; ``results`` are all notebooks of the report.

    ``sections`` (what changed, which alerts) follow the notebook's own; ``up`` leads to the folder
    of all runs.
    """
    body = "" if result.node is None else body_html(result.node)
    return whole_page(
        "page.html.j2",
        page=result,
        here=result.notebook,
        paper=_paper(result.title, origin, _filters(result)),
        body=Markup(body),
        results=results,
        origin=origin,
        sections=sections,
        up=up,
    )


def index_page(
    results: Sequence[NotebookResult],
    origin: Origin,
    sections: Sequence[Markup] = (),
    up: str = "",
    title: str = "",
) -> str:
    """The page that a reader opens first: headline numbers, failures, freshness, quality.

    ``sections`` (what changed, which alerts) stand before the quality of the data; ``up`` leads
    to the folder of all runs; without a ``title`` it is called by its source.
    """
    return whole_page(
        "index.html.j2",
        title=title or origin.source,
        here="",
        paper=_paper(title or origin.source, origin),
        results=results,
        origin=origin,
        numbers=_numbers,
        findings=_findings,
        rules=rules_table(origin),
        sections=sections,
        up=up,
    )


def body_html(node: NotebookNode, form: Callable[[dict[str, Any]], str] | None = None) -> str:
    """Prose and outputs of a notebook as an HTML fragment.

    Where controls say what they are (:data:`CONTROLS_TYPE`), ``form`` draws them; without it
    stands what they were set to.

    Raw HTML in Markdown is shown as text. Outputs of type text/html are taken as they are:
    who makes one escapes the data in it, and the page's policy lets no script of it run.
    """
    exporter = _BodyExporter(
        config=Config({"NbConvertBase": {"display_data_priority": SHOWN_TYPES}}),
        template_name="base",
        template_file="body.html.j2",
        extra_loaders=[jinja2.FileSystemLoader(TEMPLATES)],
    )
    exporter.environment.globals |= {
        "numbers_type": NUMBERS_TYPE,
        "widget_type": WIDGET_TYPE,
        "controls_type": CONTROLS_TYPE,
        "form": form,
        "shown": _shown,
        "places": places,
    }
    body, _ = exporter.from_notebook_node(node)
    # The page around has the style sheet that the notebook brings for itself.
    return str(body).replace(f"<style>{theme_css()}</style>", "")


def _shown(cells: Sequence[Any]) -> list[Any]:
    """The cells without the banners that Papermill puts before a failed one."""
    return [c for c in cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])]


class _BodyExporter(HTMLExporter):
    """nbconvert's exporter with Markdown whose raw HTML stays text."""

    @jinja2.pass_context
    def markdown2html(self, context: jinja2.runtime.Context, source: str) -> str:
        """Markdown as HTML, without the anchors beside headings."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = IPythonRenderer(
            escape=True,
            allow_harmful_protocols=False,
            attachments=attachments,
            exclude_anchor_links=True,
        )
        return str(MarkdownWithMath(renderer=renderer).render(source))


def whole_page(template: str, **content: Any) -> str:
    """A page of its own from ``template``, with style sheet, policy and script."""
    script = table_filter_script()
    return (
        environment()
        .get_template(template)
        .render(
            content,
            css=Markup(f"{font_css()}\n{theme_css(turned=False)}\n{own_css()}"),
            script=Markup(script),
            policy=_policy(script),
            version=__version__,
        )
    )


def _policy(script: str) -> str:
    """Nothing from anywhere, and of all scripts only the one whose hash this is."""
    code = re.sub(r"^<script>|</script>$", "", script)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def own_css() -> str:
    """What pages have beyond the theme, in reports and in apps."""
    names = ("page.css", "reports/reports.css")
    return compact("\n".join((TEMPLATES / name).read_text("utf-8") for name in names))


@cache
def environment() -> jinja2.Environment:
    """What all pages of the project are made with: values are escaped, days and counts spelt."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "count": lambda value: format_value(value, "integer"),
        "day": lambda value: format_value(value, "date"),
        "literal": lambda value: literal(value, "(default)", "all"),
    }
    return environment


def literal(value: Any, nothing: str = "empty", none_chosen: str = "empty") -> str:
    """A parameter's value as a reader writes it; ``none_chosen`` stands for an empty choice.

    >>> literal(["app", "web"]), literal(True), literal([], none_chosen="all"), literal("")
    ('app, web', 'true', 'all', 'empty')
    """
    if isinstance(value, list | tuple):
        return ", ".join(map(literal, value)) or none_chosen
    if isinstance(value, bool):
        return str(value).lower()
    return nothing if value in ("", None) else str(value)


def _numbers(page: NotebookResult) -> Markup:
    """Headline numbers as a notebook recorded them, as the notebook itself shows them."""
    if not page.numbers:
        return Markup()
    compare = page.parameters.get("compare", "before")
    return Markup(numbers_html([Number(**number) for number in page.numbers], compare))


def _paper(title: str, origin: Origin, filters: Mapping[str, str] | None = None) -> Markup:
    """The head of every printed sheet."""
    return Markup(paper_css(title, f"As of {format_value(origin.as_of, 'date')}", filters))


def _filters(result: NotebookResult) -> dict[str, str]:
    """What a page was set to, in words; the day it is as of is said apart."""
    analysis = ANALYSES.get(result.notebook)
    if analysis is None:
        return {}
    kind = analysis.view
    values = {k: v for k, v in result.parameters.items() if k in kind.model_fields}
    try:
        return without_day(kind.parse(values))
    except UsageError:  # a value that is masked, or that the notebook itself has refused
        return {}


def _findings(result: NotebookResult) -> Markup:
    """What a page has found, as the page itself shows it, without its links."""
    return Markup(findings_html(result.findings, result.looked_at, linked=False))


def rules_table(origin: Origin) -> Markup:
    """The rules that rows broke, as a table."""
    if not origin.rules:
        return Markup()
    frame = pd.DataFrame([vars(rule) for rule in origin.rules])
    if not any(frame["at_stake"]):
        frame = frame.drop(columns="at_stake")
    return Markup(to_html(frame, caption="Rules that rows broke"))
