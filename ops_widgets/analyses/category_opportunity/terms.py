"""What the words of the category notebook mean."""

from __future__ import annotations

TERMS: dict[str, str] = {
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
}
