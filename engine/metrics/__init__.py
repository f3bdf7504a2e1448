"""Measures of scores, one family of metrics a module, in the style of mir_eval.

The modules are pure: they validate their input and compute. They read no files, compose nothing
and draw nothing; :mod:`engine.evaluation` does that. Most offer an ``evaluate`` that returns a
dictionary for the report (:data:`engine.metrics.statistics.Json`).
"""
