"""What the rules of attribution are called, and what each gives to whom: words for columns."""

from __future__ import annotations

from ops_widgets.views.terms import Term

#: Rule -> its name, what stands for it in a sentence, and what it gives.
RULES = {
    "last": ("Last touch", "last touch", "all of it to the last campaign before the order"),
    "first": ("First touch", "first touch", "all of it to the first campaign of the path"),
    "linear": ("Linear", "linear", "the same to every step of the path"),
    "position": (
        "40/20/40",
        "40/20/40",
        "40% to the first and to the last step, the rest between them; to two steps half each",
    ),
    "decay": ("Time decay", "time decay", "half as much to a step for every 7 days it is older"),
    "markov": (
        "Markov",
        "Markov",
        "by the part of orders that would be lost if everybody who reaches the campaign were; "
        "paths without an order count; of more than 500 campaigns those met least are one, and "
        "have none of their own",
    ),
    "shapley": (
        "Shapley",
        "Shapley",
        "the same to every campaign of the path, however often it is met",
    ),
}
_PATHS = "Of orders that came within the look-back after a visit by a campaign"

CREDITED_BY_RULE = {
    f"net_revenue_{rule}": Term(
        label,
        "money",
        f"{_PATHS}, the net revenue, divided by rule: {gives}. Credited is not caused.",
        total="sum",
    )
    for rule, (label, _, gives) in RULES.items()
} | {
    "credited": Term(
        "Credited, whole run",
        "money",
        "Net revenue of lines that carry the campaign's id, from the first day of the data to the "
        "day looked at.",
        total="sum",
    )
}
ORDERS_BY_RULE = {
    f"orders_{rule}": Term(
        f"Orders, {said}",
        "decimal",
        f"{_PATHS}, how many, divided by rule: {gives}.",
        total="sum",
    )
    for rule, (_, said, gives) in RULES.items()
}
CALIBRATED = {
    "factor": Term(
        "Factor",
        "ratio",
        "Measured ÷ credited of all campaigns here that have both, each over its whole run.",
    ),
    "factor_low": Term("Factor from", "ratio", "Lower end of the 95% interval of the factor."),
    "factor_high": Term("Factor to", "ratio", "Upper end of the 95% interval of the factor."),
    "calibrated": Term(
        "Credited × factor",
        "money",
        "Where no control group tells: what it is credited with, times the factor of those that "
        "were measured. No measurement: on average credit is off by this much, one campaign can "
        "be far from it.",
        total="sum",
    ),
}
