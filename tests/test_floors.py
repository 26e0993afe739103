"""Imports point down only, and what is heavy is loaded by whoever needs it, when needed."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ops_widgets"
FLOORS = {
    "errors": 0,
    "files": 0,
    "invalid": 0,
    "names": 0,
    "processes": 0,
    "contract": 0,
    "validation": 0,
    "periods": 0,
    "progress": 0,
    "sources": 0,
    "samples": 0,
    "summaries": 1,
    "metrics": 2,
    "occasions": 2,
    "stats": 2,
    "charts": 3,
    "views": 3,
    "analyses": 4,
    "widgets": 5,
    "publish": 6,
    "cli": 7,
}
#: On the lowest floor one room still stands on another: which of the others each may know.
GROUND = {
    "contract": set(),
    "sources": {"contract"},
    "validation": {"contract", "sources"},
    "samples": {"contract"},
}
#: What a room never imports, not even inside a function.
BARRED = {
    "contract": {"ibis", "duckdb", "pandas", "altair", "ipywidgets"},
    "samples": {"ibis", "altair", "ipywidgets"},
    "sources": {"altair", "ipywidgets"},
    "summaries": {"altair", "ipywidgets", "scipy", "statsmodels"},
    "metrics": {"altair", "ipywidgets", "ibis", "duckdb"},
    "occasions": {"altair", "ipywidgets", "ibis", "duckdb"},
    "stats": {"altair", "ipywidgets", "ibis", "duckdb"},
    "charts": {"ipywidgets", "ibis", "duckdb"},
    "analyses": {"ipywidgets", "ibis", "duckdb"},
    "views": {"altair", "ipywidgets", "ibis", "duckdb"},
    "widgets": {"ibis", "duckdb", "papermill", "voila"},
}
#: What a page does without until somebody asks for it; each costs up to some seconds to import.
HEAVY = ("holidays", "ibis", "scipy.stats", "statsmodels", "vl_convert", "papermill", "voila")
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def room_at(path: Path) -> str:
    """``ops_widgets/charts/theme.py`` -> ``charts``, ``ops_widgets/errors.py`` -> ``errors``."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def room_of(module: str) -> str:
    """``ops_widgets.charts.theme`` -> ``charts``; the package itself is no room."""
    return module.split(".")[1] if "." in module else ""


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide which floor is meant"
            # `from ops_widgets import charts` names a room only together with its alias.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            ours = str(node.module).startswith("ops_widgets")
            yield from names if ours else [str(node.module)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path):
    room = room_at(path)
    if room == "__init__":
        assert list(imports_of(path)) == []
        return
    assert room in FLOORS, f"give {room!r} a floor"
    for module in imports_of(path):
        other = room_of(module) if module.startswith("ops_widgets") else ""
        if other in FLOORS:
            assert FLOORS[other] <= FLOORS[room], f"{room} looks up to {module}"


@pytest.mark.parametrize(
    "path", [path for path in MODULES if FLOORS.get(room_at(path)) == 0], ids=name_of
)
def test_the_rooms_of_the_lowest_floor_stand_on_each_other(path):
    """The contract knows none of them; a helper beside the rooms, such as ``errors``, neither."""
    room = room_at(path)
    others = {room_of(module) for module in imports_of(path) if module.startswith("ops_widgets")}
    assert (others & GROUND.keys()) - {room} <= GROUND.get(room, set())


def test_the_contract_is_read_without_what_handles_data():
    code = (
        "import sys\n"
        "import ops_widgets.contract.dictionary\n"
        "print([name for name in ('ibis', 'duckdb', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_rooms_keep_to_their_trade(path):
    room = room_at(path)
    found = {module.split(".")[0] for module in imports_of(path)}
    assert not found & BARRED.get(room, set())


@pytest.mark.parametrize("path", sorted((PACKAGE / "analyses").glob("*/**/*.py")), ids=name_of)
def test_analyses_never_import_each_other(path):
    """What two of them need belongs to the kits below them."""
    own = path.relative_to(PACKAGE / "analyses").parts[0]
    for module in imports_of(path):
        parts = module.split(".")
        if parts[:2] == ["ops_widgets", "analyses"]:
            assert parts[2:3] == [own], f"{own} looks into {module}"


def test_nothing_but_a_panel_of_an_analysis_imports_what_draws():
    """Who checks a report's definition, or lists what there is, need not wait for a drawing."""
    drawing = ("altair", "ipywidgets", "anywidget", "vl_convert")
    code = (
        "import sys\n"
        "from ops_widgets.analyses import ANALYSES\n"
        f"print(len(ANALYSES), [name for name in {drawing!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, loaded = done.stdout.split(maxsplit=1)
    assert int(count) >= 3
    assert loaded == "[]\n"


def test_a_page_loads_nothing_heavy():
    """Everything that a notebook imports before it shows something."""
    code = (
        "import sys\n"
        "from ops_widgets.summaries.store import open_store\n"
        "from ops_widgets.analyses import ANALYSES\n"
        "[analysis.panels() for analysis in ANALYSES.values()]\n"
        "from ops_widgets.widgets.page import Page\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def at_module_level(path: Path) -> set[str]:
    """What a file imports when it is imported itself, as the dotted names of modules of ours."""
    found, waiting = set(), list(ast.parse(path.read_text("utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If):
            typing_only = "TYPE_CHECKING" in ast.dump(node.test)
            waiting += node.orelse if typing_only else [*node.body, *node.orelse]
        elif isinstance(node, ast.Try | ast.With):
            waiting += node.body
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # `from package import name` imports a module where the name is one.
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in BY_NAME else str(node.module) for name in names}
    return found & BY_NAME.keys()


def dotted(path: Path) -> str:
    """``ops_widgets/charts/theme.py`` -> ``ops_widgets.charts.theme``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


BY_NAME = {dotted(path): path for path in MODULES}


def test_no_module_imports_itself_by_way_of_others():
    graph = {name: at_module_level(path) - {name} for name, path in BY_NAME.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


@pytest.mark.parametrize("room", ["notebooks", "changes", "alerts"])
def test_what_publishes_knows_nothing_of_who_serves_or_asks(room):
    for path in (PACKAGE / "publish" / room).rglob("*.py"):
        for module in imports_of(path):
            assert not module.startswith(("ops_widgets.publish.server", "ops_widgets.cli")), path


def test_everything_imported_is_a_declared_dependency():
    """What another package happens to bring along may be gone with its next version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    tops = {module.split(".")[0] for path in MODULES for module in imports_of(path)}
    providers = packages_distributions()
    for top in sorted(tops - set(sys.stdlib_module_names) - {"ops_widgets"}):
        distributions = {canonicalize_name(name) for name in providers.get(top, [top])}
        assert distributions & declared, f"{top} is imported but not in pyproject.toml"
