"""Rules on headline numbers, and the messages about what became of a run."""
