"""Values as TOML writes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any


def toml(value: Any, key: Callable[[str], str] | None = None) -> str:
    """A value as TOML writes it, on one line; ``key`` writes keys, without quotes if it is None."""
    if isinstance(value, dict):
        named = key or _bare
        return "{ " + ", ".join(f"{named(k)} = {toml(v, key)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one, key) for one in value) + "]"
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


def _bare(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else toml(name)
