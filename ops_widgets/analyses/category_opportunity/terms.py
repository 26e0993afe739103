"""What the columns and numbers of the category notebook are called, and what they mean.

Tables show their columns in this order.
"""

from __future__ import annotations

from ops_widgets.views.terms import SHARED, Term

TERMS: dict[str, Term] = SHARED | {
    "gmv": Term(
        "Market size",
        "money",
        "Gross merchandise value of the `market` table over complete months; a month that it "
        "lacks is named, and not counted as 0.",
        total="sum",
    ),
    "index": Term(
        "Index",
        "decimal",
        "Market size ÷ that of the first month of the window, × 100; of a category that is "
        "unknown or 0 then, of its first known month.",
    ),
    "growth": Term(
        "Growth on last year",
        "percent",
        "Each month against the same month a year earlier, only months that the market table has "
        "of this category in both years; unknown where a year ago was less than 10% of now.",
    ),
    "compared_months": Term(
        "Months compared", "integer", "Months of the window that growth compares."
    ),
    "months": Term(
        "Months known", "integer", "Months of the window of which the market table has a row."
    ),
    "brands": Term(
        "Brands",
        "integer",
        "Brands with sales in the window; collected rows such as “Other” are none.",
    ),
    "cr4": Term("CR4", "percent", "Share of the four largest brands in the category's sales."),
    "cr10": Term("CR10", "percent", "Share of the ten largest brands in the category's sales."),
    "hhi": Term(
        "HHI",
        "integer",
        "Sum of squared brand shares in percent; 10,000 is a monopoly. A lower bound where part "
        "of the market is not listed by brand.",
    ),
    "leaders_share": Term(
        "Held by the largest",
        "percent",
        "Share of the largest brands, as many as “Leaders” says.",
        total=("leaders_gmv", "gmv"),
    ),
    "leaders_gmv": Term(
        "Held by leaders", "money", "Market size × share of the leaders.", total="sum"
    ),
    "open_gmv": Term(
        "Open market",
        "money",
        "Market size × (1 − share of the leaders): what no large brand holds, which does not make "
        "it yours.",
        total="sum",
    ),
    "unlisted_share": Term(
        "Not listed by brand",
        "percent",
        "Part of the market that the table does not list by brand.",
    ),
    "own_share": Term(
        "Our share",
        "percent",
        "This shop's gross merchandise value ÷ market size, over the months that both know whole.",
    ),
    "brand_gmv": Term(
        "Sales",
        "money",
        "Gross merchandise value of the brand in the categories shown.",
        total="sum",
    ),
    "share": Term(
        "Share",
        "percent",
        "The brand's part of the market shown, collected rows included in the whole.",
        total="sum",
    ),
    "starts_on": Term("From", "date", "The first day of a period of our own sales."),
    "ends_on": Term("To", "date", "Its last day."),
    "own_revenue": Term(
        "Our sales",
        "money",
        "What this shop charged, less discounts and returns.",
        total="sum",
    ),
    "own_units": Term(
        "Our pieces", "integer", "Pieces that this shop sold; unknown as soon as one row is."
    ),
    "part": Term("Part of our sales", "percent", "Of what this shop sold in the same period."),
    "own_sales": Term(
        "Our sales",
        "money",
        "What this shop charged, less discounts and returns, in all periods of the window that "
        "are over.",
    ),
    "own_pieces": Term(
        "Our pieces",
        "integer",
        "Pieces that this shop sold in the same periods; unknown as soon as one row is.",
    ),
    "market_gmv": Term(
        "Market size",
        "money",
        "Gross merchandise value of the `market` table over complete months; a month that it "
        "lacks is named, and not counted as 0.",
    ),
    "open_share": Term("Open share", "percent", "Open market ÷ market size."),
    "most_open_gmv": Term(
        "Largest open category", "money", "The open market of the category that has most of it."
    ),
    "fastest_growth": Term(
        "Fastest growth",
        "percent",
        "The largest growth on last year that is known of a category shown; not of one with less "
        "than 10% of the average size.",
    ),
}
