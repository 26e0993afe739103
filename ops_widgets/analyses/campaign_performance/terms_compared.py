"""Terms of campaigns without a control group, and of promotions, beside what was to be expected."""

from __future__ import annotations

from ops_widgets.views.terms import Term

#: In the order of tables; the terms of the notebook hold them at their places.
COMPARED: dict[str, Term] = {
    "aimed_at": Term(
        "Largest category",
        "text",
        "The first-level category that has most of the credited net revenue. A campaign is aimed "
        "at it where that is half or more.",
    ),
    "aimed_share": Term(
        "Of its sales", "percent", "Its part of the net revenue that the campaign is credited with."
    ),
    "told": Term(
        "Can it be told?",
        "text",
        "The first check that failed, or that all passed. Only then the difference counts as an "
        "effect: weaker evidence than a control group, stronger than credited sales.",
    ),
    "design": Term(
        "Design",
        "text",
        "Difference in differences: the category against the sum of the others, after and before. "
        "Synthetic control (19 others or more): against the mixture of them that followed it best "
        "before.",
    ),
    "donors": Term(
        "Others",
        "integer",
        "Other categories that it is compared with: 30 order lines or more in the 8 weeks before, "
        "and no other campaign aimed at them. It takes 5.",
    ),
    "trend_p": Term(
        "p of its trend",
        "decimal",
        "How likely its weeks before would drift from the others' as far by chance (t-test of the "
        "slope). Below 0.10 nothing is told.",
    ),
    "placebo_p": Term(
        "p among the others",
        "decimal",
        "Its rank among the others, by how much further it strayed after than before (root mean "
        "square errors): 1 ÷ (others + 1) at best.",
    ),
    "placebo_dates": Term(
        "Earlier dates",
        "text",
        "At how many earlier dates, when nothing was done, the same calculation claims an effect "
        "on this category. One may by chance, more only if a tenth.",
    ),
    "placebo_units": Term(
        "Other categories",
        "text",
        "In how many other categories, to which nothing was done, it claims one at this date. One "
        "may by chance, more only if a tenth.",
    ),
    "beyond": Term(
        "Raw difference",
        "money",
        "What the category sold beyond what it would have sold had it grown as the others did, in "
        "whole weeks from the campaign's first day to 28 days after its last or a little later. "
        "Of a campaign that cannot be told it is no effect.",
    ),
    "beyond_low": Term(
        "Raw from",
        "money",
        "Lower end of its 95% interval: what the same calculation finds in the other categories, "
        "and at earlier dates, allows.",
    ),
    "beyond_high": Term("Raw to", "money", "Upper end of its 95% interval."),
}
PROMOTED: dict[str, Term] = {
    "day": Term("Day", "date", "A local day of the shop."),
    "area": Term(
        "Part",
        "text",
        "The days before a promotion (people wait), its days, the 28 days after (people have "
        "bought ahead), other categories in its days (taken from, or drawn along), and all of "
        "them together. Before: as many days as it has, at most 14. Both end where another "
        "campaign of the category runs.",
    ),
    "area_days": Term("Days", "text", "Over how many days, of how many it takes."),
    "gain": Term(
        "Net revenue gained",
        "money",
        "Net revenue of these days less the baseline: what a regression on ordinary days (weekday, "
        "trend and, of a year or more, season) expects of them.",
    ),
    "gain_low": Term(
        "Gained from",
        "money",
        "Lower end of the 95% interval: what the fit leaves open and what days have by chance, "
        "alike as neighbouring days are.",
    ),
    "gain_high": Term("Gained to", "money", "Upper end of the 95% interval of what was gained."),
    "profit": Term(
        "Margin gained",
        "money",
        "The same of net revenue − cost of goods; unknown as soon as the cost of one line is. Then "
        "less what the campaign cost.",
    ),
    "profit_low": Term("Margin from", "money", "Lower end of the 95% interval of the margin."),
    "profit_high": Term("Margin to", "money", "Upper end of the 95% interval of the margin."),
    "area_note": Term("Unknown because", "text", "Why this part cannot be told."),
    "sold": Term("Sold", "money", "Net revenue of the day in the promotion's category."),
    "expected": Term("Without it", "money", "The baseline of the day."),
    "expected_low": Term(
        "Without it, from", "money", "Lower end of the 95% interval of one day without it."
    ),
    "expected_high": Term(
        "Without it, to", "money", "Upper end of the 95% interval of one day without it."
    ),
}
