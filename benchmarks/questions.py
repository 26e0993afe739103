"""The same five questions, asked of the summaries and of the raw files by pandas and polars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.answers import QUESTIONS
from benchmarks.figures import Figure, number
from benchmarks.processes import Died, fresh
from benchmarks.shop import Shop

PART = "questions"
#: How many times the size of a table pandas held at its peak, with 10 million events.
WORKING = {"orders": 4.5, "events": 2.2}
#: The share of the free memory that it may take: the machine has other work to do.
ALLOWED = 2 / 3


def question_figures(millions: int, shop: Shop, full_seconds: float) -> Iterator[Figure]:
    """Every question in a fresh process of its own; ``full_seconds`` is what a full build takes.

    Raises ``AssertionError`` where an answer is not exactly ours.
    """
    from benchmarks.answers import in_pandas, in_polars, ours

    peers: dict[str, Callable[..., dict[str, Any]]] = {
        "pandas": in_pandas.answer,
        "polars": in_polars.answer,
    }
    spent = {"ours": 0.0} | dict.fromkeys(peers, 0.0)
    missing: dict[str, str] = {}
    for question, text in QUESTIONS.items():
        mine = fresh(ours.answer, shop.folder, question)
        spent["ours"] += mine["seconds"]
        note = f"{mine['peak_mb']:,.0f} MB"
        yield Figure(PART, f"{text}: ours", millions, 1000 * mine["seconds"], "ms", note=note)
        for peer, answer in peers.items():
            what = f"{text}: {peer}"
            its = _asked(shop, question, peer, answer)
            if isinstance(its, str):
                missing[peer] = its
                yield Figure(PART, what, millions, None, "s", note=f"skipped: {its}")
                continue
            assert its["rows"] == mine["rows"], _difference(what, mine["rows"], its["rows"])
            spent[peer] += its["seconds"]
            times = number(its["seconds"] / mine["seconds"])
            note = f"{times} × ours, {its['peak_mb']:,.0f} MB"
            yield Figure(PART, what, millions, its["seconds"], "s", note=note)
    with_build = spent["ours"] + full_seconds
    yield Figure(PART, "all five: ours", millions, spent["ours"], "s")
    yield Figure(PART, "all five: ours with the one full build", millions, with_build, "s")
    for peer in peers:
        what = f"all five: {peer}"
        if peer in missing:
            yield Figure(PART, what, millions, None, "s", note="not all were answered")
            continue
        note = (
            f"{number(spent[peer] / spent['ours'])} × ours, "
            f"{number(spent[peer] / with_build)} × ours with the build"
        )
        yield Figure(PART, what, millions, spent[peer], "s", note=note)


def _asked(
    shop: Shop, question: str, peer: str, answer: Callable[..., dict[str, Any]]
) -> dict[str, Any] | str:
    """The answer of a peer, or why there is none."""
    if peer == "pandas" and (reason := too_large(shop, question)):
        return reason
    try:
        return fresh(answer, shop.folder, question)
    except Died:
        return "killed for want of memory"


def too_large(shop: Shop, question: str) -> str:
    """Why pandas could not answer within the memory that it may take; empty where it can."""
    from benchmarks.answers import in_pandas

    table = "events" if question == "weekly_visitors" else "orders"
    rows = sum(shop.rows[str(path.relative_to(shop.folder))] for path in shop.files(table))
    measured = fresh(in_pandas.row_bytes, shop.files(table)[0], question)["bytes"]
    need, allowed = WORKING[table] * rows * measured / 1e9, ALLOWED * free_memory() / 1e9
    if need <= allowed:
        return ""
    return f"would need {need:.0f} GB, more than the {allowed:.0f} GB that it may take"


def free_memory() -> float:
    """Bytes that a program can have now (Linux)."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return 1024 * int(next(one for one in lines if one.startswith("MemAvailable")).split()[1])


def _difference(what: str, ours: list[Any], theirs: list[Any]) -> str:
    """Some rows that only one of the two answers has."""
    only_ours = [row for row in ours if row not in theirs][:3]
    only_theirs = [row for row in theirs if row not in ours][:3]
    return f"{what}: only we say {only_ours}, only they say {only_theirs}"
