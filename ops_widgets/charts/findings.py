"""Findings as HTML, from what a page records of them: cards side by side, or one quiet line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

#: What each kind is called, and its mark: colours alone say nothing to many.
KINDS = {
    "opportunity": ("◆", "Opportunity"),
    "warning": ("▲", "Warning"),
    "progress": ("✓", "Progress"),
    "question": ("?", "Open question"),
    "too_few": ("…", "Too few to say"),
}


def findings_html(
    findings: Sequence[Mapping[str, Any]], looked_at: Sequence[str] = (), linked: bool = True
) -> str:
    """The ``findings`` of a page as it recorded them; none: what it ``looked_at`` without finding
    anything; empty where it could look at nothing.

    ``linked``: a claim asks the page for what shows it, where the page is live or served.
    """
    if findings:
        cards = "".join(_card(one, linked) for one in findings)
        return f'<section class="ops-findings" aria-label="What is found">{cards}</section>'
    if not looked_at:
        return ""
    words = escape("; ".join(looked_at))
    return f'<p class="ops-quiet"><b>Nothing unusual.</b> Looked at: {words}.</p>'


def _card(finding: Mapping[str, Any], linked: bool) -> str:
    mark, name = KINDS[finding["kind"]]
    claim = escape(finding["claim"])
    if linked and finding["link"]:
        ask, query = escape(json.dumps(finding["link"])), escape(finding["query"])
        claim = f'<a class="ops-ask" data-ask="{ask}" data-query="{query}">{claim}</a>'
    return (
        f'<article class="ops-finding ops-kind-{finding["kind"]}">'
        f'<p class="ops-kind"><span aria-hidden="true">{mark}</span> {name}</p>'
        f'<h2 class="ops-claim">{claim}</h2>'
        f'<p class="ops-because">{escape(finding["because"])}</p>'
        f'<p class="ops-do"><b>Do:</b> {escape(finding["do"])}</p>'
        '<details class="ops-overturned"><summary>What would overturn this</summary>'
        f"<p>{escape(finding['overturned_by'])}</p></details></article>"
    )
