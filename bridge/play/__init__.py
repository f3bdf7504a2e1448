"""Playback: a piece goes out in time, from any position, in step with a DAW.

    piece -> event_stream (what is due, in the piece's seconds) -> player (when) -> midi.output
                                                follow (a DAW's transport) -> player

The player hands events over a little before their moment; the output keeps the moment.
"""
