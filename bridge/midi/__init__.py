"""MIDI out: where timed messages go, whichever way this machine has.

    choice -> jack | (virtual | existing | vkb | none, each behind sender) -> a DAW

Every output keeps :mod:`~bridge.midi.active_notes`, so that it can always end exactly what sounds.
"""
