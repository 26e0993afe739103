"""Telling people what came of a run: a command or a message for each outcome.

What is to be told is promised, in receipts beside the runs, before a run is published, and
delivered after: whoever is killed in between, or finds nobody at home, leaves a promise that a
later :func:`deliver` keeps. A failure changes nothing of the run. What was delivered is never
delivered again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ops_widgets.errors import BusyError
from ops_widgets.publish.alerts.message import compose
from ops_widgets.publish.alerts.transport import DeliveryError, run_command, send_message
from ops_widgets.publish.reports.definition import Hook
from ops_widgets.publish.reports.manifest import RunManifest
from ops_widgets.publish.reports.run_store import RunStore

FOLDER = ".deliveries"
Outcome = Literal["published", "partial", "failed", "absent", "alert", "recovered"]


class OutboxMessage(BaseModel):
    """One thing to be told to one hook, and what came of it.

    ``command`` and ``url`` are as the definition has them: secrets stand there as ``${NAME}``.
    ``file`` is what is told of: a manifest, or the record of an absent day, below the runs.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    as_of: date
    outcome: Outcome
    file: str
    command: list[str] = []
    url: str = ""
    state: Literal["promised", "delivered", "failed"] = "promised"
    attempts: int = 0
    at: datetime | None = None
    said: str = ""

    @property
    def path(self) -> str:
        """Where it is kept, below the runs: the same for the same thing to be told."""
        told = json.dumps([self.file, self.outcome, self.command, self.url])
        digest = hashlib.sha256(told.encode()).hexdigest()[:12]
        return f"{self.name}/{FOLDER}/{self.as_of}.{self.outcome}.{digest}.json"


def outcomes(run: RunManifest) -> list[Outcome]:
    """What of a run is to be told."""
    status: Outcome = "published" if run.status == "complete" else run.status
    states = {alert.state for alert in run.alerts}
    found: list[Outcome] = [status]
    found += ["alert"] if "fired" in states else []
    found += ["recovered"] if "recovered" in states else []
    return found


def enqueue(
    runs: RunStore,
    hooks: Sequence[Hook],
    name: str,
    as_of: date,
    file: str,
    told: Iterable[Outcome],
) -> list[OutboxMessage]:
    """Write down that each of ``hooks`` is to be told those of the outcomes that it asks for.

    Call it before ``file`` (below the runs) exists: nothing is told of what does not exist. What
    was promised or delivered before stays as it is.
    """
    promised = []
    for outcome in told:
        for hook in hooks:
            if outcome not in hook.on:
                continue
            receipt = OutboxMessage(
                name=name,
                as_of=as_of,
                outcome=outcome,
                file=file,
                command=list(hook.command or ()),
                url=hook.url or "",
            )
            if runs.read_text(receipt.path) is None:
                _write(runs, receipt)
            promised.append(receipt)
    return promised


def deliver(runs: RunStore, name: str, file: str = "") -> list[OutboxMessage]:
    """Tell what is promised of one report's runs and not yet delivered; returns what was tried.

    With ``file``, only what is to be told of that. While somebody else delivers, nothing is tried:
    what they leave stays promised.
    """
    tried = []
    try:
        with runs.lock(f"{name}/{FOLDER}/.lock"):
            for receipt in _pending(runs, name):
                told = None if file not in ("", receipt.file) else runs.read_text(receipt.file)
                if told is not None:  # else never published
                    tried.append(_try(runs, receipt, told))
    except BusyError:
        pass  # the run is published all the same: that is no failure of it
    return tried


def _try(runs: RunStore, receipt: OutboxMessage, told: str) -> OutboxMessage:
    """One attempt, written down whatever comes of it."""
    try:
        if receipt.command:
            variables = {"OPS_OUTCOME": receipt.outcome, "OPS_RUN": runs.address(receipt.file)}
            said = run_command(receipt.command, told, variables)
        else:
            page = receipt.file.replace("/manifest.json", "/index.html")
            title, body = compose(receipt.outcome, json.loads(told), runs.address(page))
            send_message(receipt.url, title, body)
            said = ""
        state = "delivered"
    except DeliveryError as error:
        state, said = "failed", str(error)
    done = receipt.model_copy(
        update={
            "state": state,
            "said": said,
            "attempts": receipt.attempts + 1,
            "at": datetime.now(UTC).replace(microsecond=0),
        }
    )
    _write(runs, done)
    return done


def _pending(runs: RunStore, name: str) -> list[OutboxMessage]:
    found = []
    for path in runs.files(f"{name}/{FOLDER}"):
        try:
            receipt = OutboxMessage.model_validate_json(runs.read_text(path) or "")
        except ValidationError:
            continue  # torn by a full disk: nobody can say any more what it was
        if receipt.state != "delivered":
            found.append(receipt)
    return sorted(found, key=lambda one: (one.as_of, one.path))


def _write(runs: RunStore, receipt: OutboxMessage) -> None:
    runs.write_text(receipt.path, receipt.model_dump_json(indent=1) + "\n")
