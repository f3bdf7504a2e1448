"""MIDI output: timed messages go to a DAW through the backend that this machine has.

    backends -> jack, or scheduler -> rtmidi_ports, vkb or null -> a DAW

Every output keeps :mod:`~bridge.midi.active_notes`, so that it can always end exactly those notes.
"""
