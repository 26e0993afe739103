"""The factor between what campaigns are credited with and what their control groups measured.

What is credited, times the factor, is still no measurement: it is credit that was made smaller by
as much as credit was too large where somebody measured.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import with_names
from ops_widgets.analyses.campaign_performance.effect import EFFECT, NO_CONTROL, effects
from ops_widgets.analyses.campaign_performance.paths import TOUCHED, of_all_days
from ops_widgets.analyses.campaign_performance.queries import campaign_facts, chosen, only_window
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView, whole_window
from ops_widgets.charts.formats import format_value
from ops_widgets.errors import MissingDataError
from ops_widgets.periods import day_number
from ops_widgets.stats.calibration import Factor
from ops_widgets.stats.calibration import factor as ratio_of_sums
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

#: The rule by which the shop itself credits: the campaign that an order line carries.
SHOP = "shop"


def factor(store: Store, view: CampaignPerformanceView, rule: str = SHOP) -> Factor | None:
    """Measured ÷ credited net revenue by a ``rule`` (:data:`SHOP`, or one of ``rules.RULES``).

    Over the chosen campaigns whose control group can be read by the day looked at, each over its
    whole run; None where these are too few (see :func:`ops_widgets.stats.calibration.factor`).
    Raises ``MissingDataError`` where nothing says what the rule credits.
    """
    credited = _credited(store, view, rule).set_index("campaign_id")["credited"]
    credited = credited[credited > 0]
    told = once(store, _readable, view)
    both = told.index.intersection(credited.index)
    return ratio_of_sums(told[both], credited[both])


def _readable(store: Store, view: CampaignPerformanceView) -> pd.Series:
    """What the control groups of chosen campaigns measured, by campaign."""
    rows = measured(store, view)
    return rows.set_index("campaign_id")["incremental"].dropna()


def measured(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """What the shop credits over the whole run, beside what the control group measured.

    One row a chosen campaign that is credited with anything or has a control group by the day
    looked at: ``campaign_id``, name and kinds, ``credited`` (0: nothing), ``orders`` and the
    columns of :data:`.effect.EFFECT`.
    """
    found = effects(store, view)[EFFECT]
    table = _credited(store, view, SHOP).merge(found, on="campaign_id", how="outer")
    table = table.fillna({"credited": 0.0, "orders": 0.0, "control_group": NO_CONTROL})
    return chosen(with_names(store, table), view, campaign=False, group=True)


def _credited(store: Store, view: CampaignPerformanceView, rule: str) -> pd.DataFrame:
    """``campaign_id, credited, orders`` of all days to the one looked at."""
    names = {"net_revenue": "credited"}
    if rule != SHOP:
        names = {f"net_revenue_{rule}": "credited", f"orders_{rule}": "orders"}
        _require_visits_of_all_days(store, view)
        table = of_all_days(store, view).by_campaign
    else:
        table = once(store, _facts, only_window(view).replace(since=None, until=None))
    table = table.rename(columns=names)[["campaign_id", "credited", "orders"]]
    return table[(table["credited"] != 0) | (table["orders"] > 0)]


def _require_visits_of_all_days(store: Store, view: CampaignPerformanceView) -> None:
    """Of whole runs a rule knows nothing where visits are known of a part of the days alone."""
    TOUCHED.require(store)
    seen, last = store.seen(TOUCHED.table), whole_window(store, view)[1]
    late = day_number(seen.first) - day_number(store.first_day) >= int(view.lookback)
    if late or day_number(seen.last) < last:
        first, until = (format_value(day, "date") for day in (seen.first, seen.last))
        raise MissingDataError(
            f"Visits are known from {first} to {until}: what rules credit over whole runs is not."
        )


def _facts(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    return campaign_facts(store, day_number(store.first_day), whole_window(store, view)[1])
