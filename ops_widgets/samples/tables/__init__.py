"""A module here fills the table of its name; nothing lists them.

It says what its rows are made of by the functions it has, at least one of these, each of which
gives every column of the contract as an Arrow array (or a list of plain values):

- ``rows(shop, rng)``: written once, after the last day of the shop; ``rng`` is its own;
- ``rows_of_lines(shop, lines)``: the order lines of a block of days (``baskets.Lines``);
- ``rows_of_events(shop, done, came)``: the events of a block and the visits they belong to;
- ``rows_of_parcels(shop, parcels)``: the parcels of a block;
- ``rows_of_campaign(shop, running, reach)``: a campaign that starts, and what it reaches;
- ``rows_of_outcome(shop, running, reach, outcome)``: a campaign that is over.

``CODED`` names text columns of few different values, which are handed over as codes and names
(``write.coded``); ``VARIED`` names columns whose values hardly repeat, where looking for
repetition would cost time and space; ``FAMILIES`` names columns of the table's families.
``GENERATOR`` is the number of a generator that several
tables draw from, one after the other.
"""
