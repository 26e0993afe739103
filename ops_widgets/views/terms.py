"""Definitions that mean the same in every analysis; all others belong to their analysis."""

from __future__ import annotations

SHARED: dict[str, str] = {
    "category": "Path from coarse to fine as the shop or the market names it; without a name it "
    "is (unknown).",
    "brand": "As the market table names it.",
    "month": "A calendar month that has wholly passed.",
    "week": "The first day of a week that has wholly passed; weeks begin on the shop's day.",
}
