"""Tables as HTML: the twin of every chart, for those who cannot see it or want the figures.

Everything is escaped: a product may be called ``<script>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from ops_widgets.charts.formats import (
    MISSING,
    NUMERIC,
    Format,
    Scale,
    bare,
    exact_value,
    format_value,
    is_missing,
    scale_of,
    unit_of,
)
from ops_widgets.charts.others import parts

#: Longest name that can be picked: it must fit into a link.
LONGEST_PICK = 400


def to_html(
    frame: pd.DataFrame,
    formats: Mapping[str, Format] | None = None,
    caption: str = "",
    labels: Mapping[str, str] | None = None,
    currency: str = "",
    minor_digits: int = 2,
    pick: Mapping[str, str] | None = None,
    rest: pd.DataFrame | None = None,
    others: bool = False,
) -> str:
    """``frame`` as one ``<table>`` in a box that scrolls sideways.

    Columns appear in the frame's order under their label (default: the name, spelt out), the
    index does not. A column without a format is shown by its type. All values of a column
    share one scale and one number of decimals, its unit stands in the head, and the exact
    value is each cell's tooltip. A missing value is an en dash, never 0. ``pick`` (``field``,
    ``column``, ``value``) makes that column's cells buttons, by which a keyboard picks a mark.
    ``rest`` are rows that are not shown until somebody leafs or searches; with ``others`` the
    last row of ``frame`` stands for them.
    """
    formats, frame = formats or {}, bare(frame)
    heads, bodies, hidden = [], [], []
    for name in frame.columns:
        format = formats.get(name) or guess_format(frame[name])
        further = [] if rest is None else rest[name].tolist()
        scale = _column_scale([*frame[name].tolist(), *further], format, minor_digits)
        label = (labels or {}).get(name) or str(name).replace("_", " ").capitalize()
        number = ' class="ops-number"' if format in NUMERIC else ""
        heads.append(f'<th scope="col"{number}>{_head(label, format, scale, currency)}</th>')
        cells = [_cell(v, format, scale, currency, minor_digits) for v in frame[name]]
        if pick and name == pick["column"]:
            named = frame[name].iloc[: len(frame) - others]
            cells[: len(named)] = [_pick_cell(v, format, pick) for v in named]
        bodies.append(cells)
        hidden.append([_plain(v, format, scale, minor_digits) for v in further])
    rows = ["".join(cells) for cells in zip(*bodies, strict=True)]
    last = f'<tr class="ops-others">{rows.pop()}</tr>' if others else ""
    shown = "".join(f"<tr>{cells}</tr>" for cells in rows) + last
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    # A box that scrolls must be reachable by keyboard, and then needs a name.
    region = f' tabindex="0" role="region" aria-label="{escape(caption)}"' if caption else ""
    return (
        f'<div class="ops-table"{region}>'
        f"<table>{title}<thead><tr>{''.join(heads)}</tr></thead><tbody>{shown}</tbody></table>"
        f"{_hidden_rows(hidden)}</div>"
    )


def _hidden_rows(columns: list[list[str]]) -> str:
    """Rows as plain text, a line each and a tab between cells: five thousand of them are half a
    megabyte, and a tenth of what they are as elements. The page's script shows those asked for.
    """
    lines = ["\t".join(" ".join(c.split()) for c in cells) for cells in zip(*columns, strict=True)]
    if not lines:
        return ""
    return f'<pre class="ops-rest" hidden>{escape(chr(10).join(lines), quote=False)}</pre>'


def frame_table(frame: pd.DataFrame, caption: str = "", pickable: bool = False) -> str:
    """:func:`to_html` as the frame itself asks for it: ``frame.attrs`` may hold ``formats``,
    ``labels``, ``currency``, ``minor_digits`` and, where somebody can, what to ``pick``. Of a
    long list stand the first rows there and one for all others (:mod:`.others`).
    """
    keys = ("formats", "labels", "currency", "minor_digits", *(["pick"] if pickable else []))
    split = parts(frame)
    return to_html(
        for_reading(split.shown),
        caption=caption,
        rest=for_reading(split.rest),
        others=split.others,
        **{k: frame.attrs[k] for k in keys if k in frame.attrs},
    )


def for_reading(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` without the columns that only its chart needs: their names begin with ``ops_``."""
    kept = [name for name in frame.columns if not str(name).startswith("ops_")]
    return frame if len(kept) == len(frame.columns) else frame[kept]


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


def page_code() -> str:
    """What pages do by themselves: filter boxes on tables, charts saved as files, the theme."""
    here = Path(__file__).parent
    return "\n".join((here / n).read_text("utf-8") for n in ("table_filter.js", "tools.js"))


def table_filter_script() -> str:
    """A ``<script>`` that makes a static page's tables and buttons work.

    It needs no network and no server; without JavaScript the tables are simply whole.
    """
    return f"<script>{page_code()}\nfilterTables(document);\ninstallTools();</script>"


def _column_scale(values: Sequence[Any], format: Format, minor_digits: int) -> Scale | None:
    return scale_of(values, format, minor_digits) if format in NUMERIC else None


def _head(label: str, format: Format, scale: Scale | None, currency: str) -> str:
    """The label, and for money what one unit of the column is."""
    if format != "money" or scale is None:
        return escape(label)
    unit = unit_of(currency, scale)
    return escape(label) + (f' <span class="ops-unit">({escape(unit)})</span>' if unit else "")


def _pick_cell(value: object, format: Format, pick: Mapping[str, str]) -> str:
    """A cell that can be picked; a name longer than a link carries is only text."""
    text = "" if is_missing(value) else str(value)
    if not text or len(text) > LONGEST_PICK:
        return _cell(value, format, None, "", 2)
    pressed = "true" if text == pick["value"] else "false"
    return (
        f'<td><button type="button" class="ops-pick" data-pick="{escape(pick["field"])}" '
        f'data-value="{escape(text)}" aria-pressed="{pressed}">'
        f"{escape(format_value(value, format))}</button></td>"
    )


def _plain(value: object, format: Format, scale: Scale | None, digits: int) -> str:
    """What a cell shows, without its unit, which stands in the head."""
    shown = format_value(value, format, "", digits, scale)
    return shown.removesuffix(scale.unit).rstrip() if scale is not None and scale.unit else shown


def _cell(value: object, format: Format, scale: Scale | None, currency: str, digits: int) -> str:
    if is_missing(value):
        number = "ops-number " if format in NUMERIC else ""
        return f'<td class="{number}ops-missing"><abbr title="no value">{MISSING}</abbr></td>'
    if format not in NUMERIC:
        return f"<td>{escape(format_value(value, format))}</td>"
    shown = _plain(value, format, scale, digits)
    exact = exact_value(value, format, currency, digits)
    tip = f' title="{escape(exact)}"' if exact != shown else ""
    return f'<td class="ops-number"{tip}>{escape(shown)}</td>'
