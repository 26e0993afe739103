"""The shop over its days: block by block, every table growing, memory bounded by a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.samples import (
    baskets,
    campaigns,
    catalogue,
    events,
    listings,
    pages,
    parcels,
    plan,
    resellers,
    shelf,
    slotting,
    visits,
)
from ops_widgets.samples.campaign_plan import CAMPAIGNS
from ops_widgets.samples.campaigns import Reach, Running, Summary
from ops_widgets.samples.customers import Customers, draw
from ops_widgets.samples.days import Block, blocks, day_index, shop_days
from ops_widgets.samples.ledger import Ledger
from ops_widgets.samples.mess import LineMess, with_customers_missing
from ops_widgets.samples.regions import regions_of
from ops_widgets.samples.regulars import Regulars
from ops_widgets.samples.warehouse import SellsOut
from ops_widgets.samples.write import TableWriter, numbered

Progress = Callable[[str, int, int], None]


class Shop:
    """One shop, drawn from its seed; :meth:`write` fills the tables.

    ``customer_ids``, ``product_ids``, ``channels`` and ``campaign_ids`` are the names behind the
    numbers that everything is drawn in; ``utc_offset`` is local time less UTC in seconds;
    ``sessions`` counts the visits before the block at hand.
    """

    def __init__(
        self, tables: Mapping[str, TableWriter], customers: int, months: int, seed: int
    ) -> None:
        self.seed, self.months, self.days = seed, months, shop_days(months)
        first, last = plan.START, periods.add_periods(plan.START, months, "month")
        self.utc_offset = periods.utc_offsets(plan.TIMEZONE, first, last)[0][1]
        self.customers: Customers = draw(customers, self.days, self.generator(0))
        self.catalogue = catalogue.build(self.generator(1))
        self.listings = listings.build(self.catalogue, self.generator(5))
        self.regions = regions_of(customers, self.generator(6))
        self.ledger = Ledger(customers, self.days, self.listings.stocked)
        self.mess = LineMess(self.catalogue, self.days, self.utc_offset)
        self.campaigns: list[Summary] = []
        self.events_without_customer = 0
        self.sessions = 0
        self.customer_ids = numbered("C", 1 + np.arange(customers), 7)
        self.product_ids = pa.array(self.catalogue.ids)
        self.channels = pa.array(plan.CHANNEL_NAMES)
        self.campaign_ids = pa.array([campaigns.campaign_id(n) for n in range(len(CAMPAIGNS))])
        self.pages = pages.pages(self.catalogue, self.listings, self.generator(14))
        self.wishes = slotting.wishes(self.days, self.catalogue, self.listings, self.generator(15))
        self._shelf = shelf.stocked(self.catalogue, self.listings)
        self._regulars = Regulars(customers, self.listings)
        self._tables = tables
        self._running: list[Running] = []
        #: Views of products that were not wanted in the end, and of those that were.
        self.looked = np.zeros(2, dtype=int)
        self._reached: dict[int, Reach] = {}
        self._orders = 0

    def generator(self, *purpose: int) -> np.random.Generator:
        """What one purpose is drawn from: whatever another draws, this one gives the same."""
        return np.random.default_rng([self.seed, *purpose])

    @property
    def sells_out(self) -> SellsOut:
        """The product of the sold-out campaign among those whose stock is known."""
        place = int(np.searchsorted(self.listings.stocked, self.listings.hero))
        first = day_index(CAMPAIGNS[shelf.SOLD_OUT_NUMBER].starts_on)
        return SellsOut(place, first, self._shelf.gone_from, self._shelf.gone_to)

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
            self._end_campaigns(block.first)
            if block.first in waiting:
                self._start_campaign(waiting[block.first])
            self._write_block(block)
            progress("days", block.end, self.days.count)
        self._end_campaigns(self.days.count)
        self._write("rows_of_lines", self.mess.tail())
        self._write_once()

    def _start_campaign(self, number: int) -> None:
        rng = self.generator(4, number)
        running = campaigns.start(number, self.customers, self.days, rng)
        self._running.append(running)
        self.campaigns.append(running.summary)
        reach = campaigns.reach(running, self.customers, self.days, rng)
        self.ledger.begin(running)
        self._reached[number] = reach
        self._write("rows_of_campaign", running, reach)

    def _end_campaigns(self, day: int) -> None:
        """Tell what came of the campaigns whose last day has passed."""
        for running in self._running:
            if running.end <= day and (reach := self._reached.pop(running.number, None)):
                self._write("rows_of_outcome", running, reach, self.ledger.end(running))

    def _write_block(self, block: Block) -> None:
        rng = self.generator(24, block.first)
        doubt, absent, followed, sent = (self.generator(n, block.first) for n in range(7, 11))
        self._running = [one for one in self._running if block.first < one.over]
        came = visits.draw(block, self.days, self.customers, self._running, rng)
        items = baskets.fill(came, self.customers, self._shelf, rng, doubt)
        made = ~self._regulars.stay_away(came, items, absent)
        came, items = came.take(made), items.of(made)
        came = resellers.follow(came, items, self.listings, followed)
        done, finished = events.draw(came, items, self.customers, self._shelf, rng)
        lines = baskets.order_lines(came, items, finished, self._orders, self.catalogue, rng)
        lines, boxes = parcels.send(lines, self.regions, self.listings, self.days, sent)
        self.ledger.add(lines, self._running)
        wanted = int((done["event"] == events.CART).sum())
        seen = int((done["event"] == events.VIEW).sum())
        left = int((items.left & (came.customer[items.visit] != visits.GUEST)).sum())
        self.looked += (seen - wanted - left, wanted)
        self._write("rows_of_parcels", boxes)
        self._orders += int(came.ordered.sum())
        self._write("rows_of_lines", self.mess.block(lines, block, rng))
        shown = with_customers_missing(done, rng)
        self.events_without_customer += len(shown["visit"]) - len(done["visit"])
        self._write("rows_of_events", shown, came)
        self.sessions += len(came)

    def _write(self, rows_of: str, *brought: Any) -> None:
        """Fill every table that is made of what the days have brought."""
        for table in self._tables.values():
            if make := getattr(table.sample, rows_of, None):
                table.write(make(self, *brought))

    def _write_once(self) -> None:
        """Fill the tables that do not grow with the days.

        Each has a generator of its own, so that another table changes no byte of it.
        """
        generators: dict[int, np.random.Generator] = {}
        for name, table in self._tables.items():
            if make := getattr(table.sample, "rows", None):
                number = getattr(table.sample, "GENERATOR", crc32(name.encode()))
                rng = generators.setdefault(number, self.generator(number))
                table.write(make(self, rng))
