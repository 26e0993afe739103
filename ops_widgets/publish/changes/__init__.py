"""What moved from one run of a report to the next, what came late, what was redefined."""
