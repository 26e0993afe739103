"""The pieces of a page that are plain HTML: header, notices, definitions, settings."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import dedent

#: Where a report says which rows were set aside, and why.
QUALITY = "index.html#quality"


@dataclass(frozen=True)
class About:
    """What a page says about itself before any number, each in a few words and at length.

    ``as_of`` is the last day of the data, ``freshness`` says more of their days; ``used`` is the
    share of the rows that are in the numbers, ``quality`` says more of the others.
    """

    title: str
    question: str = ""
    source: str = ""
    as_of: str = ""
    freshness: str = ""
    used: str = ""
    quality: str = ""
    quality_good: bool = True


def header_html(about: About, quality: str = "") -> str:
    """One line: title, question, how fresh and how whole the data are, and what a page can do.

    ``quality`` is the address of what is known of the rows that were set aside; empty: nowhere.
    """
    title = f'<h1 class="ops-title">{escape(about.title)}</h1>'
    question = escape(about.question)
    asked = f'<p class="ops-question" title="{question}">{question}</p>' if question else ""
    facts = []
    if about.as_of:
        more = escape(". ".join(filter(None, (about.freshness, about.source))))
        facts.append(f'<li title="{more}">{escape(about.as_of)}</li>')
    if about.used:
        kind, more = "good" if about.quality_good else "warn", escape(about.quality)
        said = escape(about.used)
        if quality:
            said = f'<a href="{escape(quality)}" target="_top">{said}</a>'
        facts.append(f'<li class="ops-badge ops-{kind}" title="{more}">{said}</li>')
    listed = f'<ul class="ops-facts">{"".join(facts)}</ul>' if facts else ""
    return f'<header class="ops-header ops-line">{title}{asked}{listed}{actions_html()}</header>'


def actions_html() -> str:
    """What a whole page can do: its script shows these buttons, which are nothing without it."""
    buttons = "".join(
        f'<button type="button" class="ops-action" {data} title="{name}" aria-label="{name}">'
        f'<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg></button>'
        for data, name, path in ACTIONS
    )
    return f'<div class="ops-actions" role="group" aria-label="Page">{buttons}</div>'


#: Each action: how the script knows it, its name, and its picture of 16 by 16.
ACTIONS = (
    (
        "data-ops-copy",
        "Copy link",
        "M6.5 9.5l3-3M7 4.5l1.3-1.3a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.3 1.3a3 3 0 0 1"
        "-4.5-4.5L4.5 7",
    ),
    (
        "data-ops-print",
        "Print, or save as PDF",
        "M4.5 6V2.5h7V6M4.5 12h-2V6h11v6h-2M4.5 9.5h7v4h-7z",
    ),
    (
        "data-ops-theme-switch",
        "Light or dark",
        "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
    ),
)


def notice_html(
    message: str, remedy: str = "", ask: Mapping[str, object] | None = None, query: str = ""
) -> str:
    """Why there is nothing to see here, and the next step.

    Where the step is a change of the view (``ask``; as the ``query`` of a link), a page that has a
    kernel or a server makes it a link; on paper it is a sentence.
    """
    step = f" <span>{escape(remedy)}</span>" if remedy else ""
    if remedy and ask:
        data = f'data-ask="{escape(json.dumps(dict(ask)))}" data-query="{escape(query)}"'
        step = f' <a class="ops-ask" {data}>{escape(remedy)}</a>'
    return f'<p class="ops-notice"><strong>{escape(message)}</strong>{step}</p>'


def lines_html(message: str, step: str, lines: str, after: str = "") -> str:
    """A notice whose next step is to write ``lines``, which stand there to be copied."""
    box = (
        f'<pre class="ops-sql" tabindex="0" role="region" aria-label="Lines">{escape(lines)}</pre>'
    )
    last = f"<p>{escape(after)}</p>" if after else ""
    said = f"<p><strong>{escape(message)}</strong> {escape(step)}</p>"
    return f'<div class="ops-notice">{said}{box if lines else ""}{last}</div>'


def lacking_html(question: str, needs: str) -> str:
    """The one line that is left of a panel whose data are missing; why is said elsewhere."""
    needed = f"needs: {escape(needs)}" if needs else "nothing to show, as said above"
    return (
        f'<p class="ops-lacking"><span>{escape(question)}</span> '
        f'<span class="ops-needs">{needed}</span></p>'
    )


def note_html(*notes: str) -> str:
    """Small print under a panel; empty notes are left out."""
    text = " ".join(escape(note) for note in notes if note)
    return f'<p class="ops-note">{text}</p>' if text else ""


def how_html(
    terms: Mapping[str, str], statements: Sequence[tuple[str, Mapping[str, object]]]
) -> str:
    """How a panel is calculated: ``terms`` (label -> definition), and the SQL that was run."""
    listed = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(text)}</dd></div>"
        for label, text in terms.items()
    )
    sql = "".join(_statement(text, values) for text, values in statements)
    parts = [f'<dl class="ops-terms">{listed}</dl>' if listed else "", sql]
    if not any(parts):
        return ""
    summary = "<summary>How is this calculated</summary>"
    return f'<details class="ops-how">{summary}{"".join(parts)}</details>'


def _statement(sql: str, values: Mapping[str, object]) -> str:
    """One statement, its parameters below it as comments: they never were part of its text."""
    used = "".join(f"\n-- ${name} = {value!r}" for name, value in values.items())
    text = escape(dedent(sql).strip() + used)
    return f'<pre class="ops-sql" tabindex="0" role="region" aria-label="SQL">{text}</pre>'


def looking_at_html(settings: Mapping[str, str], selected: Collection[str] = ()) -> str:
    """What a page looks at: one label and value for each control it would have; those that are
    ``selected`` in its charts are marked.
    """
    marks = {label: ' class="ops-selected"' for label in selected}
    items = "".join(
        f"<div{marks.get(label, '')}><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>"
        for label, value in settings.items()
    )
    return f'<dl class="ops-looking-at">{items}</dl>'
