"""Films whose cuts, dissolves and fades are known exactly, to measure how well they are found.

A film is a row of shots of drawn places, of the demo film's scenes and, where some are given, of
real films. Places differ in pattern, colour, brightness and camera. Between the shots lie hard
cuts, cuts with a blended frame or between the fields of a frame, dissolves and fades. What is no
cut is drawn over it: flashes, strobes, lightning, changes of light, titles, bars, grain.

Everything is drawn from a seed. ``TUNING`` seeds were looked at while the detector was written.
``REPORTED`` seeds are for the figures, and nobody looks at single films of theirs. Earlier versions
reported 1000 to 1071.
"""
