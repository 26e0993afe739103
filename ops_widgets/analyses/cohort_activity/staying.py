"""Findings on who comes back: the newest cohorts against those before, and by first channel.

Cohorts differ among themselves by more than chance, since months and what was sold in them do. An
interval is widened by as much (quasi-binomial), and by the number of groups that are compared.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.cohort_activity.cohorts import active_under_filters, of_new_customers
from ops_widgets.analyses.cohort_activity.queries import (
    channel_names,
    cohort_sizes,
)
from ops_widgets.analyses.cohort_activity.view import CohortActivityView
from ops_widgets.analyses.cohort_activity.worth import priced
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.proportion import among, difference, dispersion
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import ENOUGH, LEVEL, Finding, count, named, points, share

#: Fewer cohorts than these do not show how much cohorts differ.
LEAST_COHORTS = 3
#: The newest cohorts are this part of all.
NEWEST = 3
UNKNOWN = "(unknown)"


def second_periods(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """The cells of the period after the first, of every cohort of which it has passed.

    Whichever cohort is picked. Raises ``MissingDataError`` where there are too few to compare.
    """
    cells = of_new_customers(store, view)
    cells = cells[(cells["age"] == 1) & cells["retention"].notna()].sort_values("cohort_index")
    if len(cells) < LEAST_COHORTS + 1:
        raise MissingDataError("Too few cohorts are old enough to be compared.")
    return cells


def newest(store: Store, view: CohortActivityView) -> list[Finding]:
    """The newest third of the cohorts, or the picked one, against the others."""
    cells = once(store, second_periods, view.replace(cohort=""))
    new = cells["cohort"].eq(view.cohort) if view.cohort else (
        cells["cohort_index"] > cells["cohort_index"].iloc[-1 - len(cells) // NEWEST]
    )  # fmt: skip
    if not new.any():
        raise MissingDataError("The picked cohort is not old enough to be compared.")
    counts = ["active_customers", "cohort_customers"]
    (back, began), (was, of) = cells.loc[new, counts].sum(), cells.loc[~new, counts].sum()
    if min(began, of) < ENOUGH:
        return [_too_few(view, began, of)]
    spread = dispersion(cells.loc[~new, counts[0]].tolist(), cells.loc[~new, counts[1]].tolist())
    low, high = difference(back / spread, began / spread, was / spread, of / spread, LEVEL)
    if low <= 0 <= high:
        return []
    worse = high < 0
    moved = back / began - was / of
    who = "Customers of {cohort}" if view.cohort else "Newer customers"
    others = "in other cohorts" if view.cohort else "before"
    words, priced_figures, stake = priced(store, view, abs(moved) * began, "worth")
    figures = {
        "rate": share(back / began),
        "was": share(was / of),
        "moved": points(moved),
        "low": points(low),
        "high": points(high),
        "level": share(LEVEL),
        "began": count(began),
        "customers": count(round(abs(moved) * began)),
    }
    if view.cohort:
        figures["cohort"] = named(view.cohort)
    else:
        figures["cohorts"] = count(new.sum())
    cohorts = "" if view.cohort else " in the newest {cohorts:cohort}"
    fewer = "fewer" if worse else "more"
    return [
        Finding.of(
            "warning" if worse else "progress",
            figures | priced_figures,
            claim=f"{who} come back {'less' if worse else 'more'}: {{rate}} in the {view.cohorts} "
            f"after their first, {{was}} {others}.",
            because=f"{{moved}} ({{level}} interval {{low}} to {{high}}): {{customers:customer}} "
            f"{fewer} of {{began}}{cohorts}{words}.",
            do="See what changed in how they were won: channel, campaign, price or first product."
            if worse
            else "Find what changed in how they were won, and keep it.",
            overturned_by=f"If their second {view.cohorts} fell into another season than that of "
            "the others, or they first came by other channels.",
            stake=stake,
        )
    ]


def _too_few(view: CohortActivityView, began: float, of: float) -> Finding:
    """That the newest cohorts, or all others, are too small to be compared."""
    who = "This cohort" if view.cohort else "The newest cohorts"
    return Finding.of(
        "too_few",
        {"began": count(began), "of": count(of), "enough": count(ENOUGH)},
        claim=f"{who} against the others: too few customers to say who comes back more.",
        because="{began:customer} against {of}; under {enough} chance decides.",
        do="Judge nothing by it: look at more cohorts, or at fewer filters.",
        overturned_by="Cohorts with enough customers.",
    )


def by_channel(store: Store, view: CohortActivityView) -> list[Finding]:
    """The channel whose customers come back clearly less than all others, by what that costs."""
    rows = once(store, channels, view)
    if len(rows) < 2:
        return []
    cells = once(store, second_periods, view.replace(cohort=""))
    spread = dispersion(cells["active_customers"].tolist(), cells["cohort_customers"].tolist())
    back, began = rows["back"].sum(), rows["began"].sum()
    level = among(LEVEL, len(rows))
    fewer = []
    for row in rows.itertuples():
        rest, of = back - row.back, began - row.began
        if min(row.began, of) < ENOUGH or row.channel == UNKNOWN:
            continue
        a, of_a, b, of_b = (n / spread for n in (row.back, row.began, rest, of))
        if difference(a, of_a, b, of_b, level)[1] < 0:
            fewer.append((rest / of * row.began - row.back, rest / of, row))
    if not fewer:
        return []
    lost, others, row = max(fewer, key=lambda one: one[0])
    large = rows[rows["began"] >= ENOUGH].assign(rate=lambda f: f["back"] / f["began"])
    first = large.sort_values("rate", ascending=False, kind="stable").iloc[0]
    words, priced_figures, stake = priced(store, view, lost, "worth")
    return [
        Finding.of(
            "warning",
            {
                "channel": named(row.channel),
                "rate": share(row.back / row.began),
                "others": share(others),
                "customers": count(round(lost)),
                "began": count(row.began),
                "level": share(LEVEL),
                "best": named(first["channel"]),
                "best_rate": share(first["rate"]),
            }
            | priced_figures,
            claim="Who first came by {channel} comes back less: {rate} in the "
            f"{view.cohorts} after, {{others}} of the others.",
            because="That is {customers:customer} fewer of {began}, more than chance explains "
            f"({{level}} interval){words}.",
            do="Pay less for them, and see what {best} promises, whose customers come back most "
            "({best_rate}).",
            overturned_by="If they buy more at once, or come back later: see their curve.",
            link={"acquired": [row.channel]},
            stake=stake,
        )
    ]


def channels(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """``channel, began, back``: customers of the cohorts looked at by the channel they first came
    by, and those of them who were active in the period after.
    """
    cells = once(store, second_periods, view.replace(cohort=""))
    if view.cohort:
        cells = cells[cells["cohort"] == view.cohort]
        if cells.empty:
            raise MissingDataError("The picked cohort is not old enough to be compared.")
    cohorts = cells["cohort_index"].tolist()
    sizes = cohort_sizes(store, view.activity, view.cohorts, view.acquired, by_channel=True)
    active = active_under_filters(store, view, min(cohorts), by_channel=True)
    later = active[active["period_index"] == active["cohort_index"] + 1]
    sums = [
        frame[frame["cohort_index"].isin(cohorts)].groupby("acquired")["customers"].sum()
        for frame in (sizes, later)
    ]
    rows = pd.DataFrame({"began": sums[0], "back": sums[1]}).fillna(0.0).reset_index()
    return rows.assign(channel=rows["acquired"].map(channel_names(store)))
