"""Plays a piece as a whole, and writes its mix and its stems."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from engine.arrays import Floats
from engine.files import replacing
from engine.score import Instrument
from export.sound.blocks import BLOCK, RATE, Sound
from export.sound.events import keys, last_note_end, programs
from export.sound.files import Format, SoundFile
from export.sound.fonts import part_font
from export.sound.gain import Gain, piece_gain, window_peaks
from export.sound.loudness import LoudnessMeter
from export.sound.mixing import PLACES, stem_blocks
from export.sound.soundfont import SoundFont
from export.sound.synthesizer import Event, Synthesizer, play_events

Progress = Callable[[float], None]
_PLAYING = 0.7
"""The share of the work that playing and mixing are; the rest is writing."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The files to write: ``mix`` and a stem for each part that plays.

    form: of all. begin: seconds since midnight of the first frame, which WAV files store.
    """

    mix: Path
    stems: Mapping[Instrument, Path]
    form: Format
    begin: float


@dataclass(frozen=True, slots=True)
class Levels:
    """What was written: level and limited in dB, loudness in LUFS, peak 0..1.

    level: of the whole piece. limited: the most that the limiter took away.
    """

    level: float
    limited: float
    loudness: float
    peak: float


def write_whole(
    playing: Mapping[Instrument, tuple[Event, ...]],
    targets: Targets,
    frames: int,
    font: SoundFont,
    synthesizer: Synthesizer,
    progress: Progress,
) -> Levels:
    """Play all parts from beginning to end, and write them.

    playing: the events of each part. frames: of the piece. progress: receives the share that is
    done, 0..1. Raises EmsyncError for a font that can't be played and a folder that can't be
    written.
    """

    def blocks(instrument: Instrument) -> Iterator[Sound]:
        own = playing[instrument]
        small = part_font(font, instrument, programs(own), keys(own))
        dry = play_events(synthesizer, small, own, frames)
        return stem_blocks(dry, PLACES[instrument], frames)

    silence = frames / RATE - max(map(last_note_end, playing.values()), default=0.0)
    with ExitStack() as stack:
        place = targets.mix.parent
        kept = {i: stack.enter_context(tempfile.TemporaryFile(dir=place)) for i in playing}
        meter, peaks = _mixed({i: blocks(i) for i in playing}, kept, frames, progress)
        gain = piece_gain(meter.integrated, peaks, silence, frames)
        stems = {i: stack.enter_context(_opened(targets.stems[i], targets, stack)) for i in playing}
        mix = stack.enter_context(_opened(targets.mix, targets, stack))
        loudness, peak = _written(kept, stems, mix, gain, progress)
    return Levels(gain.level, gain.limited, loudness, peak)


def _opened(path: Path, targets: Targets, stack: ExitStack) -> SoundFile:
    return SoundFile(stack.enter_context(replacing(path)), targets.form, targets.begin)


def _mixed(
    blocks: Mapping[Instrument, Iterator[Sound]],
    kept: Mapping[Instrument, IO[bytes]],
    frames: int,
    progress: Progress,
) -> tuple[LoudnessMeter, Floats]:
    """Keep the stems, still without gain, in files; returns the loudness and peaks of their mix."""
    meter = LoudnessMeter()
    peaks = [np.zeros(0)]
    for start in range(0, frames, BLOCK):
        size = min(BLOCK, frames - start)
        mix = np.zeros((size, 2), np.float32)
        for instrument, source in blocks.items():
            block = next(source)
            kept[instrument].write(block.astype("<f4").tobytes())
            mix += block
        meter.push(mix)
        peaks.append(window_peaks(mix))
        progress(_PLAYING * (start + size) / frames)
    return meter, np.concatenate(peaks)


def _written(
    kept: Mapping[Instrument, IO[bytes]],
    written: Mapping[Instrument, SoundFile],
    mix: SoundFile,
    gain: Gain,
    progress: Progress,
) -> tuple[float, float]:
    """Write stems and mix with their gain; returns the mix's loudness and peak."""
    meter = LoudnessMeter()
    peak = 0.0
    for file in kept.values():
        file.seek(0)
    for start in range(0, gain.frames, BLOCK):
        size = min(BLOCK, gain.frames - start)
        curve = gain.curve(start, size)[:, None]
        whole = np.zeros((size, 2))
        for instrument, file in kept.items():
            block = np.frombuffer(file.read(size * 8), "<f4").reshape(-1, 2)
            # The mix is the sum of the stems as they are written.
            whole += written[instrument].write(block * curve)
        mix.write(whole)
        meter.push(whole)
        peak = max(peak, float(whole.max(initial=0.0)), -float(whole.min(initial=0.0)))
        progress(_PLAYING + (1 - _PLAYING) * (start + size) / gain.frames)
    return meter.integrated, peak
