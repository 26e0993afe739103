"""A view as the text of a notebook's parameters cell, with the comments that stand there."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from typing import Any

from ops_widgets.views.base import View


def parameters_cell(view: View, cell: str = "") -> str:
    """``cell`` with the values of ``view``: comments, order and everything else stay as they are.

    Parameters that it does not hold are added, each with its description as the comment. What no
    link can change (the source) stays as the cell has it: a server may look at another one.
    """
    values = view.parameters()
    lines = cell.encode().splitlines(keepends=True)
    written = _assignments(cell)
    for name, node in reversed(written.items()):
        if name in values and name not in view.not_in_links and _value(node) != values[name]:
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
            lines[first : last + 1] = [before + literal(values[name]).encode() + after]
    text = b"".join(lines).decode().rstrip("\n")
    fields = type(view).model_fields
    added = [
        f"{name} = {literal(value)}  # {_comment(fields[name].description or fields[name].title)}"
        for name, value in values.items()
        if name not in written
    ]
    return "\n".join(filter(None, [text, *added]))


def cell_among(inputs: Iterable[str], kind: type[View]) -> str:
    """The parameters cell among the cells that were run: that which sets most fields of a view.

    Of several the last; empty: none sets any.
    """
    best, most = "", 0
    for text in inputs:
        found = len(_assignments(text).keys() & kind.model_fields.keys())
        if found and found >= most:
            best, most = text, found
    return best


def literal(value: Any) -> str:
    """A parameter's value as Python: text in double quotes, as notebooks have it.

    >>> literal(["Beauty", 'Say "hi"']), literal(12), literal(True)
    ('["Beauty", "Say \\\\"hi\\\\""]', '12', 'True')
    """
    quoted = isinstance(value, str | list)
    return json.dumps(value, ensure_ascii=False) if quoted else repr(value)


def _assignments(text: str) -> dict[str, ast.expr]:
    """Name -> the literal it is set to, in the order of the text; of no Python, nothing."""
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError):
        return {}
    found: dict[str, ast.expr] = {}
    for one in statements:
        if not isinstance(one, ast.Assign | ast.AnnAssign) or one.value is None:
            continue
        targets = one.targets if isinstance(one, ast.Assign) else [one.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if len(names) == len(targets) == 1 and _value(one.value) is not None:
            found[names[0]] = one.value
    return found


def _value(node: ast.expr) -> Any:
    """What a literal says, a tuple as a list; None: it is no literal."""
    try:
        found = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None
    return list(found) if isinstance(found, tuple) else found


def _comment(text: str | None) -> str:
    return f"{text[0].lower()}{text[1:]}" if text else ""
