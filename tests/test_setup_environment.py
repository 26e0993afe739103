"""Whoever sets up by pip, by the lock or by conda gets the same direct dependencies."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-spark.lock",
    "requirements-bench.lock",
)
#: Where conda-forge calls a distribution something else than PyPI does.
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "ibis-framework": "ibis-duckdb",
    "tzdata": "python-tzdata",
}


def requirements(lines: list[str]) -> dict[str, SpecifierSet]:
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r.specifier for r in parsed}


def pins(lock: str) -> set[tuple[str, str]]:
    text = (ROOT / lock).read_text("utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE)
    assert found, f"{lock} pins nothing"
    return {(canonicalize_name(name), version) for name, version in found}


DIRECT = requirements(PROJECT["project"]["dependencies"])
BUILD = requirements(PROJECT["dependency-groups"]["build"])
BENCH = requirements(PROJECT["dependency-groups"]["bench"])
DEVELOPMENT = requirements(PROJECT["dependency-groups"]["dev"])
EXTRAS = {
    name: requirements(lines) for name, lines in PROJECT["project"]["optional-dependencies"].items()
}


def test_conda_users_get_the_same_dependencies_in_the_same_ranges():
    text = (ROOT / "environment.yml").read_text("utf-8")
    section = text.split("dependencies:\n", 1)[1].split("  - pip:\n")[0]
    listed = requirements(re.findall(r"^  - (\S+)$", section, re.MULTILINE))
    assert listed.pop("python") == SpecifierSet(PROJECT["project"]["requires-python"])
    assert listed.pop("pip") == SpecifierSet()
    assert listed == {CONDA_NAMES.get(name, name): wanted for name, wanted in DIRECT.items()}


def test_conda_users_get_the_package_itself_by_pip():
    text = (ROOT / "environment.yml").read_text("utf-8")
    assert re.search(r"^  - pip:\n      - -e \.$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", DIRECT | BUILD),
        ("requirements-dev.lock", DIRECT | BUILD | DEVELOPMENT),
        ("requirements-spark.lock", DIRECT | EXTRAS["postgres"] | EXTRAS["spark"]),
        ("requirements-bench.lock", DIRECT | BENCH),
    ],
)
def test_every_direct_dependency_is_locked_within_its_range(lock, wanted):
    locked = pins(lock)
    for name, allowed in wanted.items():
        versions = [version for pinned, version in locked if pinned == name]
        assert versions, f"{name} is not in {lock}: run make lock"
        assert all(v in allowed for v in versions), f"{name} {versions} is outside {allowed}"


def test_what_builds_the_package_is_locked_too():
    """The set-up installs without build isolation: the backend must come from the lock."""
    wanted = requirements(PROJECT["build-system"]["requires"])
    assert wanted.items() <= BUILD.items()


def test_the_development_lock_holds_the_plain_one():
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_all_locks_pin_the_same_versions(lock):
    for other in LOCKS:
        shared = {name for name, _ in pins(lock)} & {name for name, _ in pins(other)}
        ours, theirs = ({pin for pin in pins(one) if pin[0] in shared} for one in (lock, other))
        assert ours == theirs, f"{lock} and {other}: run make lock"


def test_tests_need_no_spark():
    """430 MB are asked of CI and of whoever wants them, not of everybody who runs the tests."""
    assert "pyspark" not in {name for name, _ in pins("requirements-dev.lock")}


def test_the_locked_spark_is_one_that_ibis_knows():
    known = [Requirement(line) for line in metadata.requires("ibis-framework") or ()]
    [allowed] = [r.specifier for r in known if r.name == "pyspark"]
    [version] = [version for name, version in pins("requirements-spark.lock") if name == "pyspark"]
    assert version in allowed


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock):
    text = (ROOT / lock).read_text("utf-8")
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


@pytest.mark.parametrize(
    "name", [*LOCKS, "pyproject.toml", "environment.yml", "Makefile", ".ci/run"]
)
def test_no_file_names_a_registry(name):
    """A mirror or a closed network works: pip's own configuration says where packages are."""
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"\w+://|index-url|find-links|trusted-host", text)
