"""How the drums of General MIDI are written: places on the staff and heads of notes.

The drum set follows Weinberg (1998, Guidelines for Drumset Notation, Percussive Notes). For hand
percussion there is no common rule. Here no two instruments share both place and head. No head is a
plain slash, which tells a drummer to play along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Drum(NamedTuple):
    """A drum. step, octave: its place as if the staff had a treble clef. head: of MusicXML."""

    name: str
    step: str
    octave: int
    head: str = "normal"


DRUMS: Mapping[int, Drum] = MappingProxyType(
    {
        35: Drum("Bass Drum 2", "E", 4),
        36: Drum("Bass Drum", "F", 4),
        37: Drum("Side Stick", "C", 5, "x"),
        38: Drum("Snare", "C", 5),
        39: Drum("Hand Clap", "C", 5, "slashed"),
        40: Drum("Electric Snare", "C", 5, "diamond"),
        41: Drum("Low Floor Tom", "G", 4),
        42: Drum("Closed Hi-Hat", "G", 5, "x"),
        43: Drum("High Floor Tom", "A", 4),
        44: Drum("Pedal Hi-Hat", "D", 4, "x"),
        45: Drum("Low Tom", "B", 4),
        46: Drum("Open Hi-Hat", "G", 5, "circle-x"),
        47: Drum("Low-Mid Tom", "D", 5),
        48: Drum("Hi-Mid Tom", "E", 5),
        49: Drum("Crash Cymbal", "A", 5, "x"),
        50: Drum("High Tom", "F", 5),
        51: Drum("Ride Cymbal", "F", 5, "x"),
        52: Drum("Chinese Cymbal", "B", 5, "x"),
        53: Drum("Ride Bell", "F", 5, "diamond"),
        54: Drum("Tambourine", "E", 5, "x"),
        55: Drum("Splash Cymbal", "B", 5, "diamond"),
        56: Drum("Cowbell", "E", 5, "triangle"),
        57: Drum("Crash Cymbal 2", "B", 5, "circle-x"),
        58: Drum("Vibraslap", "A", 5, "triangle"),
        59: Drum("Ride Cymbal 2", "F", 5, "circle-x"),
        60: Drum("High Bongo", "E", 5, "slashed"),
        61: Drum("Low Bongo", "D", 5, "slashed"),
        62: Drum("Mute High Conga", "A", 4, "x"),
        63: Drum("Open High Conga", "A", 4, "triangle"),
        64: Drum("Low Conga", "G", 4, "triangle"),
        65: Drum("High Timbale", "E", 5, "diamond"),
        66: Drum("Low Timbale", "D", 5, "diamond"),
        67: Drum("High Agogo", "G", 5, "triangle"),
        68: Drum("Low Agogo", "F", 5, "triangle"),
        69: Drum("Cabasa", "D", 5, "x"),
        70: Drum("Maracas", "C", 6, "x"),
        71: Drum("Short Whistle", "C", 6, "triangle"),
        72: Drum("Long Whistle", "C", 6, "diamond"),
        73: Drum("Short Guiro", "D", 5, "inverted triangle"),
        74: Drum("Long Guiro", "C", 5, "inverted triangle"),
        75: Drum("Claves", "G", 5, "slashed"),
        76: Drum("High Wood Block", "D", 5, "triangle"),
        77: Drum("Low Wood Block", "C", 5, "triangle"),
        78: Drum("Mute Cuica", "G", 4, "x"),
        79: Drum("Open Cuica", "G", 4, "diamond"),
        80: Drum("Mute Triangle", "C", 6, "inverted triangle"),
        81: Drum("Open Triangle", "C", 6, "circle-x"),
        82: Drum("Shaker", "A", 5, "slashed"),
        83: Drum("Jingle Bell", "A", 5, "inverted triangle"),
        84: Drum("Bell Tree", "B", 5, "triangle"),
        85: Drum("Castanets", "F", 5, "slashed"),
        86: Drum("Mute Surdo", "E", 4, "x"),
        87: Drum("Open Surdo", "E", 4, "diamond"),
    }
)
"""The drums of General MIDI, and some of its second level, by MIDI pitch."""
_USUAL: Mapping[int, int] = MappingProxyType({35: 36, 40: 38, 57: 49, 59: 51})
"""The second drum of a kind, and the usual one."""


def kit(pitches: Iterable[int]) -> Mapping[int, Drum]:
    """The drums of a piece by MIDI pitch; a pitch that is no drum stands in the middle.

    The second drum of a kind is written like the usual one in a piece where that one is silent.
    """
    found = {pitch: _drum(pitch) for pitch in sorted(set(pitches))}
    for second, usual in _USUAL.items():
        if second in found and usual not in found:
            found[second] = DRUMS[usual]._replace(name=found[second].name)
    return found


def _drum(pitch: int) -> Drum:
    return DRUMS.get(pitch, Drum(f"Percussion {pitch}", "B", 4, "x"))
