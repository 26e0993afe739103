"""The calendar of the shop: what moved its sales, and what did not."""

from __future__ import annotations

from datetime import date, timedelta

from ops_widgets import periods
from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan
from ops_widgets.samples.operations_plan import Occasion

ODD_NAMES = {
    "traffic_fell": ("Search ads were switched off", "incident"),
    "conversion_fell": ("Payment page fails now and then", "incident"),
    "conversion_rose": ("Free shipping week", "promotion"),
}
PROMOTIONS = {6: "6.18", 11: "11.11"}


def occasions(last: date) -> list[Occasion]:
    """All that begin until ``last``, by their first day."""
    weeks = [
        Occasion(*ODD_NAMES[week.name], week.monday, week.monday + timedelta(days=6), moved=True)
        for week in plan.ODD_WEEKS
    ]
    days = [
        Occasion(f"{PROMOTIONS[eve.day.month]} {eve.day.year}", "promotion", eve.day, top.day, True)
        for eve, top in zip(plan.PEAKS[::2], plan.PEAKS[1::2], strict=True)
    ]
    found = [one for one in [*weeks, *days, planned.NOTHING_MOVED] if one.first <= last]
    return sorted(found, key=lambda one: one.first)


def last_day(months: int) -> date:
    """The last day of a shop of so many months."""
    return periods.add_periods(plan.START, months, "month") - timedelta(days=1)
