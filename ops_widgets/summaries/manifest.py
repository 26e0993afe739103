"""Where the summaries of a source live, and the manifest that says what they are."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ops_widgets.files import write_atomically
from ops_widgets.sources.config import SOURCE_FILE, SourceConfig

STORE_VARIABLE = "OPS_STORE"


def store_folder(config: SourceConfig) -> Path:
    """The folder of a source's summaries.

    ``OPS_STORE`` (one folder for all sources) wins over the source's own ``store``; without
    either it is ``.ops`` beside the data.
    """
    if root := os.environ.get(STORE_VARIABLE):
        digest = hashlib.sha256(str(config.path).encode()).hexdigest()[:8]
        return Path(root).expanduser().resolve() / f"{config.name}-{digest}"
    base = config.path if config.path.is_dir() else config.path.parent
    if config.store:
        return (base / Path(config.store).expanduser()).resolve()
    of_folder = config.path.is_dir() or config.path.name == SOURCE_FILE
    return base / ".ops" / ("" if of_folder else config.path.stem)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest in force, or None when there is none or the store it names is gone."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        return manifest if (folder / manifest["store"]).is_file() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_manifest(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Put ``manifest`` in force, in one step that a crash cannot split; as it reads back."""
    text = json.dumps(manifest, indent=1, default=str)
    write_atomically(folder / "manifest.json", text)
    in_force: dict[str, Any] = json.loads(text)
    return in_force
