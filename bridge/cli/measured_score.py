"""The music that ``emsync measure`` measures: a MIDI file, a folder of a result, or sound."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bridge.play.midi_reader import read_midi
from bridge.scoring.files import CUES, REPORT
from engine.audio import read_sound
from engine.checks import Fields, number
from engine.errors import EmsyncError
from engine.files import read_text
from engine.metrics.alignment import find_chords
from engine.metrics.av_align import note_onsets
from engine.metrics.onsets import RATE, onset_times
from engine.music.midi_file import read_midi_file
from export.piece import SCORE

MIDI_SUFFIXES = (".mid", ".midi", ".smf", ".kar", ".rmi")
FROM_NOTES, FROM_SOUND = "notes", "sound"


@dataclass(frozen=True, slots=True)
class MeasuredScore:
    """What a score has to measure. Times are seconds from the score's zero, rising.

    chords: its long chords; None for sound, whose notes are unknown. onsets: of its sound, or of
    its notes where there is no sound. onsets_from: ``FROM_NOTES`` or ``FROM_SOUND``. duration: in
    seconds. sound: the file of its sound. cues: its cue sheet. runtime: seconds of each phase that
    made it.
    """

    chords: tuple[float, ...] | None
    onsets: tuple[float, ...]
    onsets_from: str
    duration: float
    sound: Path | None = None
    cues: Path | None = None
    runtime: dict[str, float] | None = None


def read_score(path: Path, sound: Path | None = None) -> MeasuredScore:
    """The score in a file or folder. sound: its sound, where ``path`` has its notes.

    Raises EmsyncError for what can't be read, for a folder without a score, and for two sounds.
    """
    if not path.exists():
        raise EmsyncError(f"{path}: no such file or folder; check the path")
    folder = path if path.is_dir() else None
    file = path if folder is None else folder / SCORE
    if folder is not None and not file.exists():
        raise EmsyncError(f"{folder}: holds no {SCORE}; give what emsync score wrote, or a file")
    if folder is None and not _is_midi(file):
        if sound is not None:
            raise EmsyncError(f"{file}: is sound already; give one sound only")
        onsets, duration = _sound_onsets(file)
        return MeasuredScore(None, onsets, FROM_SOUND, duration, file)
    piece, midi = read_midi(file), read_midi_file(file)
    chords = find_chords(piece.notes, lambda at: midi.clock.ticks(at) / midi.ticks_per_beat)
    onsets = note_onsets(sorted(note.onset for note in piece.notes))
    source = FROM_NOTES
    if sound is not None:
        (onsets, _), source = _sound_onsets(sound), FROM_SOUND
    cues = None if folder is None or not (folder / CUES).exists() else folder / CUES
    runtime = None if folder is None else _runtime(folder / REPORT)
    return MeasuredScore(chords, onsets, source, piece.duration, sound, cues, runtime)


def _is_midi(path: Path) -> bool:
    """Whether a file is MIDI, by its first bytes or its suffix; a broken one is, too."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    return b"MThd" in head or path.suffix.lower() in MIDI_SUFFIXES


def _sound_onsets(path: Path) -> tuple[tuple[float, ...], float]:
    samples = read_sound(path, RATE)
    return tuple(onset_times(samples).tolist()), len(samples) / RATE


def _runtime(path: Path) -> dict[str, float] | None:
    """The timings of a report; None without one."""
    if not path.exists():
        return None
    try:
        values = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise EmsyncError(f"{path}: is not JSON ({error}); score the film again") from error
    timings = Fields(str(path), values).object("timings")
    return {phase: timings.get(phase, number(0.0)) for phase in timings}
