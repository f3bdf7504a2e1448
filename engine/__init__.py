"""EMSYNC's engine: it composes a score for a film.

    video -> cue sheet -> tokens -> score

``video`` and ``emotion`` analyze the film and make a :class:`~engine.cues.CueSheet`. ``composing``
turns it into a :class:`~engine.score.Score`, with the language in ``music`` and the network in
``model``. ``training`` trains the network; ``metrics`` and ``evaluation`` measure the music. The
engine imports neither ``export``, which writes files, nor ``bridge``, which plays into DAWs.
"""
