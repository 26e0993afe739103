"""What several charts share: words and money on axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ops_widgets.charts.formats import SHORT_FROM, format_value, unit_of
from ops_widgets.charts.locales import NBSP, big_steps, current
from ops_widgets.charts.others import PLACE
from ops_widgets.stats.proportion import wilson

#: Letters of a name that a chart is given; its labels show some forty of them.
LONGEST_NAME = 200
GOOD, BAD = "var(--ops-good)", "var(--ops-bad)"


#: How Vega writes a share: on an axis with the digits that tell its ticks apart, in a tooltip
#: with three digits, however small it is.
SHARE_AXIS, SHARE_TIP = "~%", ",.3~p"


#: An axis of days.
DAYS_AXIS = alt.Axis(format="%-d %b %y", tickCount=6, labelSeparation=12, labelBound=True)
#: The order of a list's marks: that of its rows. (Layers of different rows share
#: an order only by an aggregate.)
BY_PLACE = alt.EncodingSortField(PLACE, op="min", order="ascending")


def label_of(frame: pd.DataFrame, column: str) -> str:
    """What people call a column; quotes are dropped, since it may stand in an expression."""
    label = str(frame.attrs.get("labels", {}).get(column, column))
    return label.replace("'", "").replace("\\", "")


def in_currency(frame: pd.DataFrame, field: str) -> str:
    """A Vega expression: the money column ``field`` in whole currency instead of minor units.

    To JavaScript null / 100 is 0: what is unknown must be kept from becoming nothing.
    """
    major = f"datum['{field}'] / {10 ** int(frame.attrs['minor_digits'])}"
    return f"isValid(datum['{field}']) ? {major} : null"


#: Of several marks for one row, one says what it is: a page holds every word that is said.
SILENT = alt.value(None)


def shade(frame: pd.DataFrame) -> alt.Opacity | alt.OpacityValue:
    """The encoding that draws faintly what stands beside a picked mark."""
    if "ops_shade" not in frame:
        return alt.OpacityValue(1)
    return alt.Opacity("ops_shade:Q", scale=None, legend=None)


def money_axis(
    frame: pd.DataFrame, what: str = "", scale: str = "x", ticks: int = 6, **axis: Any
) -> dict[str, Any]:
    """Title and axis of amounts in whole currency (:func:`in_currency`): ``alt.X("amount:Q",
    **money_axis(frame, "Market size"))``, and with ``scale="y"`` of a vertical one.

    The title names the currency: "Market size (¥)"; all ticks have one unit: 0, 50 bn, 100 bn.
    ``axis`` are further properties of it.
    """
    title = currency_axis(frame, what) if what else unit_of(frame.attrs["currency"])
    return {"title": title, "axis": _one_unit(scale, ticks, axis)}


def count_axis(what: str, scale: str = "x", ticks: int = 6, **axis: Any) -> dict[str, Any]:
    """Title and axis of what is counted, like :func:`money_axis`: 0, 20 k, 40 k."""
    return {"title": what, "axis": _one_unit(scale, ticks, axis)}


def _one_unit(scale: str, ticks: int, options: dict[str, Any]) -> alt.Axis:
    """An axis whose ticks share the unit of the largest, by the rule of the numbers beside it.

    The browser finds it by the ends of the ``scale``: a unit that Python wrote into the chart would
    change with the data, and a live chart would be drawn anew.
    """
    ends = f"domain('{scale}')"
    largest = f"max(abs({ends}[0]), abs(peek({ends})))"
    label = "format(datum.value, ',.6~r')"
    for size, unit in reversed(big_steps(current())):
        short = f"format(datum.value / {size:.0f}, ',.6~r') + '{NBSP}{unit}'"
        label = f"{largest} >= {max(size, SHORT_FROM):.0f} ? {short} : {label}"
    return alt.Axis(tickCount=ticks, labelExpr=f"datum.value == 0 ? '0' : {label}", **options)


def interval_texts(successes: pd.Series, n: pd.Series) -> pd.Series:
    """The 95% interval of each share ``successes / n`` as text; None where it is unknown."""
    texts = [
        None if np.isnan(low) else " to ".join(format_value(b, "percent") for b in (low, high))
        for low, high in zip(*wilson(successes, n), strict=True)
    ]
    return pd.Series(texts, index=n.index, dtype="str")


def currency_axis(frame: pd.DataFrame, what: str) -> str:
    """The title of an amount in whole currency, such as in a tooltip: "Market size (¥)"."""
    return f"{what} ({unit_of(frame.attrs['currency'])})"


def money_tips(frame: pd.DataFrame, titles: Mapping[str, str]) -> list[alt.Tooltip]:
    """A tooltip's lines of amounts in whole currency, in full: field (:func:`in_currency`) ->
    what it is.
    """
    return [
        alt.Tooltip(f"{field}:Q", title=currency_axis(frame, title), format=in_full(frame))
        for field, title in titles.items()
    ]


def in_full(frame: pd.DataFrame) -> str:
    """How a tooltip writes an amount of whole currency: to the last minor unit."""
    return f",.{int(frame.attrs['minor_digits'])}f"


def drawable(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with its longest names cut: a drawing measures every letter that it leaves out."""
    cut: dict[str, pd.Series] = {}
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            texts = [one for one in frame[name] if isinstance(one, str)]
            if any(len(one) > LONGEST_NAME for one in texts):
                cut[name] = frame[name].map(_short)
    return frame.assign(**cut) if cut else frame


def _short(value: object) -> object:
    is_long = isinstance(value, str) and len(value) > LONGEST_NAME
    return f"{str(value)[:LONGEST_NAME]}…" if is_long else value
