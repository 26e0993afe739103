"""Definitions as files: one TOML for each report, and in words what is wrong with one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import UsageError, nearest
from ops_widgets.publish.alerts.definition import Alert, Hook
from ops_widgets.publish.reports.definition import Definition, Keep, NotebookEntry


def load_definition(path: Path) -> Definition:
    """The definition in ``path``.

    Raises ``UsageError`` that names the file and the key or value that is wrong.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Correct that line.") from None
    for own in ("name", "path"):
        if own in values:
            raise UsageError(f"{path} has an unknown key {own!r}.", "The file's name is the name.")
    try:
        return Definition.model_validate(values | {"name": path.stem, "path": path.absolute()})
    except ValidationError as error:
        raise _explained(path, error) from None


def find_definition(name: str, folder: Path) -> Definition:
    """The definition ``name`` (a stem, or a path of a TOML file) in ``folder``."""
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        known = [found.stem for found in definition_files(folder)]
        raise UsageError(f"There is no report {name!r} in {folder}.", nearest(name, known))
    return load_definition(path)


def definition_files(folder: Path) -> list[Path]:
    """All definitions in ``folder``, in the order of their names."""
    return sorted(folder.glob("*.toml"))


def check_all(paths: Iterable[Path]) -> tuple[list[Definition], list[UsageError]]:
    """Every definition that is right, and what is wrong with each of the others."""
    right: list[Definition] = []
    wrong: list[UsageError] = []
    for path in paths:
        try:
            right.append(load_definition(path))
        except UsageError as error:
            wrong.append(error)
    return right, wrong


_MODELS: dict[str, type[BaseModel]] = {
    "notebook": NotebookEntry,
    "alert": Alert,
    "deliver": Hook,
    "keep": Keep,
}


def _explained(path: Path, error: ValidationError) -> UsageError:
    """One thing that is wrong in a definition, in words and with its key: a typo before others,
    which are often what comes of it.
    """
    errors = error.errors(include_url=False)
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    keys = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        model = _MODELS.get(keys[0], Definition) if len(keys) > 1 else Definition
        known = [name for name in model.model_fields if name not in ("name", "path")]
        known += ["notebooks"] if model is Definition else ["name"] * ("name" in model.model_fields)
        where = f"[{'.'.join(keys[:-1])}]" if keys[:-1] else "the top level"
        return UsageError(
            f"{path} has an unknown key {keys[-1]!r} at {where}.", nearest(keys[-1], known)
        )
    if first["type"] == "missing" and keys == ["notebook"]:
        return UsageError(f"{path} names no notebook.", f"Known: {', '.join(ANALYSES)}.")
    where = f"{path}, key {'.'.join(keys)}" if keys else str(path)
    message = first["msg"].removeprefix("Value error, ")
    remedy = ""
    if expected := first.get("ctx", {}).get("expected"):
        remedy = nearest(str(first["input"]), re.findall(r"'([^']+)'", expected))
        message = f"{first['input']!r} is not one of {expected}"
    return UsageError(
        f"{where}: {message.rstrip('.?')}{'?' if message[-1:] == '?' else '.'}", remedy
    )
