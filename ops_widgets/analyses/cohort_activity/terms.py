"""What the columns and numbers of the cohort notebook are called, and what they mean.

Tables show their columns in this order.
"""

from __future__ import annotations

from ops_widgets.views.terms import SHARED, Term

TERMS: dict[str, Term] = SHARED | {
    "week": Term(
        "Week of",
        "date",
        "The first day of a week that has wholly passed; weeks begin on the shop's day.",
    ),
    "cohort": Term(
        "Cohort", "text", "The month, or the first day of the week, in which its customers began."
    ),
    "line": Term(
        "Line", "text", "A cohort, or Average: all cohorts of new customers, a ratio of sums."
    ),
    "age": Term(
        "Periods after",
        "integer",
        "How many periods after the cohort's own; 0 is the period in which it began.",
    ),
    "cohorts": Term("Cohorts", "integer", "Cohorts that are old enough to be counted."),
    "cohort_customers": Term(
        "Customers", "integer", "Everybody whose first activity fell into the cohort's period."
    ),
    "active_customers": Term(
        "Active", "integer", "Of those, distinct customers active in that later period."
    ),
    "retention": Term(
        "Retention",
        "percent",
        "Active customers ÷ customers of the cohort; only periods that have wholly passed. "
        "Several cohorts together: a ratio of sums.",
    ),
    "active": Term("Active", "integer", "New + retained + resurrected customers."),
    "new": Term("New", "integer", "Active for the first time ever."),
    "retained": Term("Retained", "integer", "Active now and in the period before."),
    "resurrected": Term(
        "Resurrected", "integer", "Active now and earlier, but not in the period before."
    ),
    "churned": Term(
        "Not seen this week",
        "integer",
        "Active in the week before, not in this one. That is no goodbye: who comes once a month is "
        "not seen in most weeks.",
    ),
    "net_change": Term(
        "Net change",
        "integer",
        "New + resurrected − not seen this week: how many more (or fewer) are active than in the "
        "week before.",
    ),
    "quick_ratio": Term("Quick ratio", "ratio", "(New + resurrected) ÷ not seen this week."),
    "customers": Term(
        "Customers so far", "integer", "Everybody who ever was active, to the last complete period."
    ),
    "weekly_active": Term(
        "Weekly active", "integer", "Distinct customers active in the last complete week."
    ),
    "weekly_new": Term(
        "New", "integer", "Customers whose first activity ever fell into the last complete week."
    ),
    "retention_1": Term(
        "Back one period later",
        "percent",
        "Customers active in the period after their first ÷ all who began, over cohorts whose "
        "second period has passed.",
    ),
}
