"""The emotion of a film.

``perception`` estimates it from the picture, ``sections`` divides the film by it, and ``mapping``
converts it to valence and arousal.
"""
