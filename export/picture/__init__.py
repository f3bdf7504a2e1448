"""Pictures of a piece against its film, as SVG.

timeline    bars, beats and tempi in seconds, and how each boundary meets them
rows        the rows that a film is wrapped into
notes       the notes of a part as strokes
svg         elements of SVG, and the style
draw        the pictures
"""
