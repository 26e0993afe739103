"""Floor 3: what is being looked at (one typed value a notebook), and what all analyses share."""
