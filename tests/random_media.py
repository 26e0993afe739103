"""Campaigns of a random shop: planned and not, with days that are known, empty or lacking."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

Row = dict[str, str | None]
TYPES = ["marketing_copy", "shopping_guide", "scenario_story", None]


def campaign_rows(
    random: Random, first: date, span: int, digits: int
) -> tuple[list[Row], list[Row], list[str]]:
    """The tables ``campaigns`` and ``campaign_days``, and the ids that orders may carry."""
    campaigns: list[Row] = []
    days: list[Row] = []
    ids = [f"k{i}" for i in range(random.randrange(1, 7))]
    for key in ids:
        start = first + timedelta(days=random.randrange(-20, span))
        length = random.choice([1, 3, 10, 30, 120])
        end = start + timedelta(days=length - 1)
        planned = random.random() < 0.7
        whole = random.random() < 0.5
        campaigns.append(
            {
                "campaign_id": key,
                "name": random.choice([None, f"Campaign {key}", "Spring", "k1"]),
                "content_type": random.choice(TYPES),
                "format": random.choice(["banner", "text_message", "text message", None]),
                "channel": random.choice(["app", "Email", None]),
                "starts_on": start.isoformat() if planned else None,
                "ends_on": end.isoformat() if planned else None,
            }
        )
        if random.random() < 0.2:
            continue  # no cost was recorded
        for number in range(length):
            if not whole and random.random() < 0.15:
                continue
            days.append(
                {
                    "campaign_id": key,
                    "day": (start + timedelta(days=number)).isoformat(),
                    "impressions": str(random.randrange(100, 5_000)),
                    "clicks": str(random.randrange(1, 100)),
                    "cost": f"{random.uniform(0.5, 40):.{digits + random.choice([0, 0, 2])}f}",
                }
            )
            if not whole and random.random() < 0.05:
                days[-1][random.choice(["impressions", "clicks", "cost"])] = None
    if random.random() < 0.3 and campaigns:
        campaigns.pop()  # credited, but listed nowhere
    for column, bad in (("content_type", "poem"), ("starts_on", "2099-12-31")):
        if random.random() < 0.15 and campaigns:
            ends = {"ends_on": "2020-01-01"} if column == "starts_on" else {}
            campaigns[0] = campaigns[0] | {column: bad} | ends
    for column, bad in (("day", "2024-05"), ("cost", "-1.00"), ("clicks", "1.5")):
        if random.random() < 0.15 and days:
            days.append(random.choice(days) | {"campaign_id": "k0", column: bad})
    if random.random() < 0.15 and days:
        days.append(dict(random.choice(days)))
    return campaigns, days, ids
