"""Floor 6: running notebooks, pages, the app server."""

from pathlib import Path

#: The package: other code may make other pages.
PACKAGE = Path(__file__).resolve().parents[1]
#: The folder of the notebooks: beside the package, in a clone of the project.
NOTEBOOKS = PACKAGE.parent / "notebooks"
