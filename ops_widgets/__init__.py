"""The widget helper package of the e-commerce operators' workbook."""

__version__ = "0.1.0"
