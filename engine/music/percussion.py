"""The parts of a drum kit, as MIDI pitches of General MIDI percussion.

Other percussion, such as congas and cowbells, belongs to none of them.
"""

KICK = frozenset({35, 36})
SNARE = frozenset({38, 40})
CLOSED_HAT = frozenset({42, 44})
OPEN_HAT = frozenset({46})
CRASH = frozenset({49, 52, 55, 57})
"""Crash, Chinese and splash cymbals."""
RIDE = frozenset({51, 53, 59})
TOMS = frozenset({41, 43, 45, 47, 48, 50})
