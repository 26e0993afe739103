"""What several charts share: words and money on axes."""

from __future__ import annotations

import altair as alt
import pandas as pd

#: Letters of a name that a chart is given; its labels show some forty of them.
LONGEST_NAME = 200
GOOD, BAD = "var(--ops-good)", "var(--ops-bad)"


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


def shade(frame: pd.DataFrame) -> alt.Opacity | alt.OpacityValue:
    """The encoding that draws faintly what stands beside a picked mark."""
    if "ops_shade" not in frame:
        return alt.OpacityValue(1)
    return alt.Opacity("ops_shade:Q", scale=None, legend=None)


def currency_axis(frame: pd.DataFrame, what: str) -> str:
    """An axis title that names its unit: "Market size (CNY)"."""
    return f"{what} ({frame.attrs['currency']})"


def short_axis() -> alt.Axis:
    """An axis with few, short labels: 20bn, not the 20G of physicists."""
    return alt.Axis(format="~s", tickCount=6, labelExpr="replace(datum.label, 'G', 'bn')")


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
