"""Floor 1: raw facts become small additive summaries once; everything else reads only those."""
