"""What the days have brought so far, as sums: what later tables are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets import periods
from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples import plan
from ops_widgets.samples.baskets import Lines
from ops_widgets.samples.campaigns import Running
from ops_widgets.samples.days import Days
from ops_widgets.samples.visits import GUEST

COMPLETED, CANCELLED = STATUSES.index("completed"), STATUSES.index("cancelled")


@dataclass(frozen=True)
class Outcome:
    """What came of a campaign: one value a member of its audience, then one for each of its days.

    ``before`` and ``during``: orders and net revenue of all time before the first day, and of the
    campaign's days. ``conversions`` and ``value``: orders credited to it, and what was charged.
    """

    orders_before: np.ndarray
    net_before: np.ndarray
    orders: np.ndarray
    net: np.ndarray
    conversions: np.ndarray
    value: np.ndarray


class Ledger:
    """Sums over the lines as they were sold, before any mess.

    ``sold``: pieces by day and product of ``stocked``; ``net`` and ``fees``: money of completed
    lines by calendar month and channel.
    """

    def __init__(self, customers: int, days: Days, stocked: np.ndarray) -> None:
        self._stocked, self._month = stocked, days.month
        self._orders, self._spent = np.zeros(customers, dtype=np.int32), np.zeros(customers)
        self._running: dict[int, Outcome] = {}
        self.sold = np.zeros((days.count, len(stocked)), dtype=int)
        self.net, self.fees = np.zeros((2, int(days.month[-1]) + 1, len(plan.CHANNELS)))

    def begin(self, running: Running) -> None:
        """Remember what the audience has done before the campaign."""
        orders, spent = self._orders[running.members], self._spent[running.members]
        days = running.end - running.first
        self._running[running.number] = Outcome(
            orders, spent, orders, spent, np.zeros(days, dtype=int), np.zeros(days)
        )

    def end(self, running: Running) -> Outcome:
        """What came of a campaign that is over."""
        kept = self._running.pop(running.number)
        return Outcome(
            kept.orders_before,
            kept.net_before,
            self._orders[running.members] - kept.orders_before,
            self._spent[running.members] - kept.net_before,
            kept.conversions,
            kept.value,
        )

    def add(self, lines: Lines, running: list[Running]) -> None:
        """Add the lines of a block; those of an order stand together."""
        day = lines["second"] // periods.SECONDS_A_DAY - periods.day_number(plan.START)
        charged = lines["quantity"] * lines["unit_price"] - lines["discount"]
        completed = lines["status"] == COMPLETED
        net = np.where(completed, charged, 0.0)
        opens = np.diff(lines["order"], prepend=-1) != 0
        known = lines["customer"] != GUEST
        np.add.at(self._orders, lines["customer"][known & opens], 1)
        np.add.at(self._spent, lines["customer"][known], net[known])
        place = np.searchsorted(self._stocked, lines["product"])
        place[place == len(self._stocked)] = 0
        counts = (self._stocked[place] == lines["product"]) & (lines["status"] != CANCELLED)
        np.add.at(self.sold, (day[counts], place[counts]), lines["quantity"][counts])
        where = (self._month[day], lines["channel"])
        np.add.at(self.net, where, net)
        np.add.at(self.fees, where, np.where(completed, lines["payment_fee"], 0.0))
        for one in running:
            if outcome := self._running.get(one.number):
                rows = lines["campaign"] == one.number
                np.add.at(outcome.conversions, day[rows & opens] - one.first, 1)
                np.add.at(outcome.value, day[rows] - one.first, charged[rows])
