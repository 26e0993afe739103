"""Floor 0: the contract applied to a source: what can be used, what is set aside, and why."""
