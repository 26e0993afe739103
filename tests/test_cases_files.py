"""Small inputs as people report them end right, or with a remedy that works when it is followed."""

import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import tomllib

from ops_widgets.errors import OpsError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation.checks import check

CASES = Path(__file__).parents[2] / "shared" / "cases"
NOW = datetime(2026, 1, 1, 12)
#: More steps than any of them should take.
MOST_STEPS = 8

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the reported inputs are not here")


@pytest.fixture
def cases(tmp_path):
    """A copy of all inputs, to be edited."""
    shutil.copytree(CASES, tmp_path / "cases")
    return tmp_path / "cases"


def look(source):
    """What is used of each table, as frames, the report, and the next remedy (or none)."""
    try:
        with open_source(load_config(source)) as opened:
            found = check(opened, now=NOW)
            used = {name: table.execute() for name, table in found.used.items()}
            rules = [rule for table in found.report.tables.values() for rule in table.rules]
            asked = [rule.remedy for rule in rules if rule.severity == "reject"]
            return used, found.report, asked
    except OpsError as error:
        return None, None, [error.remedy]


def follow(source, remedy, choose=0):
    """Edit the TOML as ``remedy`` says; False where it names nothing to write."""
    toml = source if source.suffix == ".toml" else source / "source.toml"
    if into_new := re.search(r"Write these lines into a new source.toml there:\n(.*)", remedy, re.S):
        toml.write_text(into_new[1])
        return True
    if written := re.search(r"write in \[files\]: (\w+) = (\{.*\})", remedy):
        name, table = written[1], one_of(written[2], choose)
        text = re.sub(rf"(?m)^{name} = .*$", lambda _: f"{name} = {table}", toml.read_text())
        toml.write_text(text)
        return True
    if written := re.search(r"Add to \[([\w.]+)\] in [\w.]+: (.*)", remedy, re.S):
        section, lines = written[1], one_of(written[2], choose)
        key = lines.split(" = ")[0]
        text = re.sub(rf"(?m)^{key} = .*\n", "", toml.read_text())
        toml.write_text(text.replace(f"[{section}]\n", f"[{section}]\n{lines}\n", 1))
        return True
    return False


def one_of(said, choose):
    """The one of some alternatives, without what is said about them."""
    said = re.sub(r" \((it then reads .*?|the data do not say.*?)\)", "", said)
    said = re.sub(r"\. If .*$", "", said, flags=re.S).split(": the one")[0]
    key, is_list, rest = said.partition(" = ")
    values = rest.split(" or ")
    return f"{key}{is_list}{values[choose]}" if len(values) > 1 else said


def followed(source, choose=0):
    """What a source gives once every remedy that names an option has been followed."""
    steps = []
    for _ in range(MOST_STEPS):
        used, report, asked = look(source)
        if not any(follow(source, remedy, choose) and not steps.append(remedy) for remedy in asked):
            return used, report, steps
    raise AssertionError(f"{source} asks on and on: {steps}")


def moments(frame, name="ordered_at"):
    return [str(one) for one in frame.sort_values("order_id")[name]]
