"""How composed notes are performed: velocities, lengths, guitar strokes, and controllers.

A passage of notes goes through :mod:`features`: what the score says of each note. Then it goes note
by note through :mod:`history` (the velocities before) and :mod:`network` (which draws a velocity).
:mod:`releases` then ends notes early, by the table of :mod:`articulation`, and strums chords.
:mod:`performer` does both for a whole score, or for one that still grows.
:mod:`controllers` adds swells and pedal to a finished score.
"""
