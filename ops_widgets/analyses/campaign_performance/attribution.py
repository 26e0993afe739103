"""What rules of attribution credit to campaigns, beside the shop's credit and what was caused."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import with_names
from ops_widgets.analyses.campaign_performance.effect import (
    EFFECT,
    NO_CONTROL,
    effects,
    said_of_effects,
)
from ops_widgets.analyses.campaign_performance.paths import Credits, of_window
from ops_widgets.analyses.campaign_performance.queries import chosen, facts
from ops_widgets.analyses.campaign_performance.rules import RULES
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import (
    CREDITED,
    CampaignPerformanceView,
    window,
    window_text,
)
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.charts.marks import (
    BY_PLACE,
    SILENT,
    in_currency,
    money_axis,
    money_tips,
    shade,
)
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.periods import day_number, from_day_number
from ops_widgets.summaries.customers.paths import MOST_STEPS
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "Does the answer hang on the rule that credits?"
BY_RULE, SHOP, CAUSED = "By the rules", "By the shop", "Incremental (95%)"
COLUMNS = [f"net_revenue_{rule}" for rule in RULES]


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Net revenue and orders by every rule, one row a campaign, the most credited first.

    A campaign that no visit of these days names is NA by every rule. What control groups measured
    is of whole campaigns.
    """
    found = of_window(store, view)
    table = found.by_campaign
    if CREDITED.maps(store):
        sold = facts(store, view)[["campaign_id", "net_revenue", "orders"]]
        sold = sold[(sold["net_revenue"] != 0) | (sold["orders"] > 0)]
        table = table.merge(sold, on="campaign_id", how="outer")
        table = table.fillna({"net_revenue": 0.0, "orders": 0.0})
    table = table.merge(effects(store, view)[EFFECT], on="campaign_id", how="left")
    table = with_names(store, table.fillna({"control_group": NO_CONTROL}))
    table = chosen(table, view, campaign=False, group=True)
    table = table.assign(most=table[COLUMNS].max(axis=1)).sort_values(
        ["most", "name"], ascending=[False, True]
    )
    more = {COLUMNS[0]: _paths(view), "incremental": said_of_effects(store, view, table)}
    shown = described(store, table, TERMS, more=more, note=_note(store, view, found, table))
    return pickable(shown, "name", "campaign", view)


def _note(store: Store, view: CampaignPerformanceView, found: Credits, shown: pd.DataFrame) -> str:
    """What is divided, and what is lacking."""
    source = store.source
    money = format_value(
        found.net_revenue, "money", source["currency"], int(source["minor_digits"])
    )
    orders = f"{grouped(found.orders, 0)} order{'' if found.orders == 1 else 's'}"
    part = " among all campaigns" if len(shown) < len(found.by_campaign) else ""
    said = [
        f"{window_text(store, view)}. Every rule divides the same {money} of {orders}{part}. "
        "Credited is not caused."
    ]
    if unknown := int(shown[COLUMNS[0]].isna().sum()):
        said.append(f"No visit names {unknown} of these campaigns: their credit is unknown.")
    return " ".join(filter(None, [*said, _cut_off(store, view)]))


def _paths(view: CampaignPerformanceView) -> str:
    """What a path is, for all rules."""
    return (
        "As for all rules: an order has a path where its customer came by a campaign within "
        f"{view.lookback} days before it. A visit counts for the first order after it alone, "
        f"visits by one campaign in a row are one step, and the last {MOST_STEPS} steps are kept. "
        "Credit notes are not taken off."
    )


def _cut_off(store: Store, view: CampaignPerformanceView) -> str:
    """What is wrong with paths where visits are not known of all days that they may reach."""
    seen, (first, last) = store.seen("events"), window(store, view)
    begins, ends = day_number(seen.first), day_number(seen.last)
    from_on, to = (format_value(day, "date") for day in (seen.first, seen.last))
    if last > ends:
        return f"Visits are known to {to}: later orders have no path, or a shorter one."
    if first < begins + int(view.lookback):
        until = format_value(from_day_number(begins + int(view.lookback)), "date")
        return f"Visits are known from {from_on}: before {until} paths may begin late."
    return ""


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """From the least to the most that a rule credits, a tick a rule; what was caused beside it."""
    names = {rule: f"r_{rule}" for rule in RULES}
    money = {names[rule]: f"net_revenue_{rule}" for rule in RULES}
    money |= {"caused": "incremental", "from": "incremental_low", "to": "incremental_high"}
    titles = {names[rule]: label for rule, (label, _, _) in RULES.items()}
    titles |= {"caused": "Incremental", "from": "From (95%)", "to": "To (95%)"}
    if "net_revenue" in frame:
        money["shop"], titles["shop"] = "net_revenue", SHOP
    amounts = ", ".join(f"datum.{name}" for name in names.values())
    base = (
        alt.Chart(frame, height=alt.Step(26))
        .transform_calculate(**{name: in_currency(frame, field) for name, field in money.items()})
        .transform_calculate(least=f"min({amounts})", most=f"max({amounts})")
        .encode(
            y=alt.Y("name:N", title=None, sort=BY_PLACE),
            tooltip=[
                alt.Tooltip("name:N", title="Campaign"),
                *money_tips(frame, titles),
                alt.Tooltip("control_group:N", title="Control group"),
            ],
            opacity=shade(frame),
        )
    )
    colours = {BY_RULE: SERIES[0], SHOP: INK, CAUSED: SERIES[1]}
    if "shop" not in money:
        del colours[SHOP]
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))

    def named(what: str, chart: alt.Chart) -> alt.Chart:
        return chart.transform_calculate(what=f"'{what}'").encode(
            color=alt.Color("what:N", title=None, scale=scale)
        )

    credited = base.transform_filter("isValid(datum.r_last)")
    told = base.transform_filter("isValid(datum.incremental)")
    x = alt.X("least:Q", **money_axis(frame, grid=True))
    ticks = credited.transform_fold(list(names.values()), as_=["rule", "credit"])
    layers = [
        named(CAUSED, told.mark_rule(strokeWidth=3).encode(x="from:Q", x2="to:Q", tooltip=SILENT)),
        named(CAUSED, told.mark_point(size=70, opacity=1).encode(x="caused:Q")),
        named(BY_RULE, credited.mark_bar(size=5, opacity=0.6).encode(x=x, x2="most:Q")),
        named(
            BY_RULE, ticks.mark_tick(thickness=1.5, size=14).encode(x="credit:Q", tooltip=SILENT)
        ),
    ]
    if "shop" in money:
        mark = base.mark_point(shape="diamond", size=45, opacity=1, filled=True)
        layers.append(named(SHOP, mark.encode(x="shop:Q", tooltip=SILENT)))
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
