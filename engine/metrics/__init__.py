"""Measures of a score: one family of metrics a module, after the shape of mir_eval.

Each module states its conventions and offers small pure functions and an ``evaluate`` that
returns a dictionary fit for JSON.
"""
