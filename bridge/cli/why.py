"""What a film feels like section by section, and why, as lines for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from engine.cues import CueSheet
from engine.emotion.words import word_of
from engine.section import Evidence, Section

MOST = 8
"""Sections that are shown; the cue sheet has all."""
REASONS = 3
NOTHING = "nothing stands out"


def why(cues: CueSheet) -> list[str]:
    """A line for each section: its time, its emotion, and the strongest evidence."""
    lines = list(_lines(cues, cues.sections[:MOST]))
    if len(cues.sections) > MOST:
        lines.append(f"  ... and {len(cues.sections) - MOST} sections more; cues.json has all")
    return lines


def _lines(cues: CueSheet, sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        if math.isnan(section.valence) or math.isnan(section.arousal):
            feels = "unknown"
        else:
            word = word_of(section)
            feels = f"{word} (valence {section.valence:+.2f}, arousal {section.arousal:+.2f})"
        reasons = "; ".join(_reason(each, section) for each in section.evidence[:REASONS])
        reasons = reasons or ("as you asked" if section.source == "user" else NOTHING)
        yield f"  {_clock(section.start)}-{_clock(section.end)}  {feels}: {reasons}"


def _reason(evidence: Evidence, section: Section) -> str:
    """The evidence, with its time where that is not the section's start."""
    later = evidence.time - section.start >= 1
    return f"{_clock(evidence.time)} {evidence.text}" if later else evidence.text


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
