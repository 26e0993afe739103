"""Execute one notebook by Papermill and decide whether it is complete.

Papermill alone cannot be trusted with the verdict: a cell that calls ``sys.exit(0)`` ends the
notebook with success and the later cells are never executed. Here a notebook is complete when
every code cell was executed and the last one recorded the headline numbers.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

import nbformat
import papermill
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from ops_widgets.errors import OpsError, shortened
from ops_widgets.publish.notebooks.payloads import payloads
from ops_widgets.widgets.render import NUMBERS_TYPE, RENDER_VARIABLE

#: Variables of the app server that would make a notebook look at something else.
FOREIGN_VARIABLES = ("OPS_SOURCE", "QUERY_STRING")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LONGEST_REASON = 400
#: IPython would write the code of every cell that is ever executed into the user's home.
FORGETFUL = "--HistoryManager.enabled=False"


@dataclass(frozen=True)
class NotebookResult:
    """What came of one notebook: complete when ``failure`` is empty, else why it is not.

    ``missing`` says which table or column the source lacks for the headline ``numbers``, and
    ``needs`` names it; ``findings`` are those of the page, or what it ``looked_at`` without
    finding anything; ``reaches`` is the last whole day of the data, as ISO text;
    ``changed`` are those of the ``parameters`` that differ from the notebook's own. ``cells``
    are the seconds of each code cell that ended; ``died`` says that the kernel did.
    """

    notebook: str
    title: str
    failure: str = ""
    numbers: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    missing: str = ""
    looked_at: list[str] = field(default_factory=list)
    needs: str = ""
    reaches: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    cells: list[float] = field(default_factory=list)
    died: bool = False
    traceback: str = ""
    node: NotebookNode | None = field(default=None, repr=False, compare=False)


class ReportKernel(AsyncKernelManager):
    """A kernel of this very Python that renders static output and sees no visitor's link.

    Kernel specifications of the user are passed over: a ``python3`` of theirs is another Python.
    """

    running: ClassVar[WeakSet[ReportKernel]] = WeakSet()
    #: Variables added to those of this process.
    variables: ClassVar[Mapping[str, str]] = {}

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of an IPython kernel on ``sys.executable``."""
        return KernelSpec(**get_kernel_dict(extra_arguments=["--log-level=CRITICAL", FORGETFUL]))

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start with an environment of its own; that of this process stays as it is."""
        environment = {k: v for k, v in os.environ.items() if k not in FOREIGN_VARIABLES}
        environment |= {RENDER_VARIABLE: "static", **self.variables}
        environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a warning nobody can act upon
        self.running.add(self)
        # What cells print is in the notebook; what a kernel says while it ends helps nobody.
        await super().start_kernel(env=environment, stderr=subprocess.DEVNULL, **options)

    @classmethod
    def pids(cls) -> list[int]:
        """The processes of the running kernels."""
        processes = [getattr(k.provisioner, "process", None) for k in list(cls.running)]
        return [p.pid for p in processes if p is not None and p.poll() is None]

    @staticmethod
    def kill(pid: int) -> None:
        """End a kernel, and all that its cells have started, at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # a kernel leads a session of its own

    @classmethod
    def kill_all(cls) -> None:
        """End every running kernel; the threads that wait for one end with it."""
        for pid in cls.pids():
            cls.kill(pid)


def execute_notebook(
    path: Path,
    output: Path,
    parameters: Mapping[str, Any],
    variables: Mapping[str, str] | None = None,
) -> NotebookResult:
    """Execute the notebook at ``path`` with ``parameters`` and write it to ``output``.

    The kernel works in the notebook's own folder, with ``variables`` in its environment. Never
    raises for what a cell does: the result says why a notebook is not complete, in a sentence.
    """
    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # the result says it all
    result: dict[str, Any] = {"notebook": path.stem, "parameters": dict(parameters)}
    kernel = type("Kernel", (ReportKernel,), {"variables": dict(variables or {})})
    died, started = False, time.monotonic()
    try:
        node = papermill.execute_notebook(
            _escaped(path),
            _escaped(output),
            parameters=dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=kernel,
            resources={"metadata": {"path": str(path.parent)}},
        )
        failure = verdict(node)
    except PapermillExecutionError:
        node = nbformat.read(output, as_version=4)
        failure = verdict(node)
    except DeadKernelError:
        node = nbformat.read(output, as_version=4)
        failure = f"{verdict(node)} Its kernel died: perhaps the machine ran out of memory."
        died = True
    record = _record(node)
    return NotebookResult(
        title=title_of(node) or path.stem,
        failure=failure,
        numbers=record.get("numbers", []),
        findings=record.get("findings", []),
        missing=record.get("missing", ""),
        looked_at=record.get("looked_at", []),
        needs=record.get("needs", ""),
        reaches=record.get("reaches", ""),
        seconds=time.monotonic() - started,
        cells=[_seconds(cell) for cell in _code_cells(node)],
        died=died,
        traceback=_traceback(node) if failure else "",
        node=node,
        **result,
    )


def _escaped(path: Path) -> str:
    """A path as Papermill takes it: braces would be read as places for parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def verdict(node: NotebookNode) -> str:
    """Empty when every code cell ran and the last recorded its numbers, else what went wrong."""
    cells = _code_cells(node)
    for step, cell in enumerate(cells, start=1):
        where = f"It stopped at step {step} of {len(cells)}"
        for output in cell.outputs:
            if output.output_type == "error":
                return f"{where}: {_reason(output.ename, output.evalue)}"
        if cell.execution_count is None:
            return f"{where}: from there on nothing ran."
    return "" if _record(node) else "Its last step recorded no headline numbers."


def title_of(node: NotebookNode) -> str:
    """The ``title`` in the notebook's metadata."""
    return str(node.metadata.get("title", ""))


def _code_cells(node: NotebookNode) -> list[NotebookNode]:
    """The cells of the notebook's author that a kernel runs; it passes over empty ones."""
    return [
        cell
        for cell in node.cells
        if cell.cell_type == "code"
        and cell.source.strip()
        and "injected-parameters" not in cell.metadata.get("tags", [])
    ]


def _record(node: NotebookNode) -> dict[str, Any]:
    """What the last code cell recorded for machines; empty when it did not."""
    return next(payloads(_code_cells(node)[-1:], NUMBERS_TYPE), {})


def _seconds(cell: NotebookNode) -> float:
    """How long a cell took, by Papermill's clock; 0 for one that did not end."""
    return float(cell.metadata.get("papermill", {}).get("duration") or 0.0)


def _traceback(node: NotebookNode) -> str:
    """The traceback of the cell that failed, without colours; for the notebook's author."""
    outputs = [output for cell in _code_cells(node) for output in cell.outputs]
    lines = [line for o in outputs if o.output_type == "error" for line in o.traceback]
    return _COLOUR.sub("", "\n".join(lines))


def _reason(name: str, value: str) -> str:
    """The last line of a traceback as a sentence; our own errors are sentences already."""
    if name == "SystemExit":
        return "a cell left the notebook early (sys.exit)."
    ours = {error.__name__ for error in OpsError.__subclasses__()}
    return _sentence(value if name in ours else f"{name}: {value}")


def _sentence(text: str) -> str:
    line = " ".join(_COLOUR.sub("", text).split())
    short = shortened(line, _LONGEST_REASON)
    return short if short.endswith((".", "!", "?", "…")) else f"{short}."
