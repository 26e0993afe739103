"""Distinct customers that add up, and the life of a customer by period."""
