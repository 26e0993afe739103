"""What a campaign promoted, and when: its category, its days, and the days around them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ops_widgets.analyses.campaign_performance.beside import (
    near_days,
    room_beside,
    wanted_beside,
)
from ops_widgets.analyses.campaign_performance.daily import runs
from ops_widgets.analyses.campaign_performance.queries import facts
from ops_widgets.analyses.campaign_performance.view import (
    CREDITED,
    UNKNOWN,
    CampaignPerformanceView,
    whole_window,
)
from ops_widgets.contract.scope import scope_of
from ops_widgets.errors import MissingDataError
from ops_widgets.names import SEPARATOR
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.reads import Reads
from ops_widgets.views.window import days_text, later

#: A category is a campaign's own where it has at least this part of what is credited to it.
OWN_SHARE = 0.5
#: What is within as many days of a promotion, on both sides, may say what is sold without it.
NEAR = 365

PLANNED = Reads(
    "campaigns",
    ("starts_on", "ends_on"),
    "what promotions added",
    beside="orders",
)


@dataclass(frozen=True, eq=False)
class Promotion:
    """A campaign as a promotion; days are numbers, both ends included.

    ``category`` is its own, empty: the whole shop; ``share``: the part of its credited net
    revenue in the category that has most of it (``most``). ``since`` .. ``until`` are its days
    up to the day looked at, ``planned`` the last one by plan; ``first`` .. ``last`` all days that
    the data have. ``before`` and ``after`` are how many days beside it can be told from other
    promotions, of the wanted ones; ``stopped`` says what cut them short, ``beside`` which campaigns
    ran on its days. ``calendar``: :func:`near_days`.
    """

    campaign_id: str
    name: str
    category: str
    most: str
    share: float
    since: int
    until: int
    planned: int
    first: int
    last: int
    before: int
    after: int
    stopped: dict[str, str]
    beside: tuple[str, ...]
    calendar: pd.DataFrame

    @property
    def wanted(self) -> dict[str, int]:
        """How many days before and after the rule wants."""
        return wanted_beside(self.since, self.planned)

    @property
    def near(self) -> tuple[int, int]:
        """First and last of the days that may say what is sold without it."""
        return max(self.first, self.since - NEAR), min(self.last, self.planned + NEAR)

    @property
    def spans(self) -> dict[str, range]:
        """The day numbers of each area, as far as they can be told."""
        own = range(self.since, self.until + 1)
        return {
            "before": range(self.since - self.before, self.since),
            "during": own,
            "after": range(self.planned + 1, self.planned + self.after + 1),
            "others": own,
        }

    def why(self, area: str) -> str:
        """Why an area cannot be told."""
        if area == "others":
            return "it is of the whole shop: there is no other category"
        return self.stopped.get(area, "")

    @property
    def around(self) -> tuple[int, int]:
        """First and last of the days that the promotion may have moved."""
        wanted = self.wanted
        return self.since - wanted["before"], self.planned + wanted["after"]


def picked(store: Store, view: CampaignPerformanceView) -> str:
    """The id of the campaign in the page, else of the one with most credited net revenue.

    Of the chosen content types and of the picked kind, in the days looked at; one that is picked
    may have run in others. Raises ``MissingDataError`` where the source plans no campaign, or
    none is there.
    """
    PLANNED.require(store)
    found = facts(store, view, campaign=True, group=True)
    if len(found):
        top = found.sort_values(["net_revenue", "campaign_id"], ascending=[False, True])
        return str(top["campaign_id"].iloc[0])
    elsewhere = store.query(
        "select campaign_id from campaign where name = $name order by starts_on desc, campaign_id",
        {"name": view.campaign},
    )
    if elsewhere.empty:
        raise MissingDataError("No chosen campaign ran in these days.", "Look at more days.")
    return str(elsewhere["campaign_id"].iloc[0])


def promotion(store: Store, view: CampaignPerformanceView, campaign_id: str) -> Promotion:
    """One campaign as a promotion, as of the day that the view looks at.

    Raises ``MissingDataError`` where nobody planned its days or the data do not hold them.
    """
    CREDITED.require(store)
    PLANNED.require(store)
    first = day_number(store.seen(CREDITED.table).first)
    last = whole_window(store, view)[1]
    plan = store.query(
        "select name, starts_on, ends_on from campaign where campaign_id = $id",
        {"id": campaign_id},
    )
    if plan.empty or plan[["starts_on", "ends_on"]].isna().any(axis=None):
        raise MissingDataError(
            f"When the campaign {campaign_id} was planned to run is not known.",
            "Give its `starts_on` and `ends_on` in `campaigns`.",
        )
    name, since, planned = str(plan["name"][0]), int(plan["starts_on"][0]), int(plan["ends_on"][0])
    if since < first or since > last:
        when, known = days_text(since, planned), days_text(first, last)
        raise MissingDataError(
            f"{name} was planned for {when}; the days looked at are {known}.",
            "Map earlier orders." if since < first else later(view),
        )
    owned = _owned(store, last)
    most, share = owned.get(campaign_id, ("", 0.0))
    category = most if _is_own(most, share) else ""
    until = min(planned, last)
    others = runs(store, first, last)
    others = others[others["campaign_id"] != campaign_id]
    mine = others["campaign_id"].map(lambda one: _touches(owned.get(one), category))
    calendar = near_days(store, max(first, since - NEAR), min(last, until + NEAR))
    about = calendar["scope"].map(lambda scope: _touches_scope(scope, category))
    named = calendar[(calendar["kind"] == "promotion") & about.astype(bool)]
    rivals = others[mine.astype(bool)].rename(columns={"begun": "since", "ended": "until"})
    rivals = pd.concat([rivals, named])[["name", "since", "until"]]
    before, after, stopped = room_beside(rivals, (since, planned), (first, last))
    same = others[(others["begun"] <= until) & (others["ended"] >= since)]
    return Promotion(
        campaign_id,
        name,
        category,
        most,
        share,
        since,
        until,
        planned,
        first,
        last,
        before,
        after,
        stopped,
        tuple(same["name"]),
        calendar,
    )


def _owned(store: Store, last: int) -> dict[str, tuple[str, float]]:
    """Campaign -> the category with most of its credited net revenue, and what part that is."""
    rows = store.query(
        """
        with sold as (
            select campaign_id, category, sum(net_revenue)::double as sold
            from campaign_category where day <= $last group by all
        )
        select campaign_id, arg_max(category, (sold, category)) as category,
            max(sold) / sum(sold) as part
        from sold group by campaign_id having sum(sold) > 0
        """,
        {"last": last},
    )
    return {
        str(name): (str(category), float(part))
        for name, category, part in rows.itertuples(index=False)
    }


def _is_own(category: str, share: float) -> bool:
    return category not in ("", UNKNOWN) and share >= OWN_SHARE


def _touches(owned: tuple[str, float] | None, category: str) -> bool:
    """Whether a campaign moves ``category`` (empty: the whole shop) by what is known of it."""
    if not category or owned is None or not _is_own(*owned):
        return True
    return owned[0] == category


def _touches_scope(scope: str, category: str) -> bool:
    """Whether an event of the calendar may move ``category`` (empty: the whole shop)."""
    of = scope_of(scope).get("category", "").split(SEPARATOR)[0].strip()
    return not category or of in ("", category)
