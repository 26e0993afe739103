"""What the columns and numbers of the campaign notebook are called, and what they mean.

Tables show their columns in this order.
"""

from __future__ import annotations

from ops_widgets.analyses.campaign_performance.rules import (
    CALIBRATED,
    CREDITED_BY_RULE,
    ORDERS_BY_RULE,
)
from ops_widgets.analyses.campaign_performance.terms_compared import COMPARED, PROMOTED
from ops_widgets.analyses.campaign_performance.terms_judged import JUDGED
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
    **JUDGED,
    **ORDERS_BY_RULE,
    **COMPARED,
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
    **PROMOTED,
}
