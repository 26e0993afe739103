"""What the cohort notebook finds: who comes back less, and whether more go than come."""

from __future__ import annotations

from ops_widgets.analyses.cohort_activity.flow import flow
from ops_widgets.analyses.cohort_activity.staying import by_channel, newest
from ops_widgets.views.finding import Findings

FINDINGS = Findings(
    {
        "the newest cohorts against those before": newest,
        "who comes back of each channel": by_channel,
        "whether more go than come": flow,
    }
)
