"""What is asked of every id, in whatever table it stands."""

from __future__ import annotations

from ops_widgets.contract.table import Rule

RUINED, PLACEHOLDER, AS_NUMBER, ROUNDED = "_ruined", "_placeholder", "_as_number", "_rounded"


def ruined(column: str) -> Rule:
    """Many ids became this one: rows of them would be merged."""
    return Rule(
        column + RUINED,
        "not_ruined",
        (column,),
        "A spreadsheet, or a column of fractions, cut these ids: different ones are the same now. "
        "Export them again and use that file as it is; to look at it in a spreadsheet, import it "
        "there with this column as text, and do not save it.",
    )


def notes(column: str) -> tuple[Rule, ...]:
    """Kept, and counted."""
    return (
        Rule(
            column + PLACEHOLDER,
            "no_placeholder",
            (column,),
            "Taken for no id at all. If it is one, write it in another way.",
            severity="note",
        ),
        Rule(
            column + AS_NUMBER,
            "not_as_number",
            (column,),
            "Kept as written: 17850.0 is another id than 17850.",
            severity="note",
        ),
        Rule(
            column + ROUNDED,
            "not_rounded",
            (column,),
            "These end in zeros behind 15 digits, as a spreadsheet writes ids of 16 and more: then "
            "different ones are the same now. If it is not by chance, export them again and use "
            "that file as it is.",
            severity="note",
        ),
    )
