"""Floor 0: where the data comes from, what it must look like, and what is set aside."""
