"""Terms of what control groups say of campaigns, and of what to do with them."""

from __future__ import annotations

from ops_widgets.views.terms import Term

#: In the order of tables; the terms of the notebook hold them at their place.
JUDGED: dict[str, Term] = {
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
    "next_budget": Term(
        "Next budget",
        "money",
        "Cost at which the next unit of money just brings itself back as gross profit, by the "
        "response curve (a × cost ^ b) of the measured campaigns of its content type, no further "
        "than was ever spent.",
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
    "measured": Term(
        "Measured",
        "text",
        "What is compared, per customer assigned. Contribution: gross profit − the campaign's cost "
        "÷ treated; it has no lift, since only the treated have a cost.",
    ),
    "a_treated": Term("A treated one", "text", "Mean of the treated, as it is."),
    "a_held_back": Term("One held back", "text", "Mean of those held back, as it is."),
    "more": Term(
        "More",
        "text",
        "The difference and its 95% interval, adjusted for what customers bought before (that of "
        "shares is not; their interval is Newcombe's).",
    ),
    "more_reached": Term(
        "More, reached",
        "text",
        "The same per customer who was really reached; unknown where `reached` is.",
    ),
    "lift": Term("Lift", "percent", "The difference ÷ the mean of those held back."),
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
}
