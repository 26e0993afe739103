"""The headline numbers of notebooks for other parameters, computed without drawing anything.

A difference between two runs has to be split: what would today's notebook have recorded last
week? One short-lived process answers any number of such requests, and evaluates nothing that does
not stand in a notebook: parameters become values, never code.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops_widgets.publish import NOTEBOOKS
from ops_widgets.widgets.render import NUMBERS_TYPE, RENDER_VARIABLE

#: Seconds for all requests together: numbers are sums over small summaries.
PATIENCE = 120.0
#: Tags of the cells that set parameters: the author's own, and what an earlier run injected.
SETTING = frozenset({"parameters", "injected-parameters"})


@dataclass(frozen=True)
class Request:
    """A notebook, committed or executed, and the parameters that differ from its own."""

    notebook: Path
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Recomputed:
    """Headline numbers as the notebook recorded them; without any, the ``reason`` in words."""

    numbers: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""

    def value(self, name: str) -> int | float | None:
        """The value of one number; None: it is unknown, or there is no such number."""
        return next((n["value"] for n in self.numbers if n["name"] == name), None)


def recompute(
    requests: Sequence[Request],
    *,
    folder: Path = NOTEBOOKS,
    environment: Mapping[str, str] | None = None,
    timeout: float = PATIENCE,
) -> list[Recomputed]:
    """Answer ``requests`` in order, in one process that works in ``folder``.

    ``environment`` adds to that of this process. Never raises for what a notebook does: an
    answer without numbers says why, also for those that the ``timeout`` (seconds, for all
    together) or the end of the process left without one.
    """
    if not requests:
        return []
    # The process itself has no use for what runs whole notebooks, and starts faster without.
    from ops_widgets.publish.notebooks.execute import FOREIGN_VARIABLES

    own = {k: v for k, v in os.environ.items() if k not in FOREIGN_VARIABLES}
    asked = [{"notebook": str(r.notebook.resolve()), "parameters": r.parameters} for r in requests]
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=own | {RENDER_VARIABLE: "numbers"} | dict(environment or {}),
        start_new_session=True,
    )
    late = f"It was not restated: the time for that ({timeout:g} s) was over."
    reason = "It was not restated: the process that restates ended early."
    try:
        output, _ = process.communicate(json.dumps(asked).encode(), timeout=timeout)
    except subprocess.TimeoutExpired:
        reason = late
        _end(process)
        output, _ = process.communicate()
    finally:
        _end(process)
    answers = [Recomputed(**json.loads(line)) for line in output.splitlines()]
    return answers + [Recomputed(reason=reason)] * (len(requests) - len(answers))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process with all that a cell may have started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _answer_all() -> None:
    """The process's own part: requests from standard input, an answer a line."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # What a cell prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.buffer.read())
    quiet = Config(
        {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    )
    shell = InteractiveShell.instance(config=quiet)
    for one in asked:
        shell.reset(new_session=False)
        answers.write(json.dumps(_answer(shell, **one)) + "\n")
        answers.flush()


def _answer(shell: Any, notebook: str, parameters: dict[str, Any]) -> dict[str, Any]:
    from IPython.utils.capture import capture_output

    try:
        # As plain JSON: nbformat takes a second to be imported.
        read = json.loads(Path(notebook).read_text("utf-8"))["cells"]
        code = [cell for cell in read if cell["cell_type"] == "code"]
        cells = [(source, cell) for cell in code if (source := "".join(cell["source"])).strip()]
    except Exception as error:
        return {"reason": f"{Path(notebook).name} cannot be read: {error}"}
    found: dict[str, Any] = {}
    shell.user_ns.update(parameters)
    for step, (source, cell) in enumerate(cells, start=1):
        with capture_output() as captured:
            result = shell.run_cell(source, store_history=False)
        if not result.success:
            raised = result.error_before_exec or result.error_in_exec
            reason = " ".join(f"{type(raised).__name__}: {raised}".split())
            return {"reason": f"Step {step} of {len(cells)}: {reason}"}
        if not SETTING.isdisjoint(cell["metadata"].get("tags", [])):
            shell.user_ns.update(parameters)
        bundles = [output.data for output in captured.outputs]
        if hasattr(result.result, "_repr_mimebundle_"):  # the cell's last expression
            bundles.append(result.result._repr_mimebundle_())
        for bundle in bundles:
            found = bundle.get(NUMBERS_TYPE, found)
    if not found:
        return {"reason": "It recorded no headline numbers."}
    return {"numbers": found["numbers"], "reason": found.get("missing", "")}


if __name__ == "__main__":
    _answer_all()
