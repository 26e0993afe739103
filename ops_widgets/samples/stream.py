"""The shop over its days: block by block, every table growing, memory bounded by a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ops_widgets import periods
from ops_widgets.contract.tables.campaign_audience import ARMS
from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples import baskets, campaigns, catalogue, events, market, plan, visits
from ops_widgets.samples.campaign_plan import CAMPAIGNS
from ops_widgets.samples.campaigns import Running, Summary
from ops_widgets.samples.customers import Customers, draw
from ops_widgets.samples.days import Block, blocks, day_index, shop_days
from ops_widgets.samples.mess import LineMess, without_customer
from ops_widgets.samples.write import TableWriter, coded, named, numbered, utc

Progress = Callable[[str, int, int], None]

TREATMENT, CONTROL = (ARMS.index(arm) for arm in ("treatment", "control"))


class Shop:
    """One shop, drawn from its seed; :meth:`write` fills the tables."""

    def __init__(
        self, tables: Mapping[str, TableWriter], customers: int, months: int, seed: int
    ) -> None:
        people, shelf, self._rng, fixed = (np.random.default_rng([seed, n]) for n in range(4))
        self.days = shop_days(months)
        first, last = plan.START, periods.add_periods(plan.START, months, "month")
        self._utc_offset = periods.utc_offsets(plan.TIMEZONE, first, last)[0][1]
        self.customers: Customers = draw(customers, self.days, people)
        self.catalogue = catalogue.build(shelf)
        self.mess = LineMess(self.catalogue, self.days, self._utc_offset)
        self.campaigns: list[Summary] = []
        self.events_without_customer = 0
        self._tables = tables
        self._running: list[Running] = []
        self._orders = self._sessions = 0
        self._customer_ids = numbered("C", 1 + np.arange(customers), 7)
        self._product_ids = pa.array(self.catalogue.ids)
        self._channels = pa.array(plan.CHANNEL_NAMES)
        self._campaign_ids = pa.array([campaigns.campaign_id(n) for n in range(len(CAMPAIGNS))])
        self._tables["products"].write(catalogue.products(self.catalogue, fixed))
        self._tables["market"].write(market.table(months, fixed))

    def write(self, progress: Progress) -> None:
        """Let the days pass; ``progress`` is told the stage, the days done and all days."""
        waiting = {
            day_index(CAMPAIGNS[number].starts_on): number for number in campaigns.within(self.days)
        }
        cuts = set(waiting)
        for first, number in waiting.items():
            end = first + CAMPAIGNS[number].days
            cuts |= {end, end + CAMPAIGNS[number].days_after}
        for block in blocks(self.days, cuts):
            if block.first in waiting:
                self._start_campaign(waiting[block.first])
            self._write_block(block)
            progress("days", block.end, self.days.count)
        self._write_orders(self.mess.tail())

    def _start_campaign(self, number: int) -> None:
        running = campaigns.start(number, self.customers, self.days, self._rng)
        self._running.append(running)
        self.campaigns.append(running.summary)
        by_day = campaigns.campaign_days(running, self.customers, self.days, self._rng)
        self._tables["campaign_days"].write(by_day)
        cost = pc.sum(by_day["cost"]).as_py()
        self._tables["campaigns"].write(campaigns.campaign_row(running, cost))
        self._tables["campaign_audience"].write(self._audience(running))

    def _audience(self, running: Running) -> dict[str, pa.Array]:
        """Every arm is drawn at ten in the morning (02:00 UTC) of the day before the start."""
        size = len(running.members)
        assigned = periods.day_number(plan.START) + running.first - 1
        second = np.full(size, assigned * periods.SECONDS_A_DAY + 10 * 3600)
        return {
            "campaign_id": coded(self._campaign_ids, np.full(size, running.number)),
            "customer_id": named(self._customer_ids, running.members),
            "arm": coded(pa.array(ARMS), np.where(running.treated, TREATMENT, CONTROL)),
            "assigned_at": utc(second, self._utc_offset),
        }

    def _write_block(self, block: Block) -> None:
        rng = self._rng
        self._running = [one for one in self._running if block.first < one.over]
        came = visits.draw(block, self.days, self.customers, self._running, rng)
        items = baskets.fill(came, self.customers, self.catalogue, rng)
        done, finished = events.draw(came, items, self.customers, self.catalogue, rng)
        lines = baskets.order_lines(came, items, finished, self._orders, self.catalogue, rng)
        self._orders += int(came.ordered.sum())
        self._write_orders(self.mess.block(lines, block, rng))
        self._write_events(done, came)

    def _write_orders(self, lines: baskets.Lines) -> None:
        self._tables["orders"].write(
            {
                "order_id": numbered("O", lines["order"] + 1, 9),
                "ordered_at": utc(lines["second"], self._utc_offset),
                "customer_id": named(self._customer_ids, lines["customer"]),
                "product_id": coded(self._product_ids, lines["product"]),
                "quantity": pa.array(lines["quantity"]),
                "unit_price": pa.array(lines["unit_price"]),
                "discount": pa.array(lines["discount"]),
                "unit_cost": pa.array(lines["unit_cost"]),
                "channel": coded(self._channels, lines["channel"]),
                "campaign_id": coded(self._campaign_ids, lines["campaign"]),
                "status": coded(pa.array(STATUSES), lines["status"]),
            }
        )

    def _write_events(self, done: dict[str, np.ndarray], came: visits.Visits) -> None:
        """One row an event; some once more, at the end of the block, without a customer."""
        again = without_customer(len(done["visit"]), self._rng)
        self.events_without_customer += len(again)
        rows = {name: np.append(column, column[again]) for name, column in done.items()}
        visit = rows["visit"]
        who = came.customer[visit]
        who[len(who) - len(again) :] = visits.GUEST
        sessions = numbered("V", self._sessions + 1 + np.arange(len(came)), 9)
        self._sessions += len(came)
        self._tables["events"].write(
            {
                "occurred_at": utc(rows["second"], self._utc_offset),
                "customer_id": named(self._customer_ids, who),
                "event": coded(pa.array(events.EVENTS), rows["event"]),
                "product_id": coded(self._product_ids, rows["product"]),
                "channel": coded(self._channels, came.channel[visit]),
                "campaign_id": coded(self._campaign_ids, came.campaign[visit]),
                "session_id": sessions.take(pa.array(visit)),
            }
        )
