"""Days on which the world buys otherwise: public holidays, days of commerce, and the shop's own."""
