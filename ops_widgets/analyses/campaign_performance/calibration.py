"""What campaigns are credited with against what their control groups measured, and the factor."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import EFFECT_OF
from ops_widgets.analyses.campaign_performance.factor import factor, measured
from ops_widgets.analyses.campaign_performance.rules import RULES
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.charts.marks import SILENT, in_currency, money_axis, money_tips, shade
from ops_widgets.charts.theme import INK, MUTED, SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.calibration import LEAST, Factor
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "How much of what is credited was measured?"
#: Both are of whole campaigns.
IGNORES = ("since", "until")
EQUAL, FACTOR, CAUSED = "Caused = credited", "Factor (95%)", "Measured (95%)"
WHOLE = "Of whole campaigns to the day looked at."
NO_MEASUREMENT = "The factor is an average: credit times it is no measurement."
TOO_FEW = f"Too few for a factor: it takes {LEAST} measured campaigns, none with nearly all credit."
WHOSE = "Only customers who were treated are measured; whoever came by the campaign is credited."
_LINES = ["factor", "factor_low", "factor_high"]


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Credited over the whole run and measured, one row a campaign: the measured ones first, of
    them and of the others the most credited.

    ``factor`` (the same in every row) is measured ÷ credited of those that have both;
    ``calibrated`` of the others is what they are credited with, times it. Raises
    ``MissingDataError`` where nothing was measured.
    """
    EFFECT_OF.require(store)
    table = measured(store, view)
    table = table.assign(unmeasured=table["incremental"].isna())
    table = table.sort_values(["unmeasured", "credited", "name"], ascending=[True, False, True])
    if table["unmeasured"].all():
        why = "".join(table["control_group"].head(1).map(": {}".format))
        raise MissingDataError(f"No control group of these campaigns can be read{why}.")
    found = factor(store, view)
    lines = (found.value, found.low, found.high) if found else (float("nan"),) * 3
    table = table.assign(**dict(zip(_LINES, lines, strict=True)))
    table["calibrated"] = (table["credited"] * table["factor"]).where(table["unmeasured"])
    more = {"factor": _by_rule(store, view, found), "credited": WHOSE}
    note = f"{WHOLE} {NO_MEASUREMENT if found else TOO_FEW}"
    shown = described(store, table, TERMS, more=more, note=note)
    return pickable(shown, "name", "campaign", view)


def _by_rule(store: Store, view: CampaignPerformanceView, found: Factor | None) -> str:
    """On how many campaigns the factor rests, and what it is for the credit of each rule."""
    if found is None:
        return ""
    others = []
    for rule, (label, _, _) in RULES.items():
        try:
            by_rule = factor(store, view, rule)
        except MissingDataError:
            break  # what it takes no rule has
        others += [f"{label} {format_value(by_rule.value, 'ratio')}"] if by_rule else []
    said = f"Of {grouped(found.many, 0)} campaigns, for what the shop credits."
    return f"{said} For what rules credit: {', '.join(others)}." if others else said


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """A point a measured campaign; the diagonal where credit is right, and the factor's line."""
    money = {"x": "credited", "caused": "incremental"}
    money |= {"from": "incremental_low", "to": "incremental_high"}
    titles = {"x": "Credited, whole run", "caused": "Measured", "from": "From (95%)"}
    titles |= {"to": "To (95%)"}
    points = (
        alt.Chart(frame, height=340)
        .transform_filter("isValid(datum.incremental)")
        .transform_calculate(**{name: in_currency(frame, field) for name, field in money.items()})
    )
    told = points.encode(
        tooltip=[
            alt.Tooltip("name:N", title="Campaign"),
            *money_tips(frame, titles),
            alt.Tooltip("control_group:N", title="Control group"),
        ],
        opacity=shade(frame),
    )
    colours = {CAUSED: SERIES[1], FACTOR: SERIES[0], EQUAL: MUTED}
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))

    def named(what: str, chart: alt.Chart) -> alt.Chart:
        return chart.transform_calculate(what=f"'{what}'").encode(
            color=alt.Color("what:N", title=None, scale=scale)
        )

    # From nothing to the campaign that is credited with most: a straight line has two points.
    lines = (
        points.transform_aggregate(groupby=[*_LINES], far="max(x)")
        .transform_calculate(at="[0, datum.far]")
        .transform_flatten(["at"])
        .transform_calculate(
            **{f"{name}_at": f"datum.{name} * datum.at" for name in _LINES},
        )
    )
    of_factor = lines.transform_filter("isValid(datum.factor)")
    band = of_factor.mark_area(opacity=0.18, color=SERIES[0])
    # Named are those whose credit lies outside of what was measured, below their intervals.
    odd = told.transform_filter("datum.x < datum.from || datum.x > datum.to")
    names = odd.mark_text(baseline="top", dy=4, limit=150, color=INK).encode(text="name:N")
    x = alt.X("x:Q", **money_axis(frame, "Credited by the shop"))
    y = alt.Y("from:Q", **money_axis(frame, "Measured", scale="y"))
    layers = [
        band.encode(x="at:Q", y="factor_low_at:Q", y2="factor_high_at:Q"),
        named(EQUAL, lines.mark_line(strokeDash=[4, 4]).encode(x="at:Q", y="at:Q")),
        named(FACTOR, of_factor.mark_line().encode(x="at:Q", y="factor_at:Q")),
        named(CAUSED, told.mark_rule(strokeWidth=1.5).encode(x=x, y=y, y2="to:Q", tooltip=SILENT)),
        named(CAUSED, told.mark_circle(size=60, opacity=1).encode(x="x:Q", y="caused:Q")),
        names.encode(x="x:Q", y="from:Q", tooltip=SILENT),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
