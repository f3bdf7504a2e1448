"""Writes scores as files for other programs.

Of the engine it uses only the score and the tempo map; it needs neither network nor film.
"""
