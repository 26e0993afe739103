"""One delivery: a command that reads the manifest, or a message by the library apprise.

Whatever goes wrong is a :class:`DeliveryError` in words that hold no secret.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from ops_widgets.errors import OpsError

#: Seconds for one delivery.
PATIENCE = 60.0
#: Characters of a command's output that are kept: its last ones.
KEPT = 2_000
#: A piece of a secret that is shorter says nothing, and would black out ordinary words.
_SHORTEST = 4


class DeliveryError(OpsError):
    """A message did not arrive; the run itself stays as it is."""


def run_command(
    command: Sequence[str],
    text: str,
    variables: Mapping[str, str],
    timeout: float = PATIENCE,
) -> str:
    """Run ``command`` (no shell) with ``text`` on its standard input; the end of what it printed.

    It sees the environment of this process and ``variables``. Raises ``DeliveryError`` when it
    cannot be started, exits with other than 0, or has not ended after ``timeout`` seconds: then
    it is killed with all that it started.
    """
    with tempfile.TemporaryFile() as printed:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=printed,
                stderr=printed,
                env=os.environ | dict(variables),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise DeliveryError(f"{command[0]} could not be started: {reason}.") from None
        failure = ""
        try:
            process.communicate(text.encode(), timeout=timeout)
            if process.returncode:
                failure = f"{command[0]} ended with {process.returncode}"
        except subprocess.TimeoutExpired:
            failure = f"{command[0]} had not ended after {timeout:g} s"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        printed.seek(0, os.SEEK_END)
        printed.seek(max(0, printed.tell() - KEPT))
        output = printed.read().decode("utf-8", "replace").strip()
    if failure:
        raise DeliveryError(f"{failure}{': ' + output if output else '.'}")
    return output


def send_message(url: str, title: str, body: str) -> None:
    """Send a message to where ``url`` (apprise's, ``${NAME}`` from the environment) leads.

    Raises ``DeliveryError`` when a variable is not set, apprise is not installed, does not know
    such an address, or could not hand the message over.
    """
    try:
        import apprise
    except ImportError:
        raise DeliveryError(
            "Messages need the library apprise.", "Install it: pip install '.[deliver]'"
        ) from None
    secrets: list[str] = []

    def fill(found: re.Match[str]) -> str:
        value = os.environ.get(found[1])
        if not value:
            raise DeliveryError(f"The environment variable {found[1]} is not set.")
        secrets.append(value)
        return value

    address = re.sub(r"\$\{(\w+)\}", fill, url)
    messenger = apprise.Apprise()
    with apprise.LogCapture(level=apprise.logging.WARNING) as log:
        known = messenger.add(address)
        try:
            sent = known and messenger.notify(title=title, body=body)
        except Exception as error:  # of whatever service: its failure is no failure of the run
            log.write(f"{type(error).__name__}: {error}")
            sent = False
        output = " ".join(log.getvalue().split())
    if not known:
        # What apprise says of an address that it does not know is the address itself.
        raise DeliveryError("apprise does not know this kind of address.")
    if not sent:
        raise DeliveryError(f"The message was not accepted. {masked(output, secrets)}".strip())


def masked(text: str, secrets: Sequence[str]) -> str:
    """``text`` without the secrets, and without the pieces that they are put together from.

    >>> masked("no route to mail.example.com for jo", ["mailtos://jo:pw12@mail.example.com"])
    'no route to *** for jo'
    """
    pieces = {secret for secret in secrets} | {
        piece for secret in secrets for piece in re.split(r"[:/@?&=,]+", secret)
    }
    forms = {form for piece in pieces for form in (piece, quote(piece, safe=""), unquote(piece))}
    for form in sorted(forms, key=len, reverse=True):
        if len(form) >= _SHORTEST:
            text = text.replace(form, "***")
    return text[-KEPT:]
