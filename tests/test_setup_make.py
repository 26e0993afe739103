"""`make` explains itself, and says what a machine lacks instead of failing half-way."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def make(*arguments, folder=ROOT):
    command = ["make", "--no-print-directory", "-f", ROOT / "Makefile", *arguments]
    # What an outer make hands down (its flags, its variables) must not change what is tested.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture
def clone(tmp_path):
    """A folder with what the set-up reads, and no virtual environment yet."""
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    return tmp_path


def python_that(folder, answer):
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


@pytest.mark.parametrize(
    "target",
    ["report", "test", "lab", "serve", "bench", "bench-large", "lint", "lock", "setup-engines"],
)
def test_make_alone_lists_every_target(target):
    lines = [line.split(maxsplit=2) for line in make().stdout.splitlines()]
    [explained] = [line for line in lines if line[:2] == ["make", target]]
    assert len(explained[2]) > 10


def test_an_old_python_is_named_and_the_way_to_choose_another(clone):
    done = make("setup", python_that(clone, "exit 1"), folder=clone)
    assert done.returncode != 0
    assert "older than 3.11" in done.stderr
    assert "make PYTHON=" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_python_without_venv_says_which_package_brings_it(clone):
    answer = 'case "$2" in *ensurepip*) exit 1;; esac'
    done = make("setup", python_that(clone, answer), folder=clone)
    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr


def test_an_interrupted_set_up_begins_again_from_nothing(clone):
    """pip takes half an installed package for a whole one."""
    (clone / ".venv").mkdir()
    (clone / ".venv" / "setup-started").touch()
    (clone / ".venv" / "half").touch()
    # This python passes the checks and cannot make an environment: the set-up ends there.
    answer = 'case "$1" in -c) exit 0;; *) exit 1;; esac'
    assert make("setup", python_that(clone, answer), folder=clone).returncode != 0
    assert not (clone / ".venv" / "half").exists()


def test_a_finished_set_up_is_left_alone(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv" / "setup-done").touch()
    done = make("setup", "PYTHON=false", folder=clone)
    assert done.returncode == 0
    assert "Nothing to be done" in done.stdout


def test_another_lock_is_set_up_again(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv" / "setup-done").touch()
    os.utime(clone / ".venv" / "setup-done", (0, 0))
    assert make("setup", python_that(clone, "exit 1"), folder=clone).returncode != 0
