"""Sums, squares and cross products of what is known of each customer: what means and their
differences, adjusted for what was known before, are made of. They add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: Days after a campaign's last one that still count: what it only brought forward is missing then.
DAYS_AFTER = 28
#: What a customer of an arm did: bought at all, how often, for how much, what of it until the
#: campaign's last day, and what was left after goods; and whether the campaign reached them.
OUTCOMES = ("bought", "orders", "net_revenue", "during", "gross_profit", "reached")
#: What was known before the arm was drawn: by the shop's own orders, and as it was delivered.
OWN, GIVEN = ("pre_revenue", "pre_orders"), ("pre_1", "pre_2", "pre_3")
VARIABLES = (*OUTCOMES, *OWN, *GIVEN)


def product(a: str, b: str) -> str:
    """The column with the sum of the products of two variables; of one with itself, squares."""
    first, second = sorted((a, b), key=VARIABLES.index)
    return f"{first}_squares" if a == b else f"{first}_x_{second}"


def pairs(variables: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each variable with itself and with each that follows."""
    return ((a, b) for nth, a in enumerate(variables) for b in variables[nth:])


def columns() -> list[str]:
    """Names of all sums and products, and of how many customers each variable is known of."""
    known = [f"{name}_known" for name in VARIABLES]
    return [*known, *VARIABLES, *(product(a, b) for a, b in pairs(VARIABLES))]


def sums() -> str:
    """SQL for :func:`columns` over rows of customers that have :data:`VARIABLES` as integers.

    What is not known adds nothing. Products of minor units outgrow 64 bits, and a sum of floats
    would depend on the order.
    """
    known = [f"count({name}) as {name}_known" for name in VARIABLES]
    plain = [f"coalesce(sum({name}), 0)::double as {name}" for name in VARIABLES]
    crossed = [
        f"coalesce(sum({a}::hugeint * {b}), 0)::double as {product(a, b)}"
        for a, b in pairs(VARIABLES)
    ]
    return ", ".join([*known, *plain, *crossed])
