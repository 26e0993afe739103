"""Floor 4: what a person touches: the page of a notebook, its controls, its live charts."""
