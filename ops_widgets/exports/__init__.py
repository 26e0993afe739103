"""Exports that shops and ad platforms make: recognised by their columns, and turned into sources."""
