"""Following a DAW's transport.

    MIDI, OSC or JACK -> a state machine a protocol (time_code, beat_clock, reaper, jack)
                      -> Transport -> chase -> player

The state machines are pure. ``feed`` takes what arrived and when, and returns the transport once
it is known. ``idle`` returns a stopped transport when nothing came for too long. ``inputs`` feeds
them.
"""
