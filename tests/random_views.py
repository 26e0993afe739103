"""Random views of a random shop: windows, filters, picks, and parts of the time."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from .naive_campaigns import Campaigns
from .naive_cohorts import Cohorts, label
from .naive_market import Market
from .naive_rows import Rows, periods

View = dict[str, Any]


def _some(random: Random, names: Any, share: float = 0.35) -> tuple[str, ...]:
    """None of the names mostly, else one to three."""
    offered = sorted(names)
    if not offered or random.random() > share:
        return ()
    return tuple(random.sample(offered, min(len(offered), random.randrange(1, 4))))


def _one(random: Random, names: Any, share: float = 0.25) -> str:
    return (_some(random, names, share) or ("",))[0]


def _days(random: Random, rows: Rows) -> View:
    """As of what day, and which part of the time; mostly everything up to the end."""
    first, last = rows.first_day(), max(rows.last_day(), rows.whole_day())
    found: View = {}
    if random.random() < 0.4:
        found["as_of"] = first + timedelta(days=random.randrange((last - first).days + 1))
    return found


def _part(random: Random, view: View, first: date, last: date) -> None:
    if random.random() < 0.25 and first <= last:
        ends = sorted(first + timedelta(random.randrange((last - first).days + 1)) for _ in "ab")
        view["since"] = ends[0]
        if random.random() < 0.7:
            view["until"] = ends[1]


def campaign_view(random: Random, rows: Rows) -> View:
    """A view of the campaign page."""
    campaigns = Campaigns(rows)
    view = _days(random, rows) | {
        "days": random.choice([7, 8, 28, 90, 365, 730]),
        "by": random.choice(["content_type", "format", "channel", "objective", "campaign"]),
    }
    kinds = {campaigns.about(one, "content_type") for one in campaigns.listed}
    view["content_types"] = _some(random, kinds)
    view["campaign"] = _one(random, {campaigns.about(one, "name") for one in campaigns.listed})
    view["group"] = _one(random, {campaigns.kind(o, view["by"]) for o in campaigns.listed})
    _part(random, view, *campaigns.windows(view)[0])
    return view


def cohort_view(random: Random, rows: Rows) -> View:
    """A view of the cohort page."""
    activity = random.choice(["purchase", "visit"] if rows.visits else ["purchase"])
    view = _days(random, rows) | {
        "activity": activity,
        "cohorts": random.choice(["month", "week"]),
        "periods": random.choice([2, 3, 12, 26]),
        "weeks": random.choice([4, 13, 104]),
    }
    acts = Cohorts(rows, view).acts
    view["acquired"] = _some(random, {act.channel for act in acts}, 0.2)
    view["channels"] = _some(random, {act.channel for act in acts}, 0.2)
    view["categories"] = _some(random, {act.category for act in acts}, 0.2)
    cohorts = Cohorts(rows, view)
    grain = view["cohorts"]
    window = cohorts.window()
    began = cohorts.began(grain)
    names = [
        label(start, grain) for start in periods(window[0], window[-1], grain) if start in began
    ]
    view["cohort"] = _one(random, names, 0.15)
    _part(random, view, window[0], min(cohorts.as_of, rows.whole_day(cohorts.table)))
    return view


def market_view(random: Random, rows: Rows) -> View:
    """A view of the category page."""
    view = _days(random, rows) | {
        "months": random.choice([1, 2, 3, 12, 36]),
        "detail": random.choice(["category", "category", "full path"]),
        "leaders": random.choice([1, 2, 4, 10, 20]),
    }
    market = Market(rows, view)
    view["categories"] = _some(random, {row["parts"][0] for row in market.table}, 0.3)
    market = Market(rows, view)
    deeper = {" / ".join(r["parts"][:n]) for r in market.seen for n in range(1, len(r["parts"]))}
    view["within"] = _one(random, deeper, 0.3)
    market = Market(rows, view)
    view["picked"] = _one(random, {row["key"] for row in market.seen})
    window = market.whole_window()
    if window:
        _part(random, view, window[0], window[1])
    return view
