"""Floor 2: pure functions, summary frames in, tidy frames out."""
