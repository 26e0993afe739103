"""What a chart shows, in a sentence: for those who hear it."""

from __future__ import annotations

import pandas as pd

from ops_widgets.charts.formats import NUMERIC, bare, format_value


def in_a_sentence(frame: pd.DataFrame, title: str) -> str:
    """The title, the largest and smallest value of the first measure, and where the rest is.

    The frame's ``attrs`` name its columns (``labels``) and say what they hold (``formats``).
    """
    labels, formats = frame.attrs.get("labels", {}), frame.attrs.get("formats", {})
    currency, digits = frame.attrs.get("currency", ""), frame.attrs.get("minor_digits", 2)
    frame = bare(frame)
    names = [n for n in labels if formats[n] not in NUMERIC]
    measures = [n for n in labels if formats[n] in NUMERIC and frame[n].notna().any()]
    head = title.rstrip(".") + ("" if title.endswith(("?", "!")) else ".")
    if not names or not measures:
        return f"{head} {len(frame)} rows, in the table below."
    measure = measures[0]
    values = pd.to_numeric(frame[measure]).astype("float64")

    def point(row: object) -> str:
        at = frame.loc[row]  # type: ignore[call-overload]
        shown = format_value(at[measure], formats[measure], currency, digits)
        named = ", ".join(format_value(at[n], formats[n])[:60] for n in names[:2])
        return f"{shown} ({named})"

    low, high = point(values.idxmin()), point(values.idxmax())
    span = f"from {low} to {high}" if values.nunique() > 1 else high
    return f"{head} {labels[measure]} {span}. {len(frame)} rows, in the table below."
