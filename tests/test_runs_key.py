"""The same key means the same pages: what counts for it, and what does not."""

import re
from datetime import date

from ops_widgets.publish.reports.definition_files import load_definition
from ops_widgets.publish.reports.expansion import RunSpec, views_of
from ops_widgets.publish.reports.key import notebook_sha256, run_key

from .schedules import BEFORE, FIRST, LAST
from .throwaway import write_notebook


def test_what_counts_for_the_key_and_what_does_not(daily, tmp_path):
    def key(as_of=LAST, text="", content="abc", source="shop", name="daily", cell="1"):
        parsed = load_definition(daily.define(text, name))
        spec = RunSpec(report=name, as_of=date.fromisoformat(as_of))
        path = write_notebook(tmp_path, "n", cell)
        digests = {FIRST: notebook_sha256(path)}
        return run_key(parsed, spec, views_of(parsed, spec, source), digests, content)

    daily.define()
    one = key()
    assert re.fullmatch("[0-9a-f]{16}", one)
    assert one == key(source="moved/shop") == key(text="[keep]\ndays = 3")
    anomaly = f'[[alert]]\nnumber = "{FIRST}.customers"\nkind = "anomaly"'
    others = [
        key(as_of=BEFORE), key(content="abd"), key(cell="2"), key(text=anomaly), key(name="other")
    ]  # fmt: skip
    assert len({one, *others}) == 6


def test_a_parameter_makes_another_key_however_it_is_written(daily, tmp_path):
    keys = set()
    for parameters in ("periods = 6", "periods = 7", 'periods = "7"'):
        path = daily.folder / "reports" / "daily.toml"
        path.write_text(f'[[notebook]]\nname = "{FIRST}"\nparameters = {{{parameters}}}')
        parsed = load_definition(path)
        spec = RunSpec(report="daily", as_of=date(2024, 3, 31))
        keys.add(run_key(parsed, spec, views_of(parsed, spec, "shop"), {}, ""))
    assert len(keys) == 2
