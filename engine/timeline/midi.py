"""Markers and cue points of MIDI files, at the times that the file's tempo map gives them."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

import mido

from engine.errors import EmsyncError, shown
from engine.files import write_atomically
from engine.hits import HitList, in_order
from engine.music.midi_file import CHORD_MARKER, read_midi_file
from engine.music.tempo import PPQ
from engine.timecode import Clock
from engine.timeline.labels import named_hit, tagged

TEMPO = 500_000
"""Microseconds a quarter note, in files that are written."""
CHARSET = "utf-8"


def read(path: Path, clock: Clock) -> HitList:
    """The hits of a MIDI file, which begins where clock times count from.

    In a file that emsync wrote, the markers of chords are left out: its hits have names.
    It warns of a damaged file, which is read as far as it goes. Raises EmsyncError for a file that
    can't be read or is no MIDI file, and for a marker with a wrong tag.
    """
    midi = read_midi_file(path)
    if midi.faults:
        warnings.warn(f"{path}: {', '.join(midi.faults)}; the rest is read as it is", stacklevel=2)
    named = [marker for marker in midi.markers if marker[1] != CHORD_MARKER]
    hits = []
    for tick, name in named or midi.markers:
        seconds = float(clock.zero) + float(midi.clock.seconds(tick))
        try:
            hits.append(named_hit(seconds, name))
        except ValueError as error:
            raise EmsyncError(f"{path}, marker {shown(name)}: {error}") from error
    return HitList(in_order(hits), clock)


def write(hits: HitList, path: Path) -> None:
    """Write the hits as markers of a MIDI file without notes, at 120 beats a minute."""
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=TEMPO)])
    now = 0
    for hit in hits.hits:
        tick = round((hit.seconds - float(hits.clock.zero)) * 1e6 / TEMPO * PPQ)
        track.append(mido.MetaMessage("marker", text=tagged(hit), time=tick - now))
        now = tick
    midi = mido.MidiFile(type=0, ticks_per_beat=PPQ, charset=CHARSET, tracks=[track])
    buffer = BytesIO()
    midi.save(file=buffer)
    write_atomically(path, buffer.getvalue())
