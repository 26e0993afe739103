"""Figures with their targets, kept as JSON and shown as tables."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from benchmarks.processes import ROOT

RAW = ROOT / "benchmarks" / "results.json"
RESULTS = ROOT / "benchmarks" / "results.md"
#: What the millions of a part are, where they are not events.
COUNTED = {"campaigns": "customers of campaigns"}


@dataclass(frozen=True)
class Figure:
    """One thing that was measured in a shop of so many ``millions`` of events (0: the samples).

    ``value`` is None where nothing could be measured, and ``note`` says why. A smaller value is
    a better one, ``stretch`` is better than the ``target``; without a target the figure is there
    to explain others.
    """

    part: str
    what: str
    millions: int
    value: float | None
    unit: str
    target: float | None = None
    stretch: float | None = None
    note: str = ""

    def cell(self) -> str:
        """The figure with its verdict, as a cell of a table."""
        if self.value is None:
            return self.note
        note = f" ({self.note})" if self.note else ""
        return f"{number(self.value)} {self.unit}{self.verdict}{note}"

    @property
    def verdict(self) -> str:
        """Whether the target was met, with a space before it; empty without one."""
        if self.value is None or self.target is None:
            return ""
        if self.stretch is not None and self.value <= self.stretch:
            return " met, stretch too"
        return " met" if self.value <= self.target else " **missed**"

    @property
    def wanted(self) -> str:
        """The target in words; empty without one."""
        if self.target is None:
            return ""
        stretch = "" if self.stretch is None else f" (stretch {self.stretch:g})"
        return f"{self.target:g} {self.unit}{stretch}"


def number(value: float) -> str:
    """``value`` in about three digits."""
    return f"{value:{',.0f' if value >= 100 else ',.1f' if value >= 10 else ',.2f'}}"


@dataclass
class Results:
    """All figures that were ever measured, the newest of each; kept in :data:`RAW`."""

    figures: list[Figure]
    #: Part and size -> day, commit and machine.
    measured: dict[str, list[str]]

    @classmethod
    def load(cls) -> Results:
        """What earlier runs left."""
        if not RAW.exists():
            return cls([], {})
        raw = json.loads(RAW.read_text("utf-8"))
        return cls([Figure(**one) for one in raw["figures"]], raw["measured"])

    def replace(self, part: str, millions: int, figures: Iterable[Figure]) -> None:
        """Put ``figures`` in place of all earlier ones of that part and size."""
        found = list(figures)
        kept = [one for one in self.figures if (one.part, one.millions) != (part, millions)]
        self.figures = kept + found
        self.measured[f"{part} {millions}"] = [str(date.today()), commit(), machine()]

    def value(self, part: str, what: str, millions: int) -> float:
        """One figure; raises ``LookupError`` if it was never measured."""
        for one in self.figures:
            if (one.part, one.what, one.millions) == (part, what, millions) and one.value:
                return one.value
        raise LookupError(f"{what}, {millions} million: measure {part} first (--only {part})")

    def save(self) -> None:
        """Keep them for the next run."""
        raw = {"measured": self.measured, "figures": [asdict(one) for one in self.figures]}
        RAW.write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", "utf-8")

    def render(
        self,
        titles: dict[str, str],
        derived: Callable[[list[Figure]], list[Figure]],
    ) -> str:
        """All parts in the order of ``titles``, with what is ``derived`` from all sizes."""
        figures = self.figures + derived(self.figures)
        lines = ["# Benchmarks", "", "Written by `make bench` and `make bench-large`:"]
        lines += ["what is measured, and how, is said in [README.md](README.md)."]
        machines = sorted({machine for *_, machine in self.measured.values()})
        lines += ["", f"Measured on {'; and on '.join(machines)}.", ""]
        for part, title in titles.items():
            if chosen := [one for one in figures if one.part == part]:
                lines += [f"## {title}", "", *table(chosen), "", *self._origin(part), ""]
        return "\n".join(lines).rstrip() + "\n"

    def _origin(self, part: str) -> list[str]:
        """The day and the code of the figures of a part, each said once."""
        of: dict[str, list[str]] = {}
        for key, (day, code, _) in self.measured.items():
            name, millions = key.rsplit(" ", 1)
            if name == part:
                size = f"{millions} m" if millions != "0" else "samples"
                of.setdefault(f"{day}, {code}", []).append(size)
        said = [f"{', '.join(sizes)}: {text}" for text, sizes in of.items()]
        return [f"Measured {'; '.join(said)}."]


def table(figures: list[Figure]) -> list[str]:
    """Markdown: a line for everything that was measured, a column for every size."""
    sizes, rows = sorted({one.millions for one in figures}), COUNTED.get(figures[0].part, "events")
    heads = [f"{millions} m {rows}" if millions else "samples" for millions in sizes]
    lines = [f"| what | target | {' | '.join(heads)} |", "|---|---|" + "---|" * len(sizes)]
    for what in dict.fromkeys(one.what for one in sorted(figures, key=lambda one: -one.millions)):
        cells = {one.millions: one for one in figures if one.what == what}
        wanted = next(iter(cells.values())).wanted
        shown = [cells[size].cell() if size in cells else "" for size in sizes]
        lines.append(f"| {what} | {wanted} | {' | '.join(shown)} |")
    return lines


def commit() -> str:
    """The commit that is measured, ``+`` with changes of the package that are in none."""
    head = _git("rev-parse", "--short", "HEAD")
    return f"commit {head}{'+' if _git('status', '--porcelain', 'ops_widgets') else ''}"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout[:-1]


def machine() -> str:
    """One line that says what the figures were measured on."""
    import duckdb

    cpus = Path("/proc/cpuinfo")
    names = cpus.read_text().splitlines() if cpus.exists() else []
    model = next((n.split(":", 1)[1].strip() for n in names if n.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
