"""What the words of the campaign notebook mean."""

from __future__ import annotations

TERMS: dict[str, str] = {
    "name": "The campaign, by its name; one without a name by its id.",
    "content_type": "What kind of content the campaign is, as the shop says.",
    "group": "What is compared: the content type, format or channel of campaigns.",
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
    "step": "Impressions, clicks, orders, and new customers, who are a part of the orders.",
    "count": "How many reached this step.",
    "of_previous": "Count ÷ count of the step before.",
    "measure": "Cost of the campaigns, or the net revenue credited to them.",
    "amount": "Cost or credited net revenue of the week.",
}
