"""How good a piece is, as parts that are each measured on songs first.

    measured_piece    a piece as the measures see it: notes, bars, key
    harmony, melody, rhythm, texture, ending    the measures, by group
    measures   all of them, by name
    bands      what songs have: a table of each measure, and shares of songs as extreme
    emotion    valence and arousal found in notes
    rating     the parts, and their sum
    summary    how takes differ, in words

``songs.json`` is the table. ``emsync model count-rating`` makes it of training songs.
"""
