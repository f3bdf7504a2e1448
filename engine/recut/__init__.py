"""A new cut of a film that has a score: what did not change keeps its notes.

stretches of picture that both cuts have -> whole bars -> a plan with gaps planned anew ->
given notes, and the rest composed
"""
