"""The score: the result of composing, and the input of export and playback.

Times are seconds from the score's zero, as floats. A tempo map is derived when a file needs one:
from the beats of a planned score, else from the bars.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

VELOCITY = 80
CHORD_VELOCITY = 120


class Instrument(Enum):
    """The five parts (the families of LPD-5), in the order that is used everywhere."""

    BASS = "bass"
    DRUMS = "drums"
    GUITAR = "guitar"
    PIANO = "piano"
    STRINGS = "strings"

    @property
    def program(self) -> int:
        """General MIDI program, counted from 0 (drums: the standard kit)."""
        return _PROGRAMS[self]

    @property
    def channel(self) -> int:
        """MIDI channel, counted from 0; General MIDI reserves 9 for drums."""
        return _CHANNELS[self]


def named_instrument(track: str) -> Instrument | None:
    """The part that a track is named after; None for a track of another name."""
    return _NAMED.get(track.strip().lower())


_NAMED = {instrument.value: instrument for instrument in Instrument}
_PROGRAMS = {
    Instrument.BASS: 32,
    Instrument.DRUMS: 0,
    Instrument.GUITAR: 25,
    Instrument.PIANO: 0,
    Instrument.STRINGS: 48,
}
_CHANNELS = {
    Instrument.BASS: 0,
    Instrument.DRUMS: 9,
    Instrument.GUITAR: 1,
    Instrument.PIANO: 2,
    Instrument.STRINGS: 3,
}

CHORDAL = (Instrument.GUITAR, Instrument.PIANO)
"""The instruments whose chords can mark a boundary (paper, III-B2)."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note: ``onset <= t < end`` in seconds, MIDI ``pitch`` and ``velocity`` 0..127."""

    instrument: Instrument
    onset: float
    end: float
    pitch: int
    velocity: int = VELOCITY


@dataclass(frozen=True, slots=True)
class Control:
    """A controller's new value, 0..127, at a time in seconds."""

    seconds: float
    instrument: Instrument
    controller: int
    value: int


@dataclass(frozen=True, slots=True)
class BeatMap:
    """Where the beats and bars of a planned score lie.

    beats, seconds: quarter notes from the start, rising from 0, and their times. The tempo between
    two of them is constant; there are two or more. bars: numerator and denominator of each bar; the
    last one goes on.
    """

    beats: tuple[float, ...]
    seconds: tuple[float, ...]
    bars: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A finished piece.

    notes: sorted by onset, then instrument, then pitch.
    bars: downbeats in seconds, rising.
    chords: times of the CHORD tokens, whose long chords mark boundaries, in seconds, rising.
    duration: length in seconds; no note ends after it.
    beat_map: the beats and bars of a planned score.
    keys, harmony: names of keys such as ``A minor``, and chord symbols, of a planned score, each
    with the seconds from which it holds; rising.
    controls: changes of controllers, by time.
    """

    notes: tuple[Note, ...]
    bars: tuple[float, ...]
    chords: tuple[float, ...]
    duration: float
    beat_map: BeatMap | None = None
    keys: tuple[tuple[float, str], ...] = ()
    harmony: tuple[tuple[float, str], ...] = ()
    controls: tuple[Control, ...] = ()

    def part(self, instrument: Instrument) -> tuple[Note, ...]:
        """The notes of one instrument, in time order."""
        return tuple(note for note in self.notes if note.instrument is instrument)
