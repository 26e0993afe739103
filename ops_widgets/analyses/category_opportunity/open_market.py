"""How much of each category its leaders hold, and how much is open: a ranking.

Its table is the picture: size, what the leaders hold of it and what is open are one bar a row.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ops_widgets.analyses.category_opportunity.market import Market, market
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable
from ops_widgets.views.names import one_or_two, some_names

QUESTION = "Which category is large, and still open?"
#: What a reader ranks by; all other columns are shown to whoever asks for them.
RANKING = ("category", "gmv", "growth", "leaders_share", "open_gmv", "own_share")


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Size, growth, concentration, open market and our own share: one row a category."""
    found = market(store, view.replace(picked=""))
    frame = found.frame
    # A column that says the same of every row is a line of the note.
    same = [name for name in ("months", "compared_months") if frame[name].nunique() < 2]
    shown = described(
        store,
        frame.drop(columns=same),
        TERMS,
        labels={"leaders_share": held_by(view.leaders)},
        more={"open_gmv": f"Here it is what the {_brands(view.leaders)} not hold."},
        note=f"{note(store, found)} {found.own}".rstrip(),
    )
    shown.attrs["bars"] = {"gmv": {"parts": ["leaders_gmv", "open_gmv"]}}
    shown.attrs["first"] = RANKING
    return pickable(shown, "category", "picked", view)


def note(store: Store, found: Market) -> str:
    """The months, what growth compares, and names that may be one; not what is said of our own."""
    names = one_or_two(store, "category", found.frame["category"])
    return " ".join([f"{found.words}.", *_growth(found), *names])


def held_by(leaders: int) -> str:
    """What the share of the leaders is called."""
    return "Held by the largest" if leaders == 1 else f"Held by the {leaders} largest"


def _growth(found: Market) -> Iterator[str]:
    """Which months growth compares, and why it is unknown where it is."""
    compared = sorted(set(found.frame["compared_months"]))
    if compared and compared[-1]:
        count = " to ".join(str(n) for n in dict.fromkeys((compared[0], compared[-1])))
        yield f"Growth compares {count} months with the same months a year earlier."
    unknown = found.frame[found.frame["growth_unknown"] != ""]
    for reason, rows in unknown.groupby("growth_unknown"):
        of = "" if len(rows) == len(found.frame) else f" of {some_names(rows['category'])}"
        yield f"Growth{of} is unknown: {reason}."


def _brands(leaders: int) -> str:
    return "largest brand does" if leaders == 1 else f"{leaders} largest brands do"
