"""The ready sources as a list: for ``ops init --list``, and for the page of the documentation.

``python -m ops_widgets.exports.listing > docs/ready-sources.md`` renews the page; a test holds the
two together.
"""

from __future__ import annotations

import sys

from ops_widgets.exports.ready import Export, ExportFile, ready_sources

_INTRO = """# Ready sources

This page is written from `ops_widgets/exports/ready/`; do not edit it by hand.

Put the exports of a shop and its ads into a folder, as they come, and run

```console
ops init my-exports/
```

It recognises the exports below by their columns, whatever the files are called, writes
`source.toml` beside them with a comment at every guess, says what it understood and what it needs
from you, and checks the result. Several exports may lie in one folder: ads of several platforms
come together, two shops as well, and a part for each month is read as one. Files of other makes
get proposals, which you confirm in the TOML.

- It never writes over a `source.toml`: `--force` does, `--out FILE` writes another one.
- `--currency` and `--timezone` say what no file says.
- Rows that are totals or orders that nobody paid are left out under a name, and counted by
  `ops check`."""


def as_text() -> str:
    """Every export: where it is made, and the columns by which it is recognised."""
    return "\n\n".join(
        "\n".join(
            [
                one.name,
                f"  made in:  {one.made_in}",
                *_recognised(one),
                f"  fills:    {_fills(one)}",
            ]
        )
        for one in ready_sources()
    )


def _recognised(export: Export) -> list[str]:
    return [
        f"  columns:  {', '.join(_columns(file))}"
        + (f"  ({kind})" if len(export.files) > 1 else "")
        for kind, file in export.files.items()
    ]


def _columns(file: ExportFile) -> list[str]:
    return [one.columns[0] for one in file.fields.values() if not one.optional]


def _fills(export: Export) -> str:
    return ", ".join(export.tables)


def page() -> str:
    """The whole page as Markdown."""
    return "\n\n".join([_INTRO, *map(_section, ready_sources())]) + "\n"


def _section(export: Export) -> str:
    lines = [f"## {export.name}", f"Made in {export.made_in}. Fills {_ticked(export.tables)}."]
    for kind, file in export.files.items():
        of = f" of the file with {kind}" if len(export.files) > 1 else ""
        optional = " (may be absent)" if file.optional and len(export.files) > 1 else ""
        rows = [f"Recognised{of}{optional} by {_ticked(_columns(file))}."]
        others = {word for one in file.fields.values() for word in one.columns[1:]}
        if others:
            rows.append(f"Also known as {_ticked(sorted(others))}.")
        lines.append(" ".join(rows))
    for selects in export.tables.values():
        lines += [" ".join(one.notes) for one in selects[:1] if one.notes]
    lines.append(f"What it does not know: {export.unknown[0].lower()}{export.unknown[1:]}")
    return "\n\n".join(lines)


def _ticked(names: object) -> str:
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.stdout.write(page())
