"""Definitions as files: one TOML for each report, and in words what is wrong with one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import UsageError, nearest
from ops_widgets.invalid import Problem, problems, unknown_key, wrong_value
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
        raise _explained(path, problems(error)) from None


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


def _explained(path: Path, found: Sequence[Problem]) -> UsageError:
    """One of the things that are wrong: a typo before others, which often come of it."""
    first = next((one for one in found if one.is_unknown_key), found[0])
    if first.is_unknown_key:
        model = _MODELS.get(first.keys[0], Definition) if len(first.keys) > 1 else Definition
        known = [name for name in model.model_fields if name not in ("name", "path")]
        known += ["notebooks"] if model is Definition else ["name"] * ("name" in model.model_fields)
        return unknown_key(path, first.keys, known)
    if first.kind == "missing" and first.keys == ("notebook",):
        return UsageError(f"{path} names no notebook.", f"Known: {', '.join(ANALYSES)}.")
    return wrong_value(path, first)
