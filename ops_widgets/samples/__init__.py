"""A synthetic shop with planted truths, written byte for byte from its seed."""

from ops_widgets.samples.shop import generate

__all__ = ["generate"]
