"""What every file of a source holds now: profiled once, remembered until the file changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

import ibis.expr.types as ir

from ops_widgets.contract import TABLES
from ops_widgets.sources.connect import Source
from ops_widgets.summaries.expressions import named
from ops_widgets.summaries.partials.file import PartialFile
from ops_widgets.summaries.partials.profiles import ProfiledFile, profiled, remember
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.currencies import Currencies
from ops_widgets.validation.profile import NO_FILE, profile_table
from ops_widgets.validation.rows import Rows


def profiled_files(
    source: Source,
    partials: PartialFile,
    name: str,
    used: Mapping[str, ir.Table],
    known: Mapping[str, RowCounts],
    currencies: Currencies,
    judged: Callable[[Collection[str]], Rows],
) -> dict[str, ProfiledFile]:
    """Every file of the table ``name``, remembered by ``partials`` or profiled now.

    ``judged`` gives the rows of some of its files (of all, where there are none). ``used`` are the
    used rows of the tables that this one's rules refer to, ``known`` what they hold: what is
    remembered holds only while they are the same, as are the rates of its months.
    """
    rules = [rule for rule in TABLES[name].rules if rule.kind == "known_in"]
    refers = {rule.reference.split(".")[0] for rule in rules}
    digests = [str(known[other].digest) for other in sorted(refers) if other in known]
    marks = {
        file: "-".join([identity, *digests]) for file, identity in source.identities(name).items()
    }
    whole = source.reading(name)

    def marked(file: str, months: Collection[int]) -> str:
        return marks.get(file, "") + currencies.mark(whole, months)

    remembered = profiled(partials, name)
    kept = {
        file: one
        for file, one in remembered.items()
        if file in marks and marked(file, one.months) == one.identity and not _in_future(one)
    }
    if NO_FILE in remembered or not marks:
        kept = {}
    fresh = [file for file in marks if file not in kept]
    if marks and not fresh:
        return kept
    rows = judged(fresh)
    found = profile_table(rows, used)
    channels = _channels(rows)
    files = dict(kept)
    for file in {*fresh, *found}:
        months = found.get(file, {})
        files[file] = ProfiledFile(marked(file, months), months, channels.get(file, ()))
    remember(partials, name, files)
    return files


def _channels(judged: Rows) -> dict[str, tuple[str, ...]]:
    """File -> channels of the rows in it, rows that are set aside among them."""
    reading, rows = judged.reading, judged.raw
    if "channel" not in reading.present or not TABLES[reading.table.name].dated:
        return {}
    seen = rows.select("_file", channel=judged.values(rows)["channel"]).distinct()
    seen = seen.select("_file", channel=named(seen.channel))
    found: dict[str, set[str]] = defaultdict(set)
    for row in judged.run(seen):
        found[row["_file"] or NO_FILE].add(row["channel"])
    return {file: tuple(sorted(names)) for file, names in found.items()}


def _in_future(one: ProfiledFile) -> bool:
    """Whether rows lay in the future when they were profiled, and may no longer do."""
    return any(
        rule.endswith("_in_future") for counts in one.months.values() for rule in counts.rejected
    )
