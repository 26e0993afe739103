"""The controls of a snapshot: native form elements that are a valid link even without a script."""

from __future__ import annotations

from typing import Any

from ops_widgets.widgets.bar import bar_html


def form_html(controls: dict[str, Any]) -> str:
    """A form of ``fields`` (as the live controls describe them) that shows ``values``.

    Its names are those of the view: to send it by GET asks for the snapshot of that view.
    """
    return bar_html(controls, linked=True)
