"""One run of a report after another: defined, performed, published, compared, delivered."""
