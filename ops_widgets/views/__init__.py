"""Floor 3: what is being looked at (one typed value a notebook), and the frames that answer it."""
