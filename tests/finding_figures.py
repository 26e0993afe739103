"""Every figure of every finding, once more: from the frames and headline numbers of its page."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.campaign_performance.by_campaign import compute as by_campaign
from ops_widgets.errors import MissingDataError
from ops_widgets.views.base import View
from ops_widgets.views.finding import ENOUGH, LEVEL, Finding

#: Names of figures that are the same in every finding.
CONSTANT = {"level": LEVEL, "enough": ENOUGH, "bound": 1800, "last": 8}
#: What only an interval, a draw of days or a second year knows: other tests hold these.
ELSEWHERE = {
    "least",
    "most",
    "low",
    "high",
    "won",
    "rise",
    "sold",
    "expected",
    "fall",
    "lost",
    "up",
}


class Page:
    """The frames of one page of a view, by panel, and its headline numbers."""

    def __init__(self, store: Any, view: View) -> None:
        self.store, self.view = store, view
        self.analysis = ANALYSES[view.notebook]
        self.numbers = {n.name: n.value for n in self.analysis.headline(store, view)}

    def frame(self, panel: str, **changes: Any) -> pd.DataFrame:
        return self.analysis.panel(panel).compute(self.store, self.view.replace(**changes))

    def expected(self, finding: Finding) -> dict[str, Any]:
        """Name -> value of every figure that this page knows."""
        of = {
            "category_opportunity": self._category,
            "campaign_performance": self._campaign,
            "cohort_activity": self._cohort,
        }
        return CONSTANT | of[self.view.notebook](finding)

    def _category(self, finding: Finding) -> dict[str, Any]:
        said = {name: figure.value for name, figure in finding.figures.items()}
        frame = self.frame("open_market").set_index("category")
        row = frame.loc[said["category"]]
        grown = frame["open_gmv"] * frame["growth"]
        rest = row["brands"] - self.view.leaders
        found = {
            "category": said["category"],
            "gmv": row["gmv"],
            "growth": row["growth"],
            "held": row["leaders_share"],
            "open": row["open_gmv"],
            "gain": abs(row["open_gmv"] * row["growth"]),
            "leaders": min(self.view.leaders, row["brands"]),
            "hhi": round(row["hhi"]),
            "theirs": row["leaders_gmv"] * row["growth"],
            "rival": frame["open_gmv"].idxmax(),
            "rival_open": frame["open_gmv"].max(),
            "rival_growth": frame["growth"].get(frame["open_gmv"].idxmax()),
            "unlisted": row["unlisted_share"],
            "rest": rest,
            "each": rest > 0
            and (row["gmv"] * (1 - row["unlisted_share"]) - row["leaders_gmv"]) / rest,
            "compared": row.get("compared_months", said.get("compared")),
            "own": row["own_share"] * row["gmv"],
            "less": -row["growth"] * row["own_share"] * row["gmv"],
            "first": grown.idxmax(),
            "first_gain": grown.max(),
            "months": said.get("months"),
        }
        if "place" in said:
            sized = frame[frame["growth"].notna()]
            sized = sized[sized["gmv"] >= 0.1 * sized["gmv"].mean()]
            ranks = grown.loc[sized.index].rank(ascending=False, method="first")
            found |= {"place": ranks[said["category"]], "many": len(sized)}
        return found

    def _campaign(self, finding: Finding) -> dict[str, Any]:
        said = {name: figure.value for name, figure in finding.figures.items()}
        table = self.frame("by_campaign", campaign="").set_index("name")
        shown = table.loc[[self.view.campaign]] if self.view.campaign else table
        unknown = shown[shown["cost"].isna()]
        few = shown[(shown["orders"] < ENOUGH) & (shown["cost"] > 0)]
        found: dict[str, Any] = {
            "many": len(shown),
            "unknown": len(unknown),
            "credited": unknown["net_revenue"].sum(),
            "few": len(few),
            "days": said.get("days"),
        }
        if finding.kind == "too_few":
            cac = self.numbers["cac"]
            return found | {
                "name": said.get("name") if said.get("name") in few.index else None,
                "cost": few["cost"].sum(),
                "orders": few["orders"].sum(),
                "cac": cac,
                "new": cac and self.numbers["cost"] / cac,
            }
        if said.get("name") not in table.index:
            return found
        row = table.loc[said["name"]]
        if "caused" in said:
            return found | self._whole_run(said["name"], row, said["high"])
        if finding.claim.startswith("The test of") or "during" in said:
            return found | self._tested(said)
        judged = table[(table["cost"] > 0) & (table["orders"] >= ENOUGH)]
        judged = judged[judged["contribution"].notna()].drop(index=said["name"], errors="ignore")
        elsewhere = judged["contribution"].sum() * row["cost"] / judged["cost"].sum()
        losers = judged[judged["contribution"] < 0]
        return found | {
            "name": said["name"],
            "cost": row["cost"],
            "orders": row["orders"],
            "left": row["contribution"],
            "loss": -row["contribution"],
            "gross": row["contribution"] + row["cost"],
            "short": -row["contribution"] - row["cost"],
            "new": row["new_customers"],
            "cac": row["cac"],
            "elsewhere": elsewhere,
            "more": abs(row["contribution"] - elsewhere),
            "others": len(losers),
            "other_loss": -losers["contribution"].sum(),
        }

    def _whole_run(self, name: str, row: pd.Series, high: float) -> dict[str, Any]:
        """What a campaign with a control group is credited with over all days of the data."""
        days = (self.view.as_of or self.store.last_day) - self.store.first_day
        # A view looks at 730 days at most; nothing is credited on the first of 731.
        whole = self.view.replace(since=None, until=None, days=min(days.days + 1, 730))
        table = by_campaign(self.store, whole)
        all_of_it = table.set_index("name").loc[name]
        treated = row["control_group"].split(" treated")[0].replace(",", "")
        gross = all_of_it["contribution"] + all_of_it["cost"]
        return {
            "name": name,
            "credited": all_of_it["net_revenue"],
            "more": all_of_it["net_revenue"] - max(high, 0),
            "cost": all_of_it["cost"],
            "margin": gross / all_of_it["net_revenue"],
            "caused": row["incremental"],
            "treated": int(treated),
            "family": self._family(),
        }

    def _family(self) -> int:
        """How many tests the shop has that can be read, as the page says."""
        said = self.frame("review", campaign="").attrs["more"]["q"]
        return int(said.split("q is among the ")[1].split()[0])

    def _tested(self, said: dict[str, Any]) -> dict[str, Any]:
        """What the chain of a campaign says of its days and those after, and who is broken."""
        review = self.frame("review", campaign="").set_index("name")
        broken = review[review["lost"].str.startswith("not as drawn")]
        found = {"name": said["name"], "others": len(broken) - 1}
        found["credited"] = review.loc[said["name"], "credited"]
        if "during" in said:
            chain = self.frame("chain", campaign=said["name"]).set_index("link")["amount"]
            found |= {"during": chain["Caused until its last day"], "left": chain["Caused in all"]}
            found |= {"after": -chain["In the days after it"], "days": 28}
        return found

    def _cohort(self, finding: Finding) -> dict[str, Any]:
        said = {name: figure.value for name, figure in finding.figures.items()}
        found: dict[str, Any] = {"each": said.get("each")}
        if "each" in said:
            worth = said.get("customers", said.get("then", 0) - said.get("now", 0))
            if "gone" in said:
                worth = said["gone"] - said["came"]
            # The money is of the customers before they were rounded to whole ones.
            found["worth"] = pytest_range(said["worth"], worth, said["each"])
        if "channel" in said or "was" in said or "of" in said:
            found |= self._who_came_back(said)
        else:
            weeks = self.frame("lifecycle", weeks=104)
            recent = weeks.tail(8)
            found |= {
                "below": int((recent["quick_ratio"] < 1).sum()),
                "came": (recent["new"] + recent["resurrected"]).sum(),
                "gone": recent["churned"].sum(),
            }
            active = weeks["active"].tolist()
            if "many" in said:
                found |= {
                    "many": said["many"],
                    "then": active[-1 - said["many"]],
                    "now": active[-1],
                    "before": len(active[: -1 - said["many"]][-8:]),
                    "usual": min(active[: -1 - said["many"]][-8:]),
                }
        return found

    def _who_came_back(self, said: dict[str, Any]) -> dict[str, Any]:
        cells = self.frame("retention", cohort="")
        oldest = cells.attrs["oldest"]
        cells = cells[(cells["age"] == 1) & cells["active_customers"].notna()]
        cells = cells[cells["cohort"] != oldest]
        if "channel" in said:
            return self._by_channel(said, cells)
        many = len(cells) // 3
        new = cells["cohort"] == self.view.cohort if self.view.cohort else (
            cells["cohort"].isin(sorted(cells["cohort"])[-many:])
        )  # fmt: skip
        counts = cells[["active_customers", "cohort_customers"]]
        (back, began), (was, of) = counts[new].sum(), counts[~new].sum()
        return {
            "rate": back / began,
            "was": was / of,
            "moved": back / began - was / of,
            "began": began,
            "of": of,
            "cohorts": many,
            "cohort": self.view.cohort,
            "customers": round(abs(back / began - was / of) * began),
        }

    def _by_channel(self, said: dict[str, Any], cells: pd.DataFrame) -> dict[str, Any]:
        """Channel by channel: the page under the filter of that channel."""
        shown = set(cells["cohort"])
        if self.view.cohort:
            shown = {self.view.cohort}
        rates = {}
        for channel in self.analysis.choices(self.store)["acquired"]:
            if self.view.acquired and channel not in self.view.acquired:
                continue
            try:
                own = self.frame("retention", cohort="", acquired=(channel,))
            except MissingDataError:
                continue
            own = own[(own["age"] == 1) & own["cohort"].isin(shown)]
            began = own["cohort_customers"].sum()
            if began:
                rates[channel] = (own["active_customers"].sum(), began)
        back, began = rates[said["channel"]]
        others = [value for name, value in rates.items() if name != said["channel"]]
        rest, of = (sum(parts) for parts in zip(*others, strict=True))
        large = {n: b / c for n, (b, c) in rates.items() if c >= ENOUGH}
        return {
            "channel": said["channel"],
            "rate": back / began,
            "others": rest / of,
            "began": began,
            "customers": round(rest / of * began - back),
            "best": max(large, key=lambda n: large[n]),
            "best_rate": max(large.values()),
        }


def pytest_range(said: float, customers: float, each: float) -> float:
    """The amount that was said, where it is of so many customers, give or take a half one."""
    return said if abs(said - customers * each) <= 0.5 * each + 1 else customers * each
