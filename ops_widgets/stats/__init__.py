"""Floor 2: statistics on plain numbers, each with its source."""
