"""What the words of the cohort notebook mean."""

from __future__ import annotations

TERMS: dict[str, str] = {
    "cohort": "The month, or the first day of the week, in which its customers began.",
    "age": "How many periods after the cohort's own; 0 is the period in which it began.",
    "cohort_customers": "Everybody whose first activity fell into the cohort's period.",
    "active_customers": "Of those, distinct customers active in that later period.",
    "retention": "Active customers ÷ customers of the cohort; only periods that have wholly "
    "passed. Several cohorts together: a ratio of sums.",
    "retention_1": "Customers active in the period after their first ÷ all who began, over "
    "cohorts whose second period has passed.",
    "cohorts": "Cohorts that are old enough to be counted.",
    "customers": "Everybody who ever was active, to the last complete period.",
    "active": "New + retained + resurrected customers.",
    "weekly_active": "Distinct customers active in the last complete week.",
    "new": "Active for the first time ever.",
    "weekly_new": "Customers whose first activity ever fell into the last complete week.",
    "retained": "Active now and in the period before.",
    "resurrected": "Active now and earlier, but not in the period before.",
    "churned": "Active in the period before, not now.",
    "quick_ratio": "(New + resurrected) ÷ churned.",
}
