"""The planted truths of operations, recovered from a shop's files with plain pandas.

Each function gives ``name -> (found, planted, error)``: what the files say, what ``truth.json``
says, and how far apart chance may put them (three standard errors, unless said otherwise).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .truth import orders_of, usable

Found = dict[str, tuple[float, float, float]]


class Files:
    """The tables and truths of one folder, as naive pandas reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.truth: dict[str, Any] = truth["operations"]
        self.lines = usable(self.read("orders"))
        self.orders = orders_of(self.lines)
        self.events = self.read("events").dropna(subset=["customer_id"])
        local = self.events["occurred_at"] + pd.Timedelta(hours=8)
        self.events = self.events.assign(day=local.dt.normalize())
        self.products = self.read("products").drop_duplicates("product_id")

    def read(self, table: str) -> pd.DataFrame:
        frame = pd.read_parquet(self.folder / f"{table}.parquet")
        for column in frame.columns:
            if column == "day" or column.endswith("_on"):
                frame[column] = pd.to_datetime(frame[column])
        return frame


def sold_out(files: Files) -> Found:
    """Nothing left, nothing ordered; visitors whom the campaign brings still look at it."""
    said = files.truth["sold_out"]
    gone, back = pd.Timestamp(said["sold_out_on"]), pd.Timestamp(said["back_on"])
    stock = files.read("stock")
    stock = (
        stock[stock["product_id"] == said["product_id"]].set_index("day")["on_hand"].sort_index()
    )
    lines = files.lines[files.lines["status"] != "credited"]
    lines = lines[lines["product_id"] == said["product_id"]].set_index("day").sort_index()
    views = files.events[files.events["event"] == "view"]
    views = views[views["campaign_id"].eq(said["campaign_id"])]
    views = views[views["product_id"].eq(said["product_id"])]
    starts, day = gone - pd.Timedelta(days=1), pd.Timedelta(days=1)
    daily = views.groupby("day").size().sort_index()
    first, later = daily[starts:gone].mean(), daily[gone + day : starts + 6 * day].mean()
    empty = stock[gone : back - day]
    return {
        "left at the end of its first day": (float(stock[starts] > 0), 1, 0),
        "share of days without any": ((empty == 0).mean(), 1, 0),
        "there again": (float(stock[back] > 0), 1, 0),
        "orders while gone": (len(lines[gone + day : back - day]), said["orders_while_gone"], 0),
        # The first two days are a Monday and a Tuesday, a tenth quieter than those that follow.
        "views go on": (
            *(later / first, 1.1),
            3 * later / first * np.sqrt(1 / (2 * first) + 1 / (5 * later)),
        ),
        "many wanted it": (float(len(lines[starts:gone]) > 20), 1, 0),
    }


def slow_seller(files: Files) -> Found:
    """Promises broken, and customers who come back less."""
    said = files.truth["slow_seller"]
    since, day = pd.Timestamp(said["since"]), pd.Timedelta(days=1)
    last = files.orders["day"].max()
    lines = files.lines[(files.lines["status"] != "credited") & (files.lines["day"] >= since)]
    ours = lines[lines["seller_id"] == said["seller_id"]]
    parcels = files.read("shipments").dropna(subset=["delivered_on"])
    parcels = parcels[parcels["order_id"].isin(lines["order_id"])]
    late = parcels["delivered_on"] > parcels["promised_on"]
    # An order of several sellers has several parcels: those of one seller tell whose is late.
    sellers = lines.groupby("order_id")["seller_id"].nunique()
    single = parcels["order_id"].map(sellers) == 1
    theirs = parcels["order_id"].isin(ours["order_id"])
    known = files.orders.dropna(subset=["customer_id"]).sort_values("day", kind="stable")
    first = known[known["day"].between(since, last - 65 * day)]
    first = first.drop_duplicates("customer_id").set_index("customer_id")
    after = known["day"] - known["customer_id"].map(first["day"])
    counted = after.between(5 * day, 64 * day) & known["campaign_id"].isna()
    again = known[counted].groupby("customer_id").size().reindex(first.index, fill_value=0)
    slow = first["order_id"].isin(ours["order_id"])
    few, many = again[slow], again[~slow]
    ratio = few.mean() / many.mean()
    spread = few.std() / np.sqrt(len(few)) / many.mean()
    of_theirs, of_others = late[single & theirs], late[single & ~theirs]
    return {
        "late": (of_theirs.mean(), said["late_share"], 3 * np.sqrt(0.09 / len(of_theirs))),
        "late of others": (
            *(of_others.mean(), said["late_share_of_others"]),
            3 * np.sqrt(0.04 / len(of_others)),
        ),
        # Those without a slow parcel may get one in the sixty days: a twentieth more at most.
        "comes back": (ratio, said["comes_back"], 3 * spread + 0.05),
    }


def undercut(files: Files) -> Found:
    """Below the floor on one channel from a day on, and orders that follow it there."""
    said = files.truth["undercut"]
    since = pd.Timestamp(said["since"])
    offers = files.read("offers").merge(files.products, on="product_id", suffixes=("", "_own"))
    offers["of_floor"] = offers["price"] / offers["price_floor"]
    ours = (offers["seller_id"] == said["seller_id"]) & (offers["channel"] == said["channel"])
    below = offers[ours & (offers["day"] >= since)]
    known = files.orders.dropna(subset=["customer_id"]).sort_values("day", kind="stable")
    known = known[known.duplicated("customer_id") & known["campaign_id"].isna()]
    lines = files.lines[files.lines["status"] != "credited"]
    lines = lines[lines["product_id"].isin(said["products"])]
    with_it = known[known["order_id"].isin(lines["order_id"])]
    there = with_it["channel"].eq(said["channel"])
    later = with_it["day"] >= since
    now, before = there[later].mean(), there[~later].mean()
    error = np.sqrt(now * (1 - now) / later.sum()) / (1 - before)
    error += (1 - now) / (1 - before) ** 2 * np.sqrt(before * (1 - before) / (~later).sum())
    others = known[~known["order_id"].isin(lines["order_id"])]
    elsewhere = others["channel"].eq(said["channel"])
    late = others["day"] >= since
    return {
        "price": (below["of_floor"].mean(), said["price_of_floor"], 0.003),
        "all below": ((below["of_floor"] < 1).mean(), 1, 0),
        "no other below": (float((offers.drop(below.index)["of_floor"] < 0.999).sum()), 0, 0),
        "diverted": (1 - (1 - now) / (1 - before), said["diverted"], 3 * error),
        "others do not move": (elsewhere[late].mean() - elsewhere[~late].mean(), 0, 0.04),
    }


def discovery(files: Files) -> Found:
    """A channel that brings customers who would not have come."""
    said = files.truth["discovery"]
    first = files.orders.dropna(subset=["customer_id"]).sort_values("day", kind="stable")
    first = first.drop_duplicates("customer_id")
    first = first[first["campaign_id"].isna()]
    by_it, later = first["channel"].eq(said["channel"]), first["day"] >= pd.Timestamp(said["since"])
    counts = [[(a & b).sum() for a in (by_it, ~by_it)] for b in (later, ~later)]
    (now, rest_now), (before, rest_before) = counts
    ratio = (now / rest_now) / (before / rest_before)
    error = ratio * np.sqrt(sum(1 / n for row in counts for n in row))
    return {"ratio": (ratio, said["ratio"], 3 * error)}


def bare_listings(files: Files) -> Found:
    """As often looked at, and bought less."""
    said = files.truth["bare_listings"]
    shelf = files.products.dropna(subset=["category"])
    bare = shelf["images"] == 0
    shelf = shelf[shelf["category"].isin(shelf.loc[bare, "category"])].assign(bare=bare)
    whose = shelf.set_index("product_id")["bare"]
    views = files.events[files.events["event"] == "view"]["product_id"].map(whose)
    known = files.lines[files.lines["customer_id"].notna()]
    bought = known[known["status"] != "credited"]["product_id"].map(whose)
    seen, sold = views.value_counts(), bought.value_counts()
    rate = sold / seen
    ratio = rate[True] / rate[False]
    each = seen / whose.value_counts()
    spread = files.events[files.events["event"] == "view"]["product_id"].value_counts()
    spread = spread.reindex(whose[whose].index, fill_value=0)
    return {
        "products": (float(bare.sum()), said["products"], 0),
        "orders per view": (ratio, said["orders_per_view"], 3 * ratio * np.sqrt(1 / sold[True])),
        # Others are looked at a little more: who leaves a bare page looks at one of them.
        "views of each": (
            *(each[True] / each[False], 1.0),
            3 * spread.std() / spread.mean() / np.sqrt(len(spread)),
        ),
    }


def pages(files: Files) -> Found:
    """Examination and appeal by what shuffled pages show, in turns until both fit."""
    said = files.truth["pages"]
    seen = files.read("placements")
    drawn = seen[seen["shuffled"]]
    found: Found = {
        "shuffled": (
            *(drawn["impressions"].sum() / seen["impressions"].sum(), said["shuffled_share"]),
            0.002,
        )
    }
    examined = pd.Series(1.0, index=range(1, len(said["examination"]) + 1))
    for _ in range(50):
        looked = drawn["impressions"] * drawn["position"].map(examined)
        appeal = (
            drawn.groupby("product_id")["clicks"].sum() / looked.groupby(drawn["product_id"]).sum()
        )
        wanted = drawn["impressions"] * drawn["product_id"].map(appeal)
        examined = (
            drawn.groupby("position")["clicks"].sum() / wanted.groupby(drawn["position"]).sum()
        )
        examined /= examined[1]
    clicks = drawn.groupby("position")["clicks"].sum()
    planted = np.array(said["examination"])
    for place in (2, 5, 10, 20):
        error = planted[place - 1] * np.sqrt(1 / clicks[place] + 1 / clicks[1])
        found[f"place {place}"] = (examined[place], planted[place - 1], 3 * error)
    for page, product in said["most_appealing"].items():
        own = drawn[drawn["page"] == page]["product_id"].unique()
        found[f"best of {page}"] = (float(appeal[own].idxmax() == product), 1, 0)
        usual = seen[(seen["page"] == page) & ~seen["shuffled"]].groupby("product_id")
        naive = usual["clicks"].sum() / usual["impressions"].sum()
        found[f"hidden on {page}"] = (float(naive.idxmax() != product), 1, 0)
        where = usual["position"].mean()[product]
        found[f"place on {page}"] = (where, said["hidden_at"], 0)
    return found


def wrong_plan(files: Files) -> Found:
    """Slots and days on which a rejected request was worth more than a planned one."""
    said = files.truth["wrong_plan"]
    requests, plan = files.read("slot_requests"), files.read("slot_plan")
    worth = requests.set_index("request_id")["expected_value"]
    plan = plan.assign(value=plan["request_id"].map(worth))
    wishes = plan[["slot_id", "day"]].drop_duplicates().merge(requests, on="slot_id")
    wishes = wishes[wishes["day"].between(wishes["starts_on"], wishes["ends_on"])]
    wishes = wishes.merge(plan[["slot_id", "day", "request_id", "locked"]], how="left")
    best = wishes[wishes["locked"].isna()].groupby(["slot_id", "day"])["expected_value"].max()
    least = plan.groupby(["slot_id", "day"])["value"].min()
    lost = (best - least).dropna()
    lost = lost[lost > 0]
    days = pd.date_range(said["first"], said["last"])
    where = {(said["slot_id"], day) for day in days}
    room = plan.groupby(["slot_id", "day"]).size().reset_index(name="given")
    room = room.merge(files.read("slots"), on="slot_id")
    return {
        "days": (float(len(lost)), len(days), 0),
        "nowhere else": (float(set(lost.index) == where), 1, 0),
        "lost": (lost.sum(), said["lost"], 0),
        "worth more": (worth[said["rejected"]] - worth[said["request_id"]], said["lost_a_day"], 0),
        "more than fits": (float((room["given"] > room["capacity"]).sum()), 0, 0),
    }


def calendar(files: Files) -> Found:
    """Orders of an event's week against two weeks on both sides, those of other events aside."""
    events = files.read("calendar").set_index("name")
    known = files.orders.dropna(subset=["customer_id"])
    daily = known["day"].value_counts().sort_index()
    found: Found = {}
    week, begins = pd.Timedelta(weeks=1), set(events["starts_on"])
    for item in files.truth["calendar"]["items"]:
        first = events.loc[item["name"], "starts_on"]
        weeks = [first + n * week for n in (-2, -1, 1, 2)]
        own, *around = [
            daily[begin : begin + week - pd.Timedelta(days=1)].sum()
            for begin in [first, *(begin for begin in weeks if begin not in begins)]
        ]
        ratio = own / np.mean(around)
        error = ratio * np.sqrt(1 / own + 1 / np.sum(around))
        found[item["name"]] = (ratio, item["orders"], 3 * error)
    found["moved"] = (float(sum(item["moved"] for item in files.truth["calendar"]["items"])), 3, 0)
    return found


def missed_goal(files: Files) -> Found:
    """Every channel's rate is its target, the mix is not, and that is the whole miss."""
    said = files.truth["missed_goal"]
    targets = files.read("targets")
    targets = targets[targets["period"] == said["period"]]
    targets = targets.assign(channel=targets["scope"].str.removeprefix("channel="))
    by_metric = {
        metric: rows.dropna(subset=["channel"]).set_index("channel")["value"]
        for metric, rows in targets.groupby("metric")
    }
    rates, revenue = by_metric[said["metric"]], by_metric["net_revenue"]
    whole = targets[targets["scope"].isna()].set_index("metric")["value"][said["metric"]]
    period = pd.Period(said["period"].replace("-", ""))
    done = files.lines[(files.lines["status"] == "completed")]
    done = done[done["day"].dt.to_period("Q") == period]
    sums = done.groupby("channel")[["payment_fee", "net"]].sum()
    found: Found = {
        f"rate of {name}": (rate, rates[name], 0.0005)
        for name, rate in (sums["payment_fee"] / sums["net"]).items()
    }
    actual = sums["payment_fee"].sum() / sums["net"].sum()
    moved = sums["net"] / sums["net"].sum() - revenue / revenue.sum()
    return found | {
        "target": (whole, said["target"], 0),
        "actual": (actual, said["actual"], 0.0002),
        "mix": ((moved * rates).sum(), said["mix"], 0.0003),
        "it is missed by a fifth and more": (float(actual > 1.2 * whole), 1, 0),
    }


def heavy_spend(files: Files) -> Found:
    """No effect, whatever the few heavy spenders make of a naive comparison of the arms."""
    said = files.truth["heavy_spend"]
    audience = files.read("campaign_audience")
    audience = audience[audience["campaign_id"] == said["campaign_id"]]
    value, treated = audience["value"].to_numpy(), audience["arm"].eq("treatment").to_numpy()
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(2000):
        arms = rng.permutation(treated)
        drawn.append(value[arms].mean() - value[~arms].mean())
    low, high = np.quantile(drawn, [0.001, 0.999])
    effect = value[treated].mean() - value[~treated].mean()
    top = np.sort(value)[::-1][: max(round(said["heavy_share"] * len(value)), 1)].sum()
    return {
        "hold-out": (1 - treated.mean(), said["hold_out"], 3 * np.sqrt(0.05 * 0.95 / len(value))),
        "effect": (effect, said["incremental_value"], max(-low, high)),
        "the few hold a third": (float(top / value.sum() > 1 / 3), 1, 0),
        "and are few": (float((value > 0).mean() < 0.25), 1, 0),
    }


TRUTHS: dict[str, Callable[[Files], Found]] = {
    one.__name__: one
    for one in (
        *(sold_out, slow_seller, undercut, discovery, bare_listings),
        *(pages, wrong_plan, calendar, missed_goal, heavy_spend),
    )
}
