"""What the workbook promises of speed and memory, measured: ``python -m benchmarks.run``."""
