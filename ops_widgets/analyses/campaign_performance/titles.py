"""The answers of the campaign notebook in a sentence each."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd


def winners_and_losers(frame: pd.DataFrame) -> str:
    """How many campaigns paid for themselves; ``frame`` is that of ``by_campaign``."""
    known = frame["contribution"].dropna()
    if known.empty:
        return "What is each campaign credited with? What it left is not known"
    return f"{(known > 0).sum()} of {len(known)} campaigns paid for themselves"


def lost(frame: pd.DataFrame) -> str:
    """The question of the funnel, by what it compares."""
    return f"Where does each {frame.attrs['labels']['group'].lower()} lose people?"


def earned(frame: pd.DataFrame) -> str:
    """The question of the groups, by what they are."""
    return f"What does each {frame.attrs['labels']['group'].lower()} earn?"


#: Panel -> what answers its question.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "by_campaign": winners_and_losers,
    "funnel": lost,
    "by_group": earned,
}
