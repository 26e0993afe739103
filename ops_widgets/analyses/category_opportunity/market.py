"""The market as a view sees it: every number of the page starts from here."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import (
    market_months,
    market_sizes,
    own_months,
    own_naming,
)
from ops_widgets.analyses.category_opportunity.view import (
    CategoryOpportunityView,
    look_of,
    months_list,
    months_text,
    window,
)
from ops_widgets.metrics.category import (
    known_months,
    market_structure,
    of_some_size,
    own_share,
    year_on_year,
)
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.reads import Reads

SALES = Reads("orders", (), "our own share of every category", beside="market")
CATEGORIES = Reads("products", ("category",), "in which category our sales are", beside="orders")
#: Of a smaller part of the sales nobody needs to know that it has no category.
NAMELESS = 0.01


@dataclass(frozen=True, eq=False)
class Market:
    """What is looked at over the months ``first..last``.

    ``frame``: one row a category, the columns of ``market_structure``, ``year_on_year``,
    ``known_months`` and ``own_share``. ``months``: ``category, month_index, gmv, open_gmv`` of
    these months, the twelve up to the last, and those that they are compared with. ``own``: what
    is to be said of our share.
    """

    first: int
    last: int
    frame: pd.DataFrame
    months: pd.DataFrame
    own: str

    @property
    def known(self) -> list[int]:
        """The months of the window of which the market table has a row of what is looked at."""
        return sorted(m for m in set(self.months["month_index"]) if self.first <= m <= self.last)

    @property
    def part(self) -> str:
        """How many of the months looked at are known, where not all are: "11 of 12 months"."""
        count = self.last - self.first + 1
        return f"{len(self.known)} of {count} months" if len(self.known) < count else ""

    @property
    def words(self) -> str:
        """The months in words, and which of them are not in the market table."""
        text, count = months_text(self.first, self.last), self.last - self.first + 1
        if self.part:
            lacking = set(range(self.first, self.last + 1)) - set(self.known)
            return f"{text}, {self.part}: the market data lack {months_list(lacking)}"
        sized = of_some_size(self.frame)
        part = sized[sized["months"] < count]
        if len(part):
            row, more = part.iloc[0], len(part) - 1
            return (
                f"{text}, of {row['category']} {row['months']} of {count} months"
                f"{f', and {more} more in part' if more else ''}"
            )
        return text


def market(store: Store, view: CategoryOpportunityView) -> Market:
    """The market of a view, of a picked category alone; asked once."""
    found: Market = once(store, _market, view)
    return found


def _market(store: Store, view: CategoryOpportunityView) -> Market:
    look, (first, last) = look_of(view), window(store, view)
    window_months = range(first, last + 1)
    begins = min(first - max(12, len(window_months)), last - 11)
    months = market_months(store, look, begins, last, window_months)
    frame = market_structure(market_sizes(store, look, window_months))
    own, words = _own(store, view, months, window_months)
    for found in (known_months(months, window_months), year_on_year(months, window_months), own):
        frame = frame.merge(found, on="category", how="left")
    return Market(first, last, frame, months, words)


def _own(
    store: Store, view: CategoryOpportunityView, months: pd.DataFrame, looked_at: range
) -> tuple[pd.DataFrame, str]:
    """``own_share`` of each category, and what is to be said of it."""
    nothing = own_share(months, pd.DataFrame(columns=["category", "month_index", "gmv"]), ())
    if not store.has("sales_month"):
        return nothing, "Our share is unknown: no table `orders` says what we sell."
    if not CATEGORIES.maps(store):
        lacking = "column `products.category`" if store.maps("products") else "table `products`"
        return nothing, f"Our share is unknown: no {lacking} says which category our sales are in."
    seen = store.seen()
    first, last = seen.first_whole("month"), seen.last_whole(seen.whole, "month")
    both = [month for month in looked_at if first <= month <= last]
    if not both:
        known = months_text(first, last) if first <= last else "no whole month"
        return nothing, f"Our share is unknown: our sales are known of {known}."
    shared, nameless = own_naming(store, both)
    if not shared:
        return nothing, (
            "Our share is unknown: none of our categories has a name of the market's; "
            "map them in [names.category] of the source."
        )
    words = ""
    if len(both) < len(looked_at):
        words = f"Our share compares {months_text(both[0], both[-1])}, which both sides know."
    if nameless >= NAMELESS:
        words += f" {nameless:.0%} of our sales are of products without a category, and in no row."
    return own_share(months, own_months(store, look_of(view), both), both), words.strip()
