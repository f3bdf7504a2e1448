"""Playing: a piece goes out in time, from any moment, in step with a DAW.

    piece -> course (what is due, in the piece's seconds) -> player (when) -> midi.output
                                          follow (a DAW's transport) -> player

The player hands notes over a little ahead of their moment; the output keeps the moment.
"""
