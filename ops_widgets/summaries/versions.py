"""The version of every definition that summaries are built by, and one mark for all of them.

A store that was built by other versions is built again. Versions are raised by hand, and a test
ties each to its SQL: neither a comment nor a module that moves makes a shop be read anew.
"""

from __future__ import annotations

import hashlib
import json

from ops_widgets.summaries.customers import lifecycle, signatures
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.tables import SMALL

#: Of the files of a store: their schemas and how they hang together.
STORE_VERSION = 2


def definition_versions() -> dict[str, int]:
    """Every definition by what it is and its name."""
    found = {
        "store": STORE_VERSION,
        "customers lifecycle": lifecycle.VERSION,
        "customers signatures": signatures.VERSION,
    }
    for table, fact in FACTS.items():
        found[f"fact {table}"] = fact.version
        found |= {f"partial {one.name}": one.version for one in fact.partials}
        found |= {f"summary {one.name}": one.version for one in fact.summaries}
    return found | {f"table {name}": one.version for name, one in SMALL.items()}


def summaries_version() -> str:
    """Twelve hexadecimal digits that change with any version."""
    told = json.dumps(definition_versions(), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
