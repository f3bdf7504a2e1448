"""How composed notes are performed: a velocity for every note, from a small autoregressive network.

A passage of notes goes through :mod:`features`: what the score says of each note. Then it goes note
by note through :mod:`history` (the velocities before) and :mod:`network` (which draws a velocity).
:mod:`performer` does it for a whole score, or for one that still grows.
"""
