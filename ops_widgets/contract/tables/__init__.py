"""A module here declares a table of its name; nothing lists them."""
