"""Incidents: what went wrong, in the log under a number that the visitor is shown."""

from __future__ import annotations

import logging
from typing import Any

from ops_widgets.errors import incident_number

log = logging.getLogger("ops_widgets.incidents")


def incident(where: str, error: Any = None) -> str:
    """Log what happened (an ``exc_info`` or words) and return its number."""
    number = incident_number()
    known = {"incident": number}  # a visitor is told it: it is written, however often it happens
    if isinstance(error, str):
        log.error("incident %s at %s: %s", number, where[:200], error, extra=known)
    else:
        log.error("incident %s at %s", number, where[:200], exc_info=error, extra=known)
    return number
