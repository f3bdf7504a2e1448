"""The sound of a piece of which a stretch has changed, out of its older sound.

Only the stretch is played and mixed. All other frames of the new files are those of the old ones.
The new sound must meet the old at both ends; else the piece is played as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.arrays import Floats
from engine.score import Instrument
from export.sound.blocks import BLOCK, RATE
from export.sound.changes import changed_stretch, note_spans
from export.sound.events import keys, last_note_end, programs
from export.sound.files import SCALE, to_steps
from export.sound.fonts import longest_release, part_font
from export.sound.gain import (
    CEILING,
    MOST_LIMITED,
    REACH,
    REACH_BACK,
    TARGET,
    WINDOW,
    Gain,
    ending,
    limiter_edges,
    window_peaks,
)
from export.sound.loudness import LoudnessMeter
from export.sound.mixing import PLACES, stem_blocks
from export.sound.room import LENGTH
from export.sound.soundfont import SoundFont
from export.sound.synthesizer import STEP, TAIL, Event, Synthesizer, play_stretch
from export.sound.wav import Steps, WavFile, open_wav

LONGEST = 120.0
"""Seconds of the longest stretch, which is played in memory."""
_LARGEST = 0.7
"""The share of a piece from which on it is played as a whole."""
_MEETS = 100 * WINDOW
"""Frames at each end in which the new sound must be the old."""
_ROUNDING = 512
"""Steps by which it may differ at a gain of 1: two of the synthesizer's 16 bits."""
_SPARE = 0.05
"""Seconds after its release in which a note may still be heard."""
_STRAY = 0.5
"""LU by which the piece may miss the target with the level of its older sound."""


@dataclass(frozen=True, slots=True)
class OlderSound:
    """The sound of an older version of a piece.

    folder: of its files. mix: the name of its mix. recipe: as of
    :func:`~export.sound.recipe.recipe_of`. level: in dB. limited: as in ``Soundtrack``.
    """

    folder: Path
    mix: str
    recipe: str
    level: float
    limited: float

    def midi(self, instrument: Instrument) -> Path:
        """The MIDI file of a part."""
        return self.folder / "stems" / f"{instrument.value}.mid"

    def stem(self, instrument: Instrument) -> Path:
        """The sound of a part."""
        return self.folder / "stems" / f"{instrument.value}.wav"


@dataclass(frozen=True, slots=True)
class Spliced:
    """New sound in old files.

    mix, stems: the old files. start: the first frame of what takes the place of the old. new_mix,
    new_stems: the new sound from there. loudness, peak: of the whole, as in ``Soundtrack``.
    limited: the most that the limiter took away, here or in the older sound, in dB.
    """

    mix: WavFile
    stems: Mapping[Instrument, WavFile]
    start: int
    new_mix: Steps
    new_stems: Mapping[Instrument, Steps]
    loudness: float
    peak: float
    limited: float


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Frames of a splice: played from ``start`` to ``end``, of which ``first`` to ``last`` take
    the place of the old sound."""

    start: int
    first: int
    last: int
    end: int


def splice(
    older: OlderSound,
    old: Mapping[Instrument, Sequence[Event]],
    new: Mapping[Instrument, Sequence[Event]],
    frames: int,
    font: SoundFont,
    synthesizer: Synthesizer,
) -> Spliced | None:
    """The sound of ``new`` out of that of ``old``; None where the piece must be played as a whole.

    old, new: the events of all parts that play. frames: of the piece. Raises EmsyncError for a font
    that can't be played, and OSError for files that can't be read.
    """
    files = _files(older, new, frames)
    if old.keys() != new.keys():
        return None
    tails = {i: _tail(events, i, font) for i, events in new.items()}
    stretch = _stretch(old, new, tails, frames)
    ends = [ending(_silence(parts, frames), frames) for parts in (old, new)]
    if files is None or stretch is None or ends[0] != ends[1]:
        return None
    mix, stems = files
    dry = {
        i: _played(events, i, stretch, tails[i], frames, font, synthesizer)
        for i, events in new.items()
    }
    raw = sum(dry.values(), np.zeros((stretch.end - stretch.start, 2), np.float32))
    peaks = window_peaks(raw)
    if peaks.max(initial=0.0) > 10 ** ((CEILING + MOST_LIMITED - older.level) / 20) + 1e-6:
        return None
    edges = np.ones(-(-frames // WINDOW) + 1)
    inside = limiter_edges(peaks, CEILING - older.level)
    edges[stretch.start // WINDOW :][: len(inside)] = inside
    gain = Gain(older.level, edges, frames, *ends[0])
    curve = gain.curve(stretch.start, len(raw))[:, None]
    made = {i: to_steps(sound * curve) for i, sound in dry.items()}
    level = 10 ** (older.level / 20)
    if not all(_meets(made[i], stems[i], stretch, frames, _ROUNDING * level) for i in made):
        return None
    inner = slice(stretch.first - stretch.start, stretch.last - stretch.start)
    new_stems = {i: steps[inner] for i, steps in made.items()}
    whole = sum(new_stems.values(), np.zeros((stretch.last - stretch.first, 2), np.int32))
    new_mix = np.clip(whole, -SCALE, SCALE - 1)
    loudness, peak = _measured(mix, stretch.first, new_mix)
    if not abs(loudness - TARGET) <= _STRAY:
        return None
    limited = max(older.limited, gain.limited)
    return Spliced(mix, stems, stretch.first, new_mix, new_stems, loudness, peak, limited)


def _files(
    older: OlderSound, parts: Mapping[Instrument, object], frames: int
) -> tuple[WavFile, dict[Instrument, WavFile]] | None:
    """The files of the old mix and stems; None unless all are there and as long as the piece."""
    mix = open_wav(older.folder / older.mix)
    stems = {i: open_wav(older.stem(i)) for i in parts}
    if mix is None or mix.frames != frames:
        return None
    found = {i: file for i, file in stems.items() if file is not None and file.frames == frames}
    return (mix, found) if found and len(found) == len(stems) else None


def _tail(events: Sequence[Event], instrument: Instrument, font: SoundFont) -> float:
    """The seconds in which a note of a part dies away."""
    return min(TAIL, longest_release(font, instrument, programs(tuple(events))) + _SPARE)


def _silence(parts: Mapping[Instrument, Sequence[Event]], frames: int) -> float:
    ends = (last_note_end(tuple(events)) for events in parts.values())
    return frames / RATE - max(ends, default=0.0)


def _stretch(
    old: Mapping[Instrument, Sequence[Event]],
    new: Mapping[Instrument, Sequence[Event]],
    tails: Mapping[Instrument, float],
    frames: int,
) -> _Stretch | None:
    """What must be played; None where that is nearly all of the piece, or too long."""
    found = [changed_stretch(old.get(i, ()), new[i], frames, tails[i]) for i in new]
    changed = [each for each in found if each is not None]
    if not changed:
        return _Stretch(0, 0, 0, 0)
    start, end = min(start for start, _ in changed), max(end for _, end in changed)
    first = max(0, (start - REACH_BACK) // WINDOW * WINDOW)
    last = min(frames, -(-(end + LENGTH + REACH) // WINDOW) * WINDOW)
    begin = max(0, first - _MEETS - REACH)
    until = min(frames, last + _MEETS + REACH_BACK)
    is_small = until - begin <= min(_LARGEST * frames, LONGEST * RATE)
    return _Stretch(begin, first, last, until) if is_small else None


def _played(
    events: Sequence[Event],
    instrument: Instrument,
    stretch: _Stretch,
    tail: float,
    frames: int,
    font: SoundFont,
    synthesizer: Synthesizer,
) -> Floats:
    """A part in its place [n, 2], without gain, from ``stretch.start`` to ``stretch.end``."""
    if stretch.start == stretch.end:
        return np.zeros((0, 2), np.float32)
    # The room must have heard all that it still answers.
    begin = max(0, stretch.start - LENGTH) // STEP * STEP
    sounding = [
        span.onset
        for span in note_spans(events)
        if span.onset < stretch.end and span.release + tail * RATE > begin
    ]
    first = min([begin, *sounding]) // STEP * STEP
    played = tuple(each for each in events if first <= each.frame < stretch.end)
    small = part_font(font, instrument, programs(tuple(events)), keys(played))
    span = begin, stretch.end
    dry = play_stretch(synthesizer, small, events, first, span, frames)
    blocks = stem_blocks([dry], PLACES[instrument], len(dry))
    return np.concatenate(list(blocks))[stretch.start - begin :]


def _meets(steps: Steps, stem: WavFile, stretch: _Stretch, frames: int, tolerance: float) -> bool:
    """Whether new sound is the old before and after what takes its place."""
    # At an end within the piece, the limiter does not know all that it answers.
    early = stretch.start + (REACH if stretch.start > 0 else 0)
    late = stretch.end - (REACH_BACK if stretch.end < frames else 0)
    for start, end in ((early, stretch.first), (stretch.last, late)):
        if start >= end:
            continue
        mine = steps[start - stretch.start : end - stretch.start]
        if np.abs(mine - stem.read(start, end)).max(initial=0) > tolerance:
            return False
    return True


def _measured(mix: WavFile, first: int, new: Steps) -> tuple[float, float]:
    """The loudness of a mix with new sound from a frame on, in LUFS, and its peak."""
    meter, peak = LoudnessMeter(), 0
    for block in _with_new(mix, first, new):
        meter.push(block / SCALE)
        peak = max(peak, int(np.abs(block).max(initial=0)))
    return meter.integrated, peak / SCALE


def _with_new(mix: WavFile, first: int, new: Steps) -> Iterator[Steps]:
    last = first + len(new)
    for start in range(0, mix.frames, BLOCK):
        end = min(start + BLOCK, mix.frames)
        block = mix.read(start, end)
        low, high = max(start, first), min(end, last)
        if low < high:
            block[low - start : high - start] = new[low - first : high - first]
        yield block
