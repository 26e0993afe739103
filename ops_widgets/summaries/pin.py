"""Hold on to one generation of summaries while a run of several processes reads it.

A build removes the generation before the last; whoever has opened a file keeps it, but a run
opens it again in every notebook. A pin is a second name of the file in a folder of the run's own.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from ops_widgets.files import OWNER
from ops_widgets.sources.config import SourceConfig
from ops_widgets.summaries.manifest import read_manifest, store_folder, write_manifest

#: The folder of a pin, for the processes of a run.
PIN_VARIABLE = "OPS_PINNED_STORE"


def pin(config: SourceConfig, folder: Path) -> dict[str, Any]:
    """Pin the summaries in force in ``folder`` (made here); returns their manifest.

    It costs a link, or a copy where the two folders are on different disks. Raises
    ``FileNotFoundError`` when there are no summaries.
    """
    OWNER.make_folder(folder)
    own = store_folder(config)
    for _ in range(5):
        manifest = read_manifest(own)
        if manifest is None:
            break
        target = folder / manifest["store"]
        try:
            os.link(own / manifest["store"], target)
        except FileNotFoundError:
            continue  # replaced and removed between the two steps
        except OSError:
            shutil.copyfile(own / manifest["store"], target)
        return write_manifest(folder, manifest)
    raise FileNotFoundError(f"There are no summaries in {own}.")


def pinned_folder(config: SourceConfig) -> Path | None:
    """The folder that this process is to read ``config`` from, if it is pinned."""
    pinned = os.environ.get(PIN_VARIABLE)
    if not pinned:
        return None
    manifest = read_manifest(Path(pinned))
    same = manifest is not None and manifest["source"]["path"] == str(config.path)
    return Path(pinned) if same else None
