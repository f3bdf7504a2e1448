"""Markers and cue points of MIDI files, at the times that the file's tempo map gives them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import mido

from engine.errors import EmsyncError, shown
from engine.files import write_atomically
from engine.hits import HitList, in_order
from engine.music.tick_clock import TickClock
from engine.timecode import Clock
from engine.timeline.labels import named_hit, tagged

PPQ = 960
TEMPO = 500_000
"""Microseconds a quarter note, in files that are written."""
CHARSET = "utf-8"


def read(path: Path, clock: Clock) -> HitList:
    """The hits of a MIDI file. Raises EmsyncError for a file that is damaged or counts in frames.

    The file begins where clock times count from.
    """
    data = path.read_bytes()
    try:
        midi = mido.MidiFile(file=BytesIO(data), clip=True)
        events = [(tick, message) for track in midi.tracks for tick, message in _timed(track)]
    except (ValueError, KeyError, IndexError, EOFError, OSError, TypeError) as error:
        raise EmsyncError(f"{path}: is not a whole MIDI file ({error})") from error
    if midi.type == 2 or not 0 < midi.ticks_per_beat < 0x8000:
        raise EmsyncError(f"{path}: counts in frames or patterns; save it with beats, as type 1")
    tempos = {0: TEMPO} | {
        tick: message.tempo for tick, message in sorted(events, key=lambda e: e[0])
        if message.type == "set_tempo"
    }  # fmt: skip
    ticks = TickClock(list(tempos), [t / (midi.ticks_per_beat * 1e6) for t in tempos.values()])
    hits = []
    for tick, message in events:
        if message.type in ("marker", "cue_marker"):
            seconds = float(clock.zero) + float(ticks.seconds(tick))
            try:
                hits.append(named_hit(seconds, _decoded(message.text)))
            except ValueError as error:
                raise EmsyncError(f"{path}, marker {shown(message.text)}: {error}") from error
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


def _timed(track: mido.MidiTrack) -> list[tuple[int, mido.MetaMessage]]:
    now, found = 0, []
    for message in track:
        now += message.time
        if message.is_meta:
            found.append((now, message))
    return found


def _decoded(text: str) -> str:
    """The text of an event, which mido reads as Latin-1 and most programs write as UTF-8."""
    try:
        return text.encode("latin-1").decode(CHARSET)
    except UnicodeError:
        return text
