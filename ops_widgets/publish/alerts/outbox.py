"""Messages about what came of a run: one for each outcome and hook, sent once.

They are written down beside the runs before a run is published, and sent after it: after a kill
in between, or where the receiver cannot be reached, they wait for a later :func:`deliver`. A
failure changes nothing of the run. What was delivered is never delivered again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ops_widgets.errors import BusyError
from ops_widgets.publish.alerts.definition import Hook, Outcome
from ops_widgets.publish.alerts.message import compose
from ops_widgets.publish.alerts.transport import DeliveryError, run_command, send_message
from ops_widgets.publish.reports.manifest import RunManifest
from ops_widgets.publish.reports.run_store import RunStore

FOLDER = ".deliveries"


class OutboxMessage(BaseModel):
    """One message for one hook, and what came of it; ``promised``: it waits to be sent.

    ``command`` and ``url`` are as the definition has them: secrets stand there as ``${NAME}``.
    ``file`` is what it is about: a manifest, or the record of an absent day, below the runs.
    ``said`` is the end of what the command printed, or why the message did not arrive.
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
        """Where it is kept, below the runs: the same for the same message."""
        content = json.dumps([self.file, self.outcome, self.command, self.url])
        digest = hashlib.sha256(content.encode()).hexdigest()[:12]
        return f"{self.name}/{FOLDER}/{self.as_of}.{self.outcome}.{digest}.json"


def outcomes(run: RunManifest) -> list[Outcome]:
    """The outcomes of a run that messages are sent about."""
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
    found: Iterable[Outcome],
) -> list[OutboxMessage]:
    """Write down a message for each of ``hooks`` about those of the outcomes that it asks for.

    Call it before ``file`` (below the runs) exists: nothing is sent about what does not exist.
    Messages that were written down or delivered before stay as they are.
    """
    messages = []
    for outcome in found:
        for hook in hooks:
            if outcome not in hook.on:
                continue
            message = OutboxMessage(
                name=name,
                as_of=as_of,
                outcome=outcome,
                file=file,
                command=list(hook.command or ()),
                url=hook.url or "",
            )
            if runs.read_text(message.path) is None:
                _write(runs, message)
            messages.append(message)
    return messages


def deliver(runs: RunStore, name: str, file: str = "") -> list[OutboxMessage]:
    """Send the waiting messages about one report's runs; returns those that were tried.

    With ``file``, only the messages about that. While somebody else delivers, nothing is tried:
    what they leave goes on waiting.
    """
    tried = []
    try:
        with runs.lock(f"{name}/{FOLDER}/.lock"):
            for message in _pending(runs, name):
                wanted = file in ("", message.file)
                content = runs.read_text(message.file) if wanted else None
                if content is not None:  # else never published
                    tried.append(_try(runs, message, content))
    except BusyError:
        pass  # the run is published all the same: that is no failure of it
    return tried


def _try(runs: RunStore, message: OutboxMessage, content: str) -> OutboxMessage:
    """One attempt, written down whatever comes of it."""
    try:
        if message.command:
            variables = {"OPS_OUTCOME": message.outcome, "OPS_RUN": runs.address(message.file)}
            output = run_command(message.command, content, variables)
        else:
            page = message.file.replace("/manifest.json", "/index.html")
            title, body = compose(message.outcome, json.loads(content), runs.address(page))
            send_message(message.url, title, body)
            output = ""
        state = "delivered"
    except DeliveryError as error:
        state, output = "failed", str(error)
    done = message.model_copy(
        update={
            "state": state,
            "said": output,
            "attempts": message.attempts + 1,
            "at": datetime.now(UTC).replace(microsecond=0),
        }
    )
    _write(runs, done)
    return done


def _pending(runs: RunStore, name: str) -> list[OutboxMessage]:
    found = []
    for path in runs.files(f"{name}/{FOLDER}"):
        try:
            message = OutboxMessage.model_validate_json(runs.read_text(path) or "")
        except ValidationError:
            continue  # torn by a full disk: what it was is lost
        if message.state != "delivered":
            found.append(message)
    return sorted(found, key=lambda one: (one.as_of, one.path))


def _write(runs: RunStore, message: OutboxMessage) -> None:
    runs.write_text(message.path, message.model_dump_json(indent=1) + "\n")
