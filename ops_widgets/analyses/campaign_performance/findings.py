"""What the campaign notebook finds: what lost money, what earned most, what nobody can say yet."""

from __future__ import annotations

from ops_widgets.analyses.campaign_performance.caused import broken, near, paid, pulled_forward
from ops_widgets.analyses.campaign_performance.dear import overpaid
from ops_widgets.analyses.campaign_performance.holdout import credited_too_much
from ops_widgets.analyses.campaign_performance.outcome import best, lost, worst
from ops_widgets.analyses.campaign_performance.unjudged import cost_missing, few_new, few_orders
from ops_widgets.views.finding import Findings

FINDINGS = Findings(
    {
        "sales that would have come anyway": near,
        "what all campaigns brought together": credited_too_much,
        "what paid, by its control group": paid,
        "sales that were only bought earlier": pulled_forward,
        "tests that are broken": broken,
        "campaigns that lost money": lost,
        "what left most for its cost": best,
        "what left least for its cost": worst,
        "the cost of new customers": overpaid,
        "costs that are not known": cost_missing,
        "campaigns with few orders": few_orders,
        "a CAC of few customers": few_new,
    }
)
