"""Widgets that show: nothing a browser writes into their state is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets


class OneWay(anywidget.AnyWidget):
    """A widget whose state only Python sets.

    Whoever opens an app can write any synced trait of any widget. Here such a write has no
    effect; what a person may ask for arrives as a message and is checked.
    ``page`` tells the widgets of one notebook from those of another in the same window.
    """

    page = traitlets.Unicode().tag(sync=True)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignore what the browser wants this widget's state to be."""

    @property
    def bundle(self) -> dict[str, Any]:
        """The widget's display, by MIME type."""
        shown = self._repr_mimebundle_()
        assert shown is not None  # every class here has a view
        return dict(shown[0])


def script(*names: str) -> str:
    """The scripts of this folder by those ``names``, as one module's text."""
    here = Path(__file__).parent
    return "\n".join((here / name).read_text("utf-8") for name in names)
