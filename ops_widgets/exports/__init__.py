"""Exports that shops and ad platforms make: recognised by their columns, made sources."""
