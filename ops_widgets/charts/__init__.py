"""Floor 3: tidy frames become charts, tables and formatted numbers."""
