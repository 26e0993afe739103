"""Tables as HTML: the twin of every chart, for those who cannot see it or want the figures.

Everything is escaped: a product may be called ``<script>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from ops_widgets.charts.bars import bar_text
from ops_widgets.charts.columns import Column, guess_format
from ops_widgets.charts.formats import Format, Total, bare, grouped
from ops_widgets.charts.others import in_total, is_list, parts

#: A row of totals below fewer rows says again what stands above it.
LEAST_ADDED = 2


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
    pickable: bool = True,
    bars: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    first: Sequence[str] = (),
    totals: Mapping[str, Total] | None = None,
) -> str:
    """``frame`` as one ``<table>`` in a box that scrolls sideways.

    Columns appear in the frame's order under their label (default: the name, spelt out), the
    index does not. A column without a format is shown by its type. All values of a column
    share one scale and one number of decimals, its unit stands in the head, and the exact
    value is each cell's tooltip. A missing value is an en dash, never 0. ``pick`` (``field``,
    ``column``, ``value``) makes that column's cells buttons, by which a keyboard picks a mark;
    where nobody can (``pickable``), the picked one only stands out.
    ``rest`` are rows that are not shown until somebody leafs, sorts or searches; with ``others``
    the last row of ``frame`` stands for them. ``bars`` (column -> ``parts``, the columns that its
    bars are made of; none: itself) draws values as bars beside their numbers. ``first`` are the
    columns that are shown at once (none: all); ``totals`` (by column) ends the table with a row
    of what all rows are together.
    """
    labels = {n: (labels or {}).get(n) or _spelt(n) for n in map(str, frame.columns)}
    frame = bare(frame).set_axis(list(labels), axis=1)
    further = frame.iloc[:0] if rest is None else bare(rest)
    standing = len(frame) - others
    values = {n: [*frame[n].tolist()[:standing], *further[n].tolist()] for n in labels}

    def made_of(name: str) -> dict[str, list[Any]] | None:
        if bars is None or name not in bars:
            return None
        return {labels[part]: values[part] for part in bars[name].get("parts", ())}

    columns = [
        Column(
            name,
            labels[name],
            (formats or {}).get(name) or guess_format(frame[name]),
            values[name],
            frame[name].tolist()[standing:],
            currency,
            minor_digits,
            pick if pickable and pick and pick["column"] == name else None,
            pick["value"] if pick and pick["column"] == name else "",
            made_of(name),
            bool(first) and name not in first,
        )
        for name in labels
    ]
    return _box(columns, standing, _foot(columns, totals or {}, values), caption)


def _box(columns: Sequence[Column], standing: int, foot: str, caption: str) -> str:
    """The table of ``columns``, of whose rows the first ``standing`` are elements."""
    ordered = [column for column in columns if column.ordered]
    numbered = {column.name: i for i, column in enumerate(ordered)}
    heads = "".join(column.head(numbered.get(column.name, -1)) for column in columns)
    count = len(columns[0].rows) if columns else 0
    places = [" ".join(row) for row in zip(*(c.places() for c in ordered), strict=True)]
    places = places or [""] * count
    rows = "".join(
        f'<tr data-order="{places[row]}">{"".join(column.cell(row) for column in columns)}</tr>'
        for row in range(standing)
    )
    apart = "".join(column.plain(value) for column in columns for value in column.apart)
    rows += f'<tr class="ops-others">{apart}</tr>' if apart else ""
    rest = [_line(columns, row, places[row]) for row in range(standing, count)]
    # As plain text, a line each: five thousand rows are half a megabyte, and a tenth of what
    # they are as elements. The page's script shows those asked for.
    text = escape("\n".join(rest), quote=False)
    hidden = f'<pre class="ops-rest" hidden>{text}</pre>' if rest else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    # A box that scrolls must be reachable by keyboard, and then needs a name.
    region = f' tabindex="0" role="region" aria-label="{escape(caption)}"' if caption else ""
    amount = max((column.widest() for column in columns if column.drawn), default=0)
    room = f' style="--ops-amount:{amount}ch"' if amount else ""
    more = any(column.more for column in columns)
    shows_all = '<details class="ops-columns"><summary>All columns</summary></details>'
    return (
        f'<div class="ops-table"{region}><table{room}>{title}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody>{foot}</table>{hidden}</div>{shows_all if more else ''}"
    )


def _line(columns: Sequence[Column], row: int, places: str) -> str:
    """A row as text: its cells, the places of its values, and its bars, a tab between them."""
    bars = [bar_text(column.drawn[row]) for column in columns if column.drawn]
    return "\t".join([*(column.text(row) for column in columns), places, *bars])


def _foot(
    columns: Sequence[Column], totals: Mapping[str, Total], values: Mapping[str, list[Any]]
) -> str:
    """The row of what all rows are together; empty where no column adds up, or one row does."""
    count = len(columns[0].rows) if columns else 0
    if count < LEAST_ADDED or not any(column.name in totals for column in columns):
        return ""
    added = in_total(values, totals)
    name = f'<th scope="row">All {grouped(count, 0)}</th>'
    cells = [c.plain(added[c.name]) if c.name in added else c.empty() for c in columns[1:]]
    return f"<tfoot><tr>{name}{''.join(cells)}</tr></tfoot>"


def frame_table(frame: pd.DataFrame, caption: str = "", pickable: bool = False) -> str:
    """:func:`to_html` as the frame itself asks for it: ``frame.attrs`` may hold ``formats``,
    ``labels``, ``currency``, ``minor_digits``, ``bars``, ``first`` and what to ``pick``.

    Of a long list stand the first rows there and one for all others (:mod:`.others`); below a
    list stands what its rows are together, by its ``totals``.
    """
    keys = ["formats", "labels", "currency", "minor_digits", "bars", "first", "pick"]
    keys += ["totals"] * is_list(frame)
    split = parts(frame)
    return to_html(
        for_reading(split.shown),
        caption=caption,
        rest=for_reading(split.rest),
        others=split.others,
        pickable=pickable,
        **{k: frame.attrs[k] for k in keys if k in frame.attrs},
    )


def for_reading(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` without the columns that only its chart needs: their names begin with ``ops_``."""
    kept = [name for name in frame.columns if not str(name).startswith("ops_")]
    return frame if len(kept) == len(frame.columns) else frame[kept]


def page_code() -> str:
    """What pages do by themselves: tables sort and filter, charts become files, themes switch."""
    here = Path(__file__).parent
    names = ("table_rows.js", "table_filter.js", "tools.js")
    text = "\n".join((here / name).read_text("utf-8") for name in names)
    # Without what only its authors read: no text of it goes over several lines.
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def table_filter_script() -> str:
    """A ``<script>`` that makes a static page's tables and buttons work.

    It needs no network and no server; without JavaScript the tables are simply whole.
    """
    return f"<script>{page_code()}\nfilterTables(document);\ninstallTools();</script>"


def _spelt(name: str) -> str:
    return name.replace("_", " ").capitalize()
