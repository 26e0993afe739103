"""What a source lacks of the tables and columns that something asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ops_widgets.contract import TABLES
from ops_widgets.errors import Need


def need_of(
    source: str,
    mapped: Mapping[str, Collection[str]],
    table: str,
    columns: Collection[str],
    shows: str,
) -> Need | None:
    """What the source of that name lacks of ``columns`` of a contract table; None: nothing.

    ``mapped`` are the columns of its tables, ``shows`` says what is missed, as "what ... would
    show".
    """
    contract = TABLES[table]
    wanted = tuple(dict.fromkeys((*contract.required_names, *columns)))
    if table not in mapped:
        return Need(source, table, (), shows, contract.row, wanted)
    lacking = tuple(column for column in columns if column not in mapped[table])
    if not lacking:
        return None
    meaning = "; ".join(contract.column(column).description for column in lacking)
    return Need(source, table, lacking, shows, meaning, wanted)
