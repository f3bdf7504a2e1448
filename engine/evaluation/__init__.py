"""The evaluation of a network: it composes pieces, measures them, and reports and draws figures.

    amounts           how much is measured
    run               every part of the report, in one call
    request           a piece to compose for a measurement
    pieces            composes requests, or reads them from disk
    references        the songs to compare with
    likelihood, boundaries, emotion_judge, controls    the parts that need a network or a judge
    planned           how pieces keep their plans
    song_tables       counts what songs have, for the rating of takes
    corruptions, other_corruptions    songs with one fault each
    preference        whether the rating prefers songs without it
    targets           the figures that are wanted
    tables, plots     the report as text and as plots
    cache             results on disk
    code_hash         a hash of the code that a cached result depends on

The measures themselves are in :mod:`engine.metrics`.
"""
