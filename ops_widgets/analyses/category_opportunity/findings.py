"""What the category notebook finds: where to look first, what is closed, and where we lose."""

from __future__ import annotations

from ops_widgets.analyses.category_opportunity.entry import look_first
from ops_widgets.analyses.category_opportunity.leaders import closed, taken_over
from ops_widgets.analyses.category_opportunity.ours import falling, losing_share
from ops_widgets.views.finding import Findings

FINDINGS = Findings(
    {
        "growth of what is open": look_first,
        "growth of what is closed": closed,
        "what leaders hold against a year earlier": taken_over,
        "our share against a year earlier": losing_share,
        "our sales in markets that fall": falling,
    }
)
