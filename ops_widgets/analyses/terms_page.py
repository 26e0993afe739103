"""The page of all terms, written from the analyses.

``python -m ops_widgets.analyses.terms_page > docs/terms.md`` renews it; a test holds the two
together.
"""

from __future__ import annotations

import sys

from ops_widgets.analyses import ANALYSES
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.terms import SHARED, Terms

HEAD = """\
# Terms

What every headline number and every column of a table means. This page is written from the
`terms.py` of each analysis and of `ops_widgets/views/`; do not edit it by hand. How the numbers
are computed, and which care was taken, stands in [Methods](methods.md)."""


def terms_page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD, *map(_section, ANALYSES.values()), "## In every analysis", _table(SHARED)]
    return "\n\n".join(parts) + "\n"


def _section(analysis: Analysis) -> str:
    measures = "\n".join(
        f"| {m.label} | `{m.name}` | {m.format} | {analysis.terms[m.name].meaning} |"
        for m in analysis.headline.measures
    )
    hidden = {*analysis.records, *SHARED}
    return "\n\n".join(
        [
            f"## {analysis.title}",
            analysis.question,
            f"| headline number | in reports | format | meaning |\n|---|---|---|---|\n{measures}",
            _table({k: v for k, v in analysis.terms.items() if k not in hidden}),
        ]
    )


def _table(terms: Terms) -> str:
    rows = "\n".join(f"| {one.label} | {one.format} | {one.meaning} |" for one in terms.values())
    return f"| column | format | meaning |\n|---|---|---|\n{rows}"


if __name__ == "__main__":
    sys.stdout.write(terms_page())
