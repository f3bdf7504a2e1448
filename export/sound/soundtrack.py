"""From the MIDI files of a score to a mix and its stems as sound."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from engine.arrays import Floats
from engine.errors import EmsyncError
from engine.files import output_folder, replacing
from engine.score import Instrument
from export.sound.blocks import BLOCK, RATE, Sound
from export.sound.events import has_notes, keys, last_note_end, programs, read_events
from export.sound.files import Format, SoundFile
from export.sound.fonts import part_font
from export.sound.gain import WINDOW, Gain, piece_gain
from export.sound.loudness import LoudnessMeter
from export.sound.mixing import PLACES, stem_blocks
from export.sound.soundfont import SoundFont
from export.sound.synthesizer import Synthesizer, play_events

Progress = Callable[[float], None]
_BYTES = 3
"""Of a sample in a file."""
_LEFT = 32 << 20
"""Bytes that stay free."""
_PLAYING = 0.7
"""The share of the work that playing and mixing are; the rest is writing."""


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """Sound that has been written.

    mix, stems: names of the files, relative to their folder. loudness: LUFS; minus infinity for
    silence. peak: dBFS. limited: the most that the limiter took away, in dB. fade: seconds of the
    fade at the end; 0 where the music ends by itself. synthesizer: its name.
    """

    mix: str
    stems: tuple[str, ...]
    loudness: float
    peak: float
    limited: float
    fade: float
    synthesizer: str


def write_soundtrack(
    midis: Mapping[Instrument, Path],
    duration: float,
    folder: Path,
    name: str,
    form: Format,
    font: SoundFont,
    synthesizer: Synthesizer,
    begin: float = 0.0,
    progress: Progress = lambda share: None,
) -> Soundtrack:
    """Write the mix to ``folder``/``name`` and the stems of parts that play to ``folder``/stems.

    midis: the file of each part. duration: of the film in seconds; the files have exactly that many
    frames, to the nearest. name: with the suffix of ``form``. begin: seconds since midnight of the
    film's first frame, which WAV files store. progress: receives the share that is done, 0..1.
    Raises EmsyncError for MIDI files that can't be read, a font that can't be played, and a folder
    that can't be written.
    """
    frames = round(duration * RATE)
    events = {instrument: read_events(path) for instrument, path in midis.items()}
    playing = [instrument for instrument in midis if has_notes(events[instrument])]

    def blocks(instrument: Instrument) -> Iterator[Sound]:
        own = events[instrument]
        small = part_font(font, instrument, programs(own), keys(own))
        dry = play_events(synthesizer, small, own, frames)
        return stem_blocks(dry, PLACES[instrument], frames)

    stems = output_folder(folder / "stems")
    _check_room(folder, frames, len(playing))
    with ExitStack() as stack:
        kept = {i: stack.enter_context(tempfile.TemporaryFile(dir=folder)) for i in playing}
        silence = duration - max((last_note_end(events[i]) for i in playing), default=0.0)
        meter, peaks = _mixed({i: blocks(i) for i in playing}, kept, frames, progress)
        gain = piece_gain(meter.integrated, peaks, silence, frames)
        targets = {i: stems / f"{i.value}.{form}" for i in playing}
        written = {
            instrument: stack.enter_context(_opened(path, form, begin, stack))
            for instrument, path in targets.items()
        }
        mix = stack.enter_context(_opened(folder / name, form, begin, stack))
        loudness, peak = _written(kept, written, mix, gain, progress)
    progress(1.0)
    return Soundtrack(
        name,
        tuple(f"stems/{path.name}" for path in targets.values()),
        loudness,
        20 * math.log10(peak) if peak > 0 else -math.inf,
        gain.limited,
        0.0 if gain.ended else gain.fade,
        synthesizer.name,
    )


def _check_room(folder: Path, frames: int, parts: int) -> None:
    """Check that the disk holds the files and the stems that are kept meanwhile.

    Raises EmsyncError where it does not.
    """
    needed = frames * 2 * (_BYTES * (parts + 1) + 4 * parts) + _LEFT
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise EmsyncError(
            f"{folder}: the disk has {free >> 20} MB free, and sound needs {needed >> 20}; "
            "free some space"
        )


def _opened(path: Path, form: Format, begin: float, stack: ExitStack) -> SoundFile:
    return SoundFile(stack.enter_context(replacing(path)), form, begin)


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
        loud = np.maximum(np.abs(mix[:, 0]), np.abs(mix[:, 1]))
        windows = np.pad(loud, (0, -size % WINDOW)).reshape(-1, WINDOW)
        peaks.append(windows.max(1).astype(float))
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
