"""What is wrong with a value that its pydantic model refuses, as a sentence for its author."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ops_widgets.errors import UsageError, nearest


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    ``kind`` is pydantic's type of error. ``keys`` lead to the value, the outermost first; there
    are none where values do not go together. ``expected`` names the values that are allowed, as
    ``"'a', 'b' or 'c'"``, and is empty where there are not just a few.
    """

    kind: str
    keys: tuple[str, ...]
    message: str
    expected: str
    given: Any

    @property
    def is_unknown_key(self) -> bool:
        """The last of ``keys`` is none of the model's."""
        return self.kind == "extra_forbidden"

    @property
    def sentence(self) -> str:
        """``message``, closed."""
        return closed(self.message)


def problems(error: ValidationError) -> list[Problem]:
    """Everything that is wrong, in the order of the model's fields; at least one thing."""
    return [
        Problem(
            kind=one["type"],
            keys=tuple(str(part) for part in one["loc"]),
            message=one["msg"].removeprefix("Value error, "),
            expected=one.get("ctx", {}).get("expected", ""),
            given=one["input"],
        )
        for one in error.errors(include_url=False)
    ]


def wrong_value(path: Path, problem: Problem) -> UsageError:
    """The error to raise for a value in the file ``path``; names its key and the nearest value."""
    where = f"{path}, key {'.'.join(problem.keys)}" if problem.keys else str(path)
    if not problem.expected:
        return UsageError(f"{where}: {problem.sentence}")
    allowed = re.findall(r"'([^']+)'", problem.expected)
    said = closed(f"{problem.given!r} is not one of {problem.expected}")
    return UsageError(f"{where}: {said}", nearest(str(problem.given), allowed))


def unknown_key(path: Path, keys: tuple[str, ...], known: Iterable[str]) -> UsageError:
    """The error to raise for a key that the file ``path`` should not have; names the nearest."""
    *section, key = keys
    where = f"[{'.'.join(section)}]" if section else "the top level"
    return UsageError(f"{path} has an unknown key {key!r} at {where}.", nearest(key, known))


def closed(message: str) -> str:
    """``message`` as a sentence: it ends with a question mark (a hint does) or a full stop."""
    return message.rstrip(".?") + ("?" if message.endswith("?") else ".")
