"""From the MIDI files of a score to a mix and its stems as sound."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EmsyncError
from engine.files import output_folder
from engine.score import Instrument
from export.sound.blocks import RATE
from export.sound.events import has_notes, last_note_end, read_events
from export.sound.files import Format
from export.sound.gain import ending
from export.sound.older_sound import OlderSound
from export.sound.recipe import recipe_of
from export.sound.soundfont import SoundFont
from export.sound.splice import splice
from export.sound.synthesizer import Event, Synthesizer
from export.sound.whole import Levels, Targets, write_whole

Progress = Callable[[float], None]
_BYTES = 3
"""Of a sample in a file."""
_LEFT = 32 << 20
"""Bytes that stay free."""


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """Sound that has been written.

    mix, stems: names of the files, relative to their folder. loudness: LUFS; minus infinity for
    silence. peak: dBFS. limited: the most that the limiter took away, in dB. fade: seconds of the
    fade at the end; 0 where the music ends by itself. synthesizer: its name. level: the gain of the
    whole piece, in dB. recipe: as of :func:`~export.sound.recipe.recipe_of`.
    """

    mix: str
    stems: tuple[str, ...]
    loudness: float
    peak: float
    limited: float
    fade: float
    synthesizer: str
    level: float
    recipe: str


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
    older: OlderSound | None = None,
    ready: Callable[[], None] = lambda: None,
) -> Soundtrack:
    """Write the mix to ``folder``/``name`` and the stems of parts that play to ``folder``/stems.

    midis: the file of each part. duration: of the film in seconds; the files have exactly that many
    frames, to the nearest. name: with the suffix of ``form``. begin: seconds since midnight of the
    film's first frame, which WAV files store. progress: receives the share that is done, 0..1.
    older: the sound of an older version, out of which that of WAV files is made where it can be
    (:func:`~export.sound.splice.splice`). ready: called once the mix is written.
    Raises EmsyncError for MIDI files that can't be read, a font that can't be played, and a folder
    that can't be written.
    """
    frames = round(duration * RATE)
    events = {instrument: read_events(path) for instrument, path in midis.items()}
    playing = {i: events[i] for i in midis if has_notes(events[i])}
    stems = output_folder(folder / "stems")
    _check_room(folder, frames, len(playing))
    targets = Targets(folder / name, {i: stems / f"{i.value}.{form}" for i in playing}, form, begin)
    recipe = recipe_of(midis, frames, begin, font, synthesizer)
    levels = None
    if older is not None and form == "wav":
        # Else its files are not what this font and this synthesizer make of its notes.
        own = {instrument: older.midi(instrument) for instrument in midis}
        if older.recipe == recipe_of(own, frames, begin, font, synthesizer):
            old = {
                instrument: events[instrument]
                if path.read_bytes() == midis[instrument].read_bytes()
                else read_events(path)
                for instrument, path in own.items()
            }
            levels = _spliced(older, old, playing, targets, frames, font, synthesizer, ready)
    if levels is None:
        levels = write_whole(playing, targets, frames, font, synthesizer, progress)
        ready()
    silence = duration - max(map(last_note_end, playing.values()), default=0.0)
    fade, ended = ending(silence, frames)
    progress(1.0)
    return Soundtrack(
        name,
        tuple(f"stems/{path.name}" for path in targets.stems.values()),
        levels.loudness,
        20 * math.log10(levels.peak) if levels.peak > 0 else -math.inf,
        levels.limited,
        0.0 if ended else fade,
        synthesizer.name,
        levels.level,
        recipe,
    )


def _spliced(
    older: OlderSound,
    old: Mapping[Instrument, tuple[Event, ...]],
    playing: Mapping[Instrument, tuple[Event, ...]],
    targets: Targets,
    frames: int,
    font: SoundFont,
    synthesizer: Synthesizer,
    ready: Callable[[], None],
) -> Levels | None:
    """Write sound that is made out of an older one; None, and nothing, where it can't be."""
    old = {i: events for i, events in old.items() if has_notes(events)}
    found = splice(older, old, playing, frames, font, synthesizer)
    if found is None:
        return None
    found.mix.copy(targets.mix, found.start, found.new_mix)
    ready()
    for instrument, path in targets.stems.items():
        found.stems[instrument].copy(path, found.start, found.new_stems[instrument])
    return Levels(older.level, found.limited, found.loudness, found.peak)


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
