"""Manifests of runs that never were, for tests of what reads them."""

from datetime import date, datetime

from ops_widgets.publish.reports.manifest import RunManifest

KEY = "0123456789abcdef"


def run_manifest(as_of=date(2025, 6, 3), **fields):
    """A complete run of the report ``daily`` with no notebook, unless ``fields`` say otherwise."""
    moment = datetime(2025, 7, 1, 6)
    usual = {
        "name": "daily",
        "title": "Daily: what changed",
        "key": KEY,
        "started_at": moment,
        "ended_at": moment,
        "first_day": date(2024, 1, 1),
        "last_day": as_of,
        "package_version": "0.1.0",
    }
    return RunManifest(as_of=as_of, **(usual | fields))
