"""The head of a panel: its title, and one menu of what can be taken from it or read below it."""

from __future__ import annotations

from html import escape

from ops_widgets.charts.download import csv_link, file_name


def head_html(title: str, menu: str = "") -> str:
    """The title and at its right the menu."""
    heading = f'<h3 class="ops-heading">{escape(title)}</h3>' if title else ""
    return f'<div class="ops-head">{heading}{menu}</div>' if heading or menu else ""


def menu_html(
    title: str, question: str, csv: str, pictures: bool, table: bool, definitions: bool
) -> str:
    """A "…" that opens without a script: the numbers as a file, the chart's ``pictures``, and
    what stands closed below the chart.

    Files are named by the ``question``, which does not change with the data as the ``title`` does.
    """
    kinds = ("png", "svg") if pictures else ()
    saved = [_button(f'data-save="{kind}"', kind.upper()) for kind in kinds]
    below = (("ops-twin", "Table", table), ("ops-how", "Definitions", definitions))
    opened = [_button(f'data-opens="{part}"', word) for part, word, there in below if there]
    name = file_name(question)
    return (
        f'<details class="ops-menu"><summary aria-label="{escape(title)}: save or read more">'
        '<span aria-hidden="true">…</span></summary>'
        f'<div class="ops-tools" role="group" aria-label="Save or read more" data-file="{name}">'
        f"{csv_link(csv, name)}{''.join(saved + opened)}</div></details>"
    )


def _button(data: str, word: str) -> str:
    return f'<button type="button" class="ops-tool" {data}>{word}</button>'
