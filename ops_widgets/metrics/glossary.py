"""What each number on a page means, in one sentence: the words under "How is this calculated"."""

from __future__ import annotations

from collections.abc import Iterable

DEFINITIONS: dict[str, str] = {
    # category
    "gmv": "Gross merchandise value of the `market` table over complete months.",
    "market_gmv": "Gross merchandise value of the `market` table over complete months.",
    "growth": "Each month against the same month a year earlier, only months that both years "
    "have; unknown without a base.",
    "fastest_growth": "The largest growth on last year among the categories shown.",
    "brands": "Brands with sales in the window; collected rows such as “Other” are none.",
    "cr4": "Share of the four largest brands in the category's sales.",
    "cr10": "Share of the ten largest brands in the category's sales.",
    "hhi": "Sum of squared brand shares in percent; 10,000 is a monopoly. A lower bound where "
    "part of the market is not listed by brand.",
    "leaders_share": "Share of the largest brands, as many as “Leaders” says.",
    "leaders_gmv": "Market size × share of the leaders.",
    "open_gmv": "Market size × (1 − share of the leaders): what no large brand holds.",
    "open_share": "Open market ÷ market size.",
    "most_open_gmv": "The open market of the category that has most of it.",
    "unlisted_share": "Part of the market that the table does not list by brand.",
    "own_share": "This shop's gross merchandise value ÷ market size.",
    "brand_gmv": "Gross merchandise value of the brand in the categories shown.",
    "share": "The brand's part of the market shown, collected rows included in the whole.",
    # campaigns
    "campaigns": "Campaigns that showed, cost or sold anything in the window.",
    "impressions": "How often campaigns were shown; unknown as soon as one day of one is.",
    "clicks": "How often campaigns were clicked; unknown as soon as one day of one is.",
    "ctr": "Clicks ÷ impressions.",
    "orders": "Orders with at least one delivered line that carries the campaign's id.",
    "orders_per_click": "Credited orders ÷ clicks.",
    "net_revenue": "What was charged on lines that carry the campaign's id, less discounts, "
    "returns and credit notes.",
    "cost": "What the campaigns cost; unknown as soon as one day of one is.",
    "roas": "Net revenue ÷ cost.",
    "new_customers": "Customers whose first order ever carries the campaign's id.",
    "cac": "Cost ÷ new customers.",
    "contribution": "Net revenue − cost of goods − campaign cost; shipping and payment are not "
    "in the data.",
    "contribution_margin": "Contribution ÷ net revenue.",
    "count": "How many reached this step.",
    "of_previous": "Count ÷ count of the step before.",
    "amount": "Cost or credited net revenue of the week.",
    # cohorts
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


def definitions(names: Iterable[str]) -> dict[str, str]:
    """The definitions of those ``names`` that have one, in that order."""
    return {name: DEFINITIONS[name] for name in names if name in DEFINITIONS}
