"""One notebook: executed, and exported as a page."""
