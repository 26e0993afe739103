"""Small inputs as people report them end right, or with a remedy that works when it is followed."""

import json
import re
import shutil
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

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
    if into_new := re.search(
        r"Write these lines into a new source.toml there:\n(.*)", remedy, re.S
    ):
        toml.write_text(into_new[1])
        return True
    if written := re.search(r"write in \[files\]: (\w+) = (\{.*\})", remedy):
        name, table = written[1], one_of(written[2], choose)
        text = re.sub(rf"(?m)^{name} = .*$", lambda _: f"{name} = {table}", toml.read_text())
        toml.write_text(text)
        return True
    if written := re.search(r"Say in columns .*?: ((\w+) = \{.*\})$", remedy):
        text = re.sub(
            rf'{written[2]} = ("[^"]*"|\{{.*?\}} \}})', lambda _: written[1], toml.read_text()
        )
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


ALIKE = {
    "decimal commas and days first": (
        "eu/eu.toml",
        {"unit_price": [1234.5, 3.5], "ordered_at": ["2025-03-31 18:00:00"] * 2},
    ),
    "a spreadsheet's days": (
        "excel",
        {"ordered_at": ["2023-12-31 22:36:00", "2024-01-02 11:23:00"]},
    ),
    "a tab under [files]": ("files_opts/amazon.toml", {"unit_price": [10, 5]}),
    "a semicolon under [files]": ("files_opts/eu.toml", {"unit_price": [3.5]}),
    "a semicolon that is said": ("files_opts/eu3.toml", {"unit_price": [3.5]}),
    "latin-1 under [files]": ("files_opts/latin.toml", {"product_id": ["café"]}),
    "Chinese": ("taobao/gbk.toml", {"customer_id": ["买家甲", "买家乙", "买家甲"]}),
    "Chinese as latin-1": (
        "taobao/gbk2.toml",
        {"product_id": ["保温杯 500ml", "茶叶罐", "保温杯 500ml"]},
    ),
    "Chinese as gbk": ("taobao/gbk3.toml", {"customer_id": ["买家甲", "买家乙", "买家甲"]}),
    "Chinese in UTF-8": ("taobao/utf8.toml", {"customer_id": ["买家甲", "买家乙", "买家甲"]}),
    "Chinese below ASCII": (
        "taobao/ascii_head.toml",
        {"customer_id": ["买家甲", "买家乙", "买家甲"]},
    ),
    "the same as latin-1": (
        "taobao/ascii_head2.toml",
        {"customer_id": ["买家甲", "买家乙", "买家甲"]},
    ),
    "quotes that are inches": (
        "amazon/bad.toml",
        {"unit_price": [39.9, 8.5, 24.0, 25.5, 30.0], "status": ["completed"] * 5},
    ),
    "a zone's name in one row": ("zone_leak", {"order_id": ["A1", "A3", "A4"]}),
    "a zone's name in one file": ("leak2", {"order_id": ["B", "C"]}),
}


@pytest.mark.parametrize("name", ALIKE)
def test_orders_are_right_once_the_remedies_are_followed(cases, name):
    file, expected = ALIKE[name]
    used, _, steps = followed(cases / file)
    orders = used["orders"].sort_values("order_id")
    for column, values in expected.items():
        found = orders[column]
        found = [str(one) for one in found] if column == "ordered_at" else found.tolist()
        assert found == values, steps


@pytest.mark.parametrize("file", ["g.toml", "g2.toml", "g3.toml", "g4.toml", "g5.toml"])
def test_an_ad_report_with_title_and_totals_is_right(cases, file):
    used, report, _ = followed(cases / "g1" / file)
    days = used["campaign_days"]
    assert (len(days), round(days.cost.sum(), 2), days.impressions.sum()) == (150, 3161.97, 391_758)
    result = report.tables["campaign_days"]
    assert (result.rows_in, result.rows_rejected, result.rows_left_out) == (152, 0, 2)
    assert report.problems == []


def test_an_export_that_found_nothing_says_so(cases):
    for source in (cases / "empty", cases / "empty" / "head.toml"):
        _, report, _ = followed(source)
        assert report.problems == [
            "'orders' has no usable row of 0: nothing but a header is there."
        ]


def test_zones_by_name_are_refused_and_say_why(cases):
    _, report, steps = followed(cases / "named" / "n.toml")
    (rule,) = report.tables["orders"].rules
    assert (rule.rule, rule.count, steps) == ("ordered_at_wrong_type", 4, [])
    assert "or with an offset" in rule.remedy


def test_a_delimiter_beside_a_sql_is_refused_with_its_place(cases):
    with pytest.raises(
        OpsError, match=r'\[files\] raw = \{ file = "export.csv", delimiter = ";" \}'
    ):
        load_config(cases / "files_opts" / "eu2.toml")


@pytest.mark.parametrize(
    "file", ["gads/g.toml", "gads/g16.toml", "amazon/sql.toml", "files_opts/eu4.toml"]
)
def test_a_sql_that_opens_files_may_when_the_source_says_so(cases, file, monkeypatch):
    source = cases / file
    # Its own paths start where the command is run.
    monkeypatch.chdir(source.parent)
    _, _, (remedy,) = look(source)
    assert "allow_sql_files = true" in remedy
    source.write_text(f"allow_sql_files = true\n{source.read_text()}")
    used, report, _ = look(source)
    assert used is not None, report


def test_written_forms_of_a_moment(cases):
    """By what the file says of itself: T00 is 16:09 in a zone eight hours behind, and so on."""
    used, _, _ = look(cases / "formats" / "all.toml")
    found = dict(zip(used["orders"].order_id, map(str, used["orders"].ordered_at), strict=True))
    ahead = {"T00", "T01", "T02", "T03"}
    assert {found[name] for name in ahead} == {"2025-01-05 00:09:00"}
    assert {found[f"T{n:02}"] for n in range(4, 9)} == {"2025-01-04 16:09:00"}
    assert found["T34"] == "2025-01-04 10:39:00"
    assert not {"T09", "T10", "T16", "T17", "T18", "T24", "T27", "T31", "T32"} & set(found)
    toml = cases / "formats" / "all.toml"
    declared = ["%d/%m/%Y %H:%M", "%Y%m%dT%H%M%SZ", "%Y年%m月%d日 %H:%M"]
    toml.write_text(f"{toml.read_text()}date_format = {json.dumps(declared)}\n")
    used, _, _ = look(toml)
    again = dict(zip(used["orders"].order_id, map(str, used["orders"].ordered_at), strict=True))
    assert again.items() >= found.items(), "what was read before reads the same"
    assert again["T16"] == again["T24"] == again["T30"]
    assert "T17" not in again, "a month of 13 is none"


@pytest.mark.parametrize("kind", ["json", "jsonl", "tsv", "xls", "xlsx", "zip"])
def test_a_file_that_is_not_what_its_name_says_is_named(cases, kind):
    _, report, (remedy,) = look(cases / "files_opts" / f"x_{kind}")
    assert report is None and remedy


def test_the_edits_of_these_tests_are_toml(cases):
    followed(cases / "g1" / "g5.toml")
    said = tomllib.loads((cases / "g1" / "g5.toml").read_text())["tables"]["campaign_days"]
    assert (said["skip"], said["thousands"], said["delimiter"]) == (2, ",", "\t")
