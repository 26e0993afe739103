"""The title of a panel: its question and, where the frame has it, the answer in the same line."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ops_widgets.charts.formats import format_value, is_missing
from ops_widgets.views.finding import named


def shown(frame: pd.DataFrame, column: str, value: Any) -> str:
    """A value of a column of ``frame`` as its table shows it."""
    attrs = frame.attrs
    money = (attrs["currency"], attrs["minor_digits"])
    return format_value(value, attrs["formats"][column], *money)


def most_and_least(
    frame: pd.DataFrame, name: str, column: str, enough: pd.Series | None = None
) -> str:
    """The rows with most and least of a column: "most Beauty (40.0%), least Books (−20.0%)".

    Only rows with ``enough`` behind them; empty where there is none with a value.
    """
    known = frame if enough is None else frame[enough]
    known = known[[not is_missing(value) for value in known[column]]]
    if known.empty:
        return ""
    ordered = known.sort_values(column, ascending=False, kind="stable")
    ends = {"most": ordered.iloc[0], "least": ordered.iloc[-1]}
    if len(ordered) < 2:
        ends.pop("least")
    return ", ".join(
        f"{end} {named(row[name]).text} ({shown(frame, column, row[column])})"
        for end, row in ends.items()
    )


def answered(question: str, answer: str) -> str:
    """The question, and after it the answer; without one the question alone."""
    return f"{question} {answer}" if answer else question
