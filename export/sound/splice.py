"""The sound of a piece of which a stretch has changed, out of its older sound.

Only the stretch is played and mixed. All other frames of the new files are those of the old ones.
The new sound must meet the old at both ends; else the piece is played as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.score import Instrument
from export.sound.blocks import BLOCK, RATE
from export.sound.changes import note_spans
from export.sound.events import keys, last_note_end, programs
from export.sound.files import SCALE, to_steps
from export.sound.fonts import part_font
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
from export.sound.older_sound import OlderSound
from export.sound.room import LENGTH
from export.sound.soundfont import SoundFont
from export.sound.stretch import Stretch, stretch_to_play, tail_of
from export.sound.synthesizer import STEP, Event, Synthesizer, play_stretch
from export.sound.wav import Steps, WavFile

_ROUNDING = 512
"""Steps by which new sound may miss the old where they meet, at a gain of 1: two of the
synthesizer's 16 bits."""
_STRAY = 0.5
"""LU by which the piece may miss the target with the level of its older sound."""


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
    files = older.files(new, frames)
    if old.keys() != new.keys():
        return None
    tails = {i: tail_of(events, i, font) for i, events in new.items()}
    stretch = stretch_to_play(old, new, tails, frames)
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
    gain = _gain(peaks, older.level, stretch.start, frames, ends[0])
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


def _gain(peaks: Floats, level: float, start: int, frames: int, end: tuple[float, bool]) -> Gain:
    """The gain of a piece of which only the peaks from a frame on are known.

    peaks: of the windows from ``start`` on. level: in dB. end: as of
    :func:`~export.sound.gain.ending`.
    """
    edges = np.ones(-(-frames // WINDOW) + 1)
    inside = limiter_edges(peaks, CEILING - level)
    edges[start // WINDOW :][: len(inside)] = inside
    return Gain(level, edges, frames, *end)


def _silence(parts: Mapping[Instrument, Sequence[Event]], frames: int) -> float:
    ends = (last_note_end(tuple(events)) for events in parts.values())
    return frames / RATE - max(ends, default=0.0)


def _played(
    events: Sequence[Event],
    instrument: Instrument,
    stretch: Stretch,
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


def _meets(steps: Steps, stem: WavFile, stretch: Stretch, frames: int, tolerance: float) -> bool:
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
