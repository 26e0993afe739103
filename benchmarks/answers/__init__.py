"""Five questions of a shop, answered by the summaries, and by pandas and polars from raw files.

Every module answers each question with the same rows of whole numbers and names:

- ``monthly_revenue``: month index, category, net revenue;
- ``weekly_visitors``: week index, channel, distinct visitors of the chosen categories;
- ``retention``: month index of the first purchase, month index, distinct buyers;
- ``campaign_results``: campaign, net revenue, orders, new customers;
- ``top_brands``: brand, GMV, GMV of the whole shop; the 20 largest.

Money is in minor units, rounded half to even by line. Rows that break the contract do not count.
"""

QUESTIONS = {
    "monthly_revenue": "monthly revenue by category",
    "weekly_visitors": "weekly distinct visitors by channel, of two categories",
    "retention": "monthly cohort retention of buyers",
    "campaign_results": "campaign revenue, orders and new customers",
    "top_brands": "top brands by share of GMV",
}
#: The choice of ``weekly_visitors``.
CATEGORIES = ("Beauty", "Home")
TOP = 20
UNKNOWN = "(unknown)"
SEPARATOR = " / "

# What the raw rows must be held against, as the contract has it.
STATUSES = ("completed", "cancelled", "returned", "credited")
EARLIEST = "1990-01-01"
LATEST = "2030-01-02"
#: The local time of the shop is always so many hours ahead of UTC.
HOURS_AHEAD = 8
#: Minor units a unit of the currency; and the parts to which money is first snapped.
MINOR, SNAP = 100, 10_000
