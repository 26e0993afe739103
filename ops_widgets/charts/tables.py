"""Tables as HTML: the twin of every chart, for those who cannot see it or want the figures.

Everything is escaped: a product may be called ``<script>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd

from ops_widgets.charts.formats import (
    MISSING,
    NUMERIC,
    Format,
    Scale,
    exact_value,
    format_value,
    is_missing,
    scale_for,
    symbol,
)


def to_html(
    frame: pd.DataFrame,
    formats: Mapping[str, Format] | None = None,
    caption: str = "",
    labels: Mapping[str, str] | None = None,
    currency: str = "",
    minor_digits: int = 2,
) -> str:
    """``frame`` as one ``<table>`` in a box that scrolls sideways.

    Columns appear in the frame's order under their label (default: the name, spelt out), the
    index does not. A column without a format is shown by its type. All values of a column
    share one scale and one number of decimals, its unit stands in the head, and the exact
    value is each cell's tooltip. A missing value is an en dash, never 0.
    """
    formats = formats or {}
    heads, bodies = [], []
    for name in frame.columns:
        format = formats.get(name) or guess_format(frame[name])
        scale = _column_scale(frame[name], format, minor_digits)
        label = (labels or {}).get(name) or str(name).replace("_", " ").capitalize()
        number = ' class="ops-number"' if format in NUMERIC else ""
        heads.append(f'<th scope="col"{number}>{_head(label, format, scale, currency)}</th>')
        bodies.append([_cell(v, format, scale, currency, minor_digits) for v in frame[name]])
    rows = "".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*bodies, strict=True))
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    # A box that scrolls must be reachable by keyboard, and then needs a name.
    region = f' tabindex="0" role="region" aria-label="{escape(caption)}"' if caption else ""
    return (
        f'<div class="ops-table"{region}>'
        f"<table>{title}<thead><tr>{''.join(heads)}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def frame_table(frame: pd.DataFrame, caption: str = "") -> str:
    """:func:`to_html` as the frame itself asks for it: ``frame.attrs`` may hold ``formats``,
    ``labels``, ``currency`` and ``minor_digits``.
    """
    keys = ("formats", "labels", "currency", "minor_digits")
    return to_html(frame, caption=caption, **{k: frame.attrs[k] for k in keys if k in frame.attrs})


def guess_format(column: pd.Series) -> Format:
    """The format of a column nobody described: by its type, never by its name."""
    if pd.api.types.is_bool_dtype(column):
        return "text"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_numeric_dtype(column):
        return "decimal"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    return "date" if pd.api.types.infer_dtype(column, skipna=True) == "date" else "text"


def table_filter_script() -> str:
    """A ``<script>`` that gives every table of the page a box to filter its rows.

    It needs no network and no server; without JavaScript the tables are simply whole.
    """
    script = (Path(__file__).parent / "table_filter.js").read_text("utf-8")
    return f"<script>{script}\nfilterTables(document);</script>"


def _column_scale(column: pd.Series, format: Format, minor_digits: int) -> Scale | None:
    if format not in NUMERIC:
        return None
    numbers = pd.to_numeric(column, errors="coerce").astype("float64").abs()
    largest = float(numbers.max()) if numbers.notna().any() else 0.0
    return scale_for(largest, format, minor_digits)


def _head(label: str, format: Format, scale: Scale | None, currency: str) -> str:
    """The label, and for money what one unit of the column is."""
    if format != "money" or scale is None:
        return escape(label)
    unit = f"{symbol(currency).strip()} {scale.unit}".strip()
    return escape(label) + (f' <span class="ops-unit">({escape(unit)})</span>' if unit else "")


def _cell(value: object, format: Format, scale: Scale | None, currency: str, digits: int) -> str:
    if is_missing(value):
        number = "ops-number " if format in NUMERIC else ""
        return f'<td class="{number}ops-missing"><abbr title="no value">{MISSING}</abbr></td>'
    if format not in NUMERIC:
        return f"<td>{escape(format_value(value, format))}</td>"
    shown = format_value(value, format, "", digits, scale)
    if scale is not None and scale.unit:
        shown = shown.removesuffix(scale.unit).rstrip()
    exact = exact_value(value, format, currency, digits)
    tip = f' title="{escape(exact)}"' if exact != shown else ""
    return f'<td class="ops-number"{tip}>{escape(shown)}</td>'
