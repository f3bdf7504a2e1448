"""Following a DAW's transport.

    MIDI, OSC or JACK -> a state machine a protocol (time_code, beat_clock, reaper, jack)
                      -> Transport -> chase -> player

The state machines are pure: ``feed`` takes what arrived and when, and says where the transport is
once it knows. ``idle`` says so when too long nothing came. ``inputs`` brings them what arrives.
"""
