"""The partials of a source, kept between builds: one DuckDB file beside the summaries."""
