"""The cohort page in other people's frameworks: the same summaries, charts and controls.

Each page is what its framework's documentation would lead one to write. They have less to do than
ours: no headline numbers, no tables, no links, no theme of their own.
"""
