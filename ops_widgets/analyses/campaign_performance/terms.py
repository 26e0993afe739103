"""What the columns and numbers of the campaign notebook are called, and what they mean.

Tables show their columns in this order.
"""

from __future__ import annotations

from ops_widgets.analyses.campaign_performance.rules import (
    CALIBRATED,
    CREDITED_BY_RULE,
    ORDERS_BY_RULE,
)
from ops_widgets.views.terms import SHARED, Term

TERMS: dict[str, Term] = SHARED | {
    "peer": Term(
        "Beside",
        "text",
        "The campaign, all others of its content type as one, and the last of these that ended "
        "before it began, of the same channel where there is one.",
    ),
    "name": Term("Campaign", "text", "The campaign, by its name; one without a name by its id."),
    "content_type": Term(
        "Content type", "text", "What kind of content the campaign is, as the shop says."
    ),
    "group": Term(
        "Kind",
        "text",
        "What is compared: content type, format, channel, slot or objective of campaigns, or each "
        "by itself. What is credited to a campaign of several slots is of none of them.",
    ),
    "week": Term(
        "Week of",
        "date",
        "The first day of a week (or, of a short window, the day) that has wholly passed; weeks "
        "begin on the shop's day.",
    ),
    "shop_revenue": Term(
        "Whole shop",
        "money",
        "Net revenue of everything that the shop sold, credited to a campaign or not. It cannot "
        "show what campaigns caused: seasons and holidays move it as well, and campaigns run when "
        "shops expect to sell. Only a control group tells.",
    ),
    "campaigns": Term(
        "Campaigns",
        "integer",
        "Campaigns that ran, or are credited with anything, in the window.",
        total="sum",
    ),
    "impressions": Term(
        "Impressions",
        "integer",
        "How often campaigns were shown; unknown as soon as one day of one is.",
        total="sum",
    ),
    "clicks": Term(
        "Clicks",
        "integer",
        "How often campaigns were clicked; unknown as soon as one day of one is.",
        total="sum",
    ),
    "ctr": Term("CTR", "percent", "Clicks ÷ impressions.", total=("clicks", "impressions")),
    "visits": Term(
        "Visits",
        "integer",
        "Sessions with an event that carries the campaign's id, of the day of the first such "
        "event; one of several campaigns counts once in every total.",
    ),
    "carts": Term(
        "Carts", "integer", "Visits with an event `cart` that carries the campaign's id."
    ),
    "visitors": Term(
        "Visitors", "integer", "Customers with an event that carries the campaign's id."
    ),
    "orders": Term(
        "Orders",
        "integer",
        "Orders with a delivered line that carries the campaign's id, of the day of their first "
        "delivered line; one of several campaigns counts once in every total.",
    ),
    "orders_per_click": Term("Orders a click", "percent", "Credited orders ÷ clicks."),
    "orders_per_visit": Term(
        "Orders a visit",
        "percent",
        "Credited orders ÷ visits, whoever ordered without a visit, too.",
    ),
    "orders_per_visit_low": Term(
        "Orders a visit from",
        "percent",
        "Lower end of its 95% interval, which takes the customer as what is independent.",
    ),
    "orders_per_visit_high": Term(
        "Orders a visit to", "percent", "Upper end of the 95% interval of orders a visit."
    ),
    "visits_per_order": Term("Visits an order", "decimal", "Visits ÷ credited orders."),
    "visits_per_order_low": Term(
        "Visits an order from",
        "decimal",
        "Lower end of Fieller's 95% interval by customers; unknown where orders are so few that "
        "it has no upper end.",
    ),
    "visits_per_order_high": Term(
        "Visits an order to", "decimal", "Upper end of the 95% interval of visits an order."
    ),
    "gmv": Term(
        "GMV",
        "money",
        "Price × pieces of delivered lines that carry the campaign's id, before discounts and "
        "returns.",
        total="sum",
    ),
    "net_revenue": Term(
        "Net revenue",
        "money",
        "What was charged on lines that carry the campaign's id, less discounts, returns and "
        "credit notes: what the shop credits to the campaign. These sales stood near it, which "
        "does not prove that it caused them.",
        total="sum",
    ),
    "cost": Term(
        "Cost",
        "money",
        "What the campaigns cost; unknown as soon as one day of one is.",
        total="sum",
    ),
    "roas": Term(
        "ROAS",
        "ratio",
        "Net revenue ÷ cost; unknown where nothing was spent.",
        total=("net_revenue", "cost"),
    ),
    "new_customers": Term(
        "New",
        "integer",
        "Customers whose first order in the data carries the campaign's id; unknown where nobody "
        "knows who ordered.",
    ),
    "returning_customers": Term(
        "Returning",
        "integer",
        "Customers with an order that carries the campaign's id, none of which is the first "
        "order they ever placed.",
    ),
    "cac": Term("CAC", "money", "Cost ÷ new customers; unknown where nothing was spent."),
    "contribution": Term(
        "Contribution",
        "money",
        "Net revenue − cost of goods − campaign cost; shipping and payment are not in the data.",
        total="sum",
    ),
    "contribution_margin": Term(
        "Margin", "percent", "Contribution ÷ net revenue.", total=("contribution", "net_revenue")
    ),
    "cpc": Term(
        "CPC", "money", "Cost ÷ clicks; unknown where nobody clicked.", total=("cost", "clicks")
    ),
    "conversions": Term(
        "Conversions (platform)",
        "decimal",
        "What the platform itself counts as led to by its campaigns, by its own rules and windows; "
        "several platforms count one order each. Not what the shop sold.",
        total="sum",
    ),
    "cost_per_conversion": Term(
        "Cost a conversion (platform)",
        "money",
        "Cost ÷ conversions that the platform counts.",
        total=("cost", "conversions"),
    ),
    "conversion_value": Term(
        "Conversion value (platform)",
        "money",
        "What the platform says that its conversions are worth. Not what the shop sold.",
        total="sum",
    ),
    "platform_roas": Term(
        "ROAS (platform)",
        "ratio",
        "Conversion value that the platform counts ÷ cost; unknown where nothing was spent.",
        total=("conversion_value", "cost"),
    ),
    "treated": Term("Treated", "integer", "Customers who were assigned to the campaign."),
    "held_back": Term("Held back", "integer", "Customers who were held back by lot."),
    "rate_treated": Term(
        "Converted, treated",
        "percent",
        "Treated customers who converted ÷ all treated; unknown as soon as the outcome of one is.",
    ),
    "rate_held_back": Term(
        "Converted, held back",
        "percent",
        "Customers held back who converted all the same ÷ all held back.",
    ),
    "incremental_conversions": Term(
        "Incremental conversions",
        "decimal",
        "Difference of the two rates, times all treated: conversions that would not have come "
        "anyway. By the outcomes in the audience table, of the whole campaign.",
    ),
    "conversions_low": Term(
        "At least", "decimal", "Lower end of the 95% interval of the conversions caused."
    ),
    "conversions_high": Term(
        "At most", "decimal", "Upper end of the 95% interval of the conversions caused."
    ),
    "incremental_value": Term(
        "Incremental value",
        "money",
        "What a treated customer brought more than one held back, times all treated. By the "
        "values in the audience table, of the whole campaign.",
    ),
    "value_low": Term(
        "Value at least", "money", "Lower end of the 95% interval of the value caused."
    ),
    "value_high": Term(
        "Value at most", "money", "Upper end of the 95% interval of the value caused."
    ),
    "outcome": Term(
        "Verdict",
        "text",
        "Whether treated customers did more than those held back, by the 95% interval of their "
        "conversions (of their value where these are not known), or why it cannot be said.",
    ),
    **CREDITED_BY_RULE,
    "incremental": Term(
        "Incremental",
        "money",
        "Net revenue that a treated customer brought more than one held back, times all treated; "
        "of the whole campaign and the days after it. Unknown where no control group tells.",
    ),
    "incremental_low": Term(
        "Incremental from",
        "money",
        "Lower end of the 95% interval of what it caused. Of twenty campaigns without any effect "
        "one has an interval that shows one.",
    ),
    "incremental_high": Term(
        "Incremental to", "money", "Upper end of the 95% interval of what it caused."
    ),
    **CALIBRATED,
    "control_group": Term(
        "Control group",
        "text",
        "How many customers were treated and held back, or why that says nothing.",
    ),
    "verdict": Term(
        "What to do",
        "text",
        "Scale, keep, test or stop, by the ends of the interval of what is left; the rule stands "
        "below.",
    ),
    "grade": Term(
        "Grade",
        "text",
        "How far it can be trusted. A: control group by lot, every check passed. B: one check did "
        "not, or another design than a lot passed its own. C: only credit is known.",
    ),
    "credited": Term(
        "Credited",
        "money",
        "Net revenue of lines that carry the campaign's id, of its whole run.",
        total="sum",
    ),
    "left": Term(
        "Left",
        "money",
        "Gross profit that the campaign caused − its cost, of its whole run and the days after.",
    ),
    "left_low": Term("Left from", "money", "Lower end of the 95% interval of what is left."),
    "left_high": Term("Left to", "money", "Upper end of the 95% interval of what is left."),
    "caused_shrunk": Term(
        "Caused, shrunk",
        "money",
        "What it caused, drawn towards what campaigns have in common, by how uncertain it is: the "
        "largest of many is large by luck, too.",
    ),
    "q": Term(
        "q",
        "decimal",
        "The share of false finds among all campaigns whose evidence is at least as strong "
        "(Benjamini and Hochberg); the family is every campaign of the shop that can be read.",
    ),
    "lost": Term("Why not better", "text", "What it lost its grade for."),
    "overlaps": Term(
        "Overlaps",
        "text",
        "Campaigns that treated some of its customers while it ran, and which part of them.",
    ),
    "next_step": Term("Next", "text", "What to do, or which test would tell."),
    "left_per_cost": Term(
        "Left per cost",
        "ratio",
        "Left ÷ cost, of the campaigns whose control group can be read: what each unit of money "
        "that was spent brought beyond itself.",
    ),
    "link": Term("Step", "text", "From what is credited to what is left."),
    "amount": Term("Amount", "money", "What the step is, or adds and takes away."),
    "amount_low": Term("From (95%)", "money", "Lower end of its 95% interval."),
    "amount_high": Term("To (95%)", "money", "Upper end of its 95% interval."),
    "share_treated": Term("Treated share", "percent", "Treated ÷ all assigned customers."),
    "fewest_buyers": Term(
        "Buyers",
        "integer",
        "Customers of the arm with fewer buyers whose net revenue is above zero; of fewer than "
        "a hundred no money is compared.",
    ),
    "bought_treated": Term("Bought, treated", "percent", "Treated who ordered ÷ all treated."),
    "bought_held_back": Term(
        "Bought, held back", "percent", "Those held back who ordered ÷ all held back."
    ),
    "bought_low": Term(
        "Difference from",
        "points",
        "Lower end of Newcombe's 95% interval of the difference of the two shares.",
    ),
    "bought_high": Term("Difference to", "points", "Its upper end."),
    "per_customer": Term(
        "A customer",
        "money",
        "Net revenue that an assigned customer brought more than one held back, adjusted for what "
        "they bought before.",
    ),
    "per_reached": Term(
        "A reached one",
        "money",
        "The same per customer who was really reached: it takes for granted that a campaign does "
        "nothing to whom it does not reach. Unknown where `reached` is.",
    ),
    "lift": Term("Lift", "percent", "A customer ÷ mean net revenue of those held back."),
    "lift_low": Term("Lift from", "percent", "Lower end of Fieller's 95% interval of the lift."),
    "lift_high": Term("Lift to", "percent", "Its upper end."),
    "smallest_lift": Term(
        "Smallest seen",
        "percent",
        "The smallest lift that a test of this size sees in four cases of five.",
    ),
    "explained": Term(
        "Known before",
        "percent",
        "The part of what customers differ in that was known before the arms were drawn.",
    ),
    "seen": Term(
        "Seen",
        "text",
        "Whether the treated brought more, whether what would pay can be ruled out, or the test "
        "was too small; or why nothing is read.",
    ),
    "part": Term("Part", "text", "A first-level category, new or known customers, or a segment."),
    "split": Term("Split", "text", "By what the whole is divided."),
    "part_caused": Term(
        "Caused",
        "money",
        "(Sales of the part to the treated ÷ all treated − the same of those held back) × treated.",
    ),
    "part_low": Term("Caused from", "money", "Lower end of its 95% interval."),
    "part_high": Term("Caused to", "money", "Upper end of its 95% interval."),
    **ORDERS_BY_RULE,
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
    "step": Term(
        "Step",
        "text",
        "Impressions, clicks, visits, carts, orders, and new customers, who are a part of the "
        "orders.",
    ),
    "count": Term("Count", "integer", "How many reached this step."),
    "before": Term("Of", "text", "The last step before it of which the count is known."),
    "previous": Term("Before", "integer", "How many reached the step before."),
    "of_previous": Term(
        "Of the step before",
        "percent",
        "Count ÷ count of the step before; unknown where there are more than before, which cannot "
        "be.",
    ),
    "of_previous_low": Term(
        "From (95%)",
        "percent",
        "Lower end of Wilson's 95% interval of the share that goes on. Of visits, carts and orders "
        "it is known whose they are: there it is by customers. Elsewhere it takes "
        "every impression and click for a person of its own; people come more than once, so the "
        "truth is less certain.",
    ),
    "of_previous_high": Term(
        "To (95%)", "percent", "Upper end of Wilson's 95% interval of the share that goes on."
    ),
    "shrunk": Term(
        "Drawn to the mean",
        "percent",
        "The share as all that are compared make it likely (empirical Bayes, beta-binomial): what "
        "rests on few is drawn towards the common share. Unknown where fewer than three are "
        "compared.",
    ),
    "remark": Term("Remark", "text", "What cannot be in this row, or why a number is not known."),
    "spent": Term(
        "Spent",
        "money",
        "What the whole campaign has cost up to the day looked at, whatever the window; unknown as "
        "soon as one of its days is.",
        total="sum",
    ),
    "budget": Term("Budget", "money", "What the campaign is allowed to cost.", total="sum"),
    "budget_used": Term("Budget used", "percent", "Spent ÷ budget."),
    "elapsed": Term(
        "Days passed",
        "percent",
        "Planned days that have passed by the day looked at ÷ planned days.",
    ),
    "pace": Term(
        "Pace",
        "ratio",
        "Budget used ÷ days passed: 1 is as planned, more spends faster. It takes every day for "
        "alike.",
    ),
    "projected": Term(
        "At the end",
        "money",
        "Spent ÷ days passed: what the campaign will have cost if it goes on as it did.",
    ),
    "plan": Term(
        "As planned?",
        "text",
        "Over its budget, or a pace more than 10% from 1; or why that is not known.",
    ),
    "running": Term("Campaigns that ran", "text", "Campaigns that ran on any of these days."),
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
