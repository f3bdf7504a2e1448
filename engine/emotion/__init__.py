"""The emotion of a film.

``experts`` read it from picture, sound and words. ``fusion`` joins what they say of a stretch,
``contrast`` compares a scene with its film, ``scenes`` divides the film, and ``curve`` does all of
it. ``sections`` puts the user's emotions in their place. ``mapping`` converts Ekman's emotions to
valence and arousal.
"""
