"""Floor 5: running notebooks, pages, the app server."""

from pathlib import Path

#: The folder of the notebooks: beside the package, in a clone of the project.
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
