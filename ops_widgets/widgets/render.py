"""How the outputs of a notebook will be seen, and under which names machines read them.

It imports nothing: who only runs a notebook, or reads what one has recorded, need not wait for
what draws it.
"""

from __future__ import annotations

import os
from typing import Literal

Rendering = Literal["static", "voila", "notebook", "numbers"]
#: Says how outputs will be seen where no person looks: "static", or "numbers".
RENDER_VARIABLE = "OPS_RENDER"
NUMBERS_TYPE = "application/vnd.ops-widgets.numbers+json"
#: What machines read of a panel: ``title`` and ``tables`` (``name`` and ``csv`` of each).
PANEL_TYPE = "application/vnd.ops-widgets.panel+json"
#: What a static page's own form is drawn from: ``fields``, ``values``, and what the data offer,
#: whole (``choices``, ``bounds``).
CONTROLS_TYPE = "application/vnd.ops-widgets.controls+json"
#: The visitor's part of the address after "?", as the app server hands it to the kernel.
LINK_VARIABLE = "QUERY_STRING"

#: Where the apps are served, for links to them from a notebook: "https://shop.example/ops".
APPS_VARIABLE = "OPS_APPS_URL"


def rendering() -> Rendering:
    """How outputs will be seen: in a report, by Voilà's visitors, in a notebook, or not at all.

    ``numbers``: nothing is computed, shown or drawn but what ``Page.record`` answers.
    """
    asked = os.environ.get(RENDER_VARIABLE)
    if asked == "static":
        return "static"
    if asked == "numbers":
        return "numbers"
    if os.environ.get("SERVER_SOFTWARE", "").lower().startswith("voila"):
        return "voila"
    return "notebook"
