"""The pieces of a page that are plain HTML: header, notices, definitions, settings."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import dedent


@dataclass(frozen=True)
class About:
    """What a page says about itself before any number.

    ``quality`` is one sentence on the rows that were set aside.
    """

    title: str
    question: str = ""
    source: str = ""
    freshness: str = ""
    quality: str = ""
    quality_good: bool = True


def header_html(about: About) -> str:
    """Title, question, and one line of where the numbers come from and how far to trust them."""
    facts = [f"<li>{escape(fact)}</li>" for fact in (about.source, about.freshness) if fact]
    if about.quality:
        kind = "good" if about.quality_good else "warn"
        facts.append(f'<li class="ops-badge ops-{kind}">{escape(about.quality)}</li>')
    question = f'<p class="ops-question">{escape(about.question)}</p>' if about.question else ""
    listed = f'<ul class="ops-facts">{"".join(facts)}</ul>' if facts else ""
    title = f'<h1 class="ops-title">{escape(about.title)}</h1>'
    return f'<header class="ops-header">{title}{question}{listed}</header>'


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
