"""EMSYNC's engine: a film goes in, a score comes out.

    video -> cue sheet -> tokens -> score

``video`` and ``emotion`` watch the film and write a :class:`~engine.cues.CueSheet`; ``music`` and
``model`` compose a :class:`~engine.score.Score` for it; ``training`` makes the network; ``metrics``
measures the result. Nothing in here knows of files to deliver (``export``) or of DAWs (``bridge``).
"""
