"""What readers see of runs: the index over all of them, and the alerts of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from ops_widgets.charts.formats import format_value, is_missing
from ops_widgets.charts.sparkline import sparkline
from ops_widgets.publish.alerts.rules import ON
from ops_widgets.publish.notebooks.export import environment, whole_page
from ops_widgets.publish.reports.history import History, Row
from ops_widgets.publish.reports.manifest import AlertState

#: Runs whose numbers make a line, and rows of a report's history that are shown.
IN_LINE, SHOWN = 30, 60
#: States of alerts that are news on the day itself.
NEWS = ("fired", "recovered")
#: How a status is marked and named; a mark says it to those who see no colours.
STATUS = {
    "complete": ("✓", "Published", "ops-good"),
    "partial": ("⚠", "Incomplete", "ops-bad"),
    "failed": ("✗", "Failed", "ops-bad"),
    "absent": ("–", "Absent", "ops-bad"),
}
#: Above so many reports (one a category) their details are closed at first.
OPEN = 6


def index_of_runs(histories: Sequence[History]) -> str:
    """The index over all reports: status, numbers as lines, days and why some are absent."""
    return whole_page("reports/index.html.j2", **page_context(histories))


def page_context(histories: Sequence[History]) -> dict[str, Any]:
    """What ``reports/histories.html.j2`` shows of the reports; its links are relative to theirs."""
    reports = [_report(one) for one in histories if one.rows or one.absences]
    return {"reports": reports, "is_open": len(reports) <= OPEN}


def _report(history: History) -> dict[str, Any]:
    rows = list(history.days.values())
    latest = rows[-1] if rows else None
    days = _days(history)
    return {
        "name": history.name,
        "title": latest.title if latest else history.name,
        "unit": ", ".join(map(str, latest.unit.values())) if latest else "",
        "link": link(latest) if latest else "",
        "last_day": latest.last_day if latest else "",
        "days": days[:SHOWN],
        "older": max(0, len(days) - SHOWN),
        "numbers": _lines(history, rows[-IN_LINE:]),
        "on": [_alert(history, a) for a in latest.alerts if a["state"] in ON] if latest else [],
    }


def _days(history: History) -> list[dict[str, Any]]:
    """One row a day, the latest first: its last attempt, or why there is none."""
    found = {
        day: {
            "status": STATUS[row.status],
            "link": link(row),
            "reason": row.reason,
            "alerts": [_alert(history, a) for a in row.alerts if a["state"] in NEWS],
            "attempt": row.attempt,
            "seconds": row.seconds,
        }
        for day, row in history.days.items()
    }
    for absence in history.absences:
        nothing = {"status": STATUS["absent"], "link": "", "reason": absence["reason"]}
        day = date.fromisoformat(absence["as_of"])
        found.setdefault(day, nothing | {"alerts": [], "attempt": 0, "seconds": None})
    return [{"as_of": day} | found[day] for day in sorted(found, reverse=True)]


def _lines(history: History, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Each number of these runs with a line of its values; a gap where a run did not know it."""
    lines = []
    for name in dict.fromkeys(name for row in reversed(rows) for name in row.values):
        about = history.numbers[name]
        trend = [row.values.get(name) for row in rows]
        label = f"{about['label']} over the last {len(rows)} runs"
        known = sum(not is_missing(value) for value in trend)
        lines.append(
            {
                "label": about["label"],
                "value": format_value(
                    trend[-1], about["format"], about["currency"], about["minor_digits"]
                ),
                "line": Markup(sparkline(trend, label)) if known > 1 else "",
            }
        )
    return lines


def _alert(history: History, alert: dict[str, Any]) -> dict[str, Any]:
    """An alert by the name that a reader knows its number by."""
    known = history.numbers.get(alert["number"])
    return alert | {"label": known["label"] if known else alert["number"]}


def link(row: Row) -> str:
    """The page of a run, from the folder of all runs."""
    return f"{quote(row.folder)}/index.html"


def alerts_html(alerts: Sequence[AlertState], labels: dict[str, str]) -> Markup:
    """The section on the alerts of a run, those first that ask for somebody; empty without any.

    ``labels`` names the numbers, by ``NOTEBOOK.NAME``. A rule on a number of a week stands there
    once the week has closed, and as long as its alert is on.
    """
    order = ("fired", "firing", "recovered", "ok")
    shown = [alert for alert in alerts if not alert.waits or alert.state in ON]
    if not shown:
        return Markup()
    ranked = sorted(shown, key=lambda alert: (order.index(alert.state), alert.since or date.max))
    template = environment().get_template("reports/alerts.html.j2")
    return Markup(
        template.render(
            alerts=[alert for alert in ranked if alert.state != "ok"],
            quiet=[alert for alert in ranked if alert.state == "ok"],
            labels=labels,
            state_labels=STATE_LABELS,
        )
    )


#: What each state means to a reader.
STATE_LABELS = {
    "fired": ("⚠", "New", "ops-bad"),
    "firing": ("⚠", "Still on", "ops-bad"),
    "recovered": ("✓", "Recovered", "ops-good"),
    "ok": ("✓", "Quiet", ""),
}
