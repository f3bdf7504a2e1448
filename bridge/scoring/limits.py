"""Usual values and limits of a piece's options."""

from __future__ import annotations

from export.piece import SOUND_FORMATS

TAKES = 4
"""Takes to choose from, unless the user says otherwise."""
TAKES_ANEW = 2
"""Takes of what is composed anew. Somebody waits for it, and each of two cores composes one."""
MOST_TAKES = 64
DYNAMICS = 1.0
HUMANIZE = 1.0
"""How freely notes are played, unless the user says otherwise."""
AUDIO = (*SOUND_FORMATS, "none")
"""What may be asked of sound."""
ORIGINAL_LEVELS = (-60.0, 12.0)
"""The range of the level of a film's own sound, in dB."""
FURTHEST_OFFSET = 250
"""The most frames that a chord may begin before or after its hit."""
LONGEST = 24 * 3600.0
"""The latest time that may be asked for, in seconds."""
