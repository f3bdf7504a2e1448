"""Writes a project for REAPER (``.rpp``).

The format has no specification. What is written follows projects that REAPER 7 saved: a tree of
chunks, each ``<NAME value ...`` to ``>``, with lines of values between. Times are seconds. The
notes lie in the file itself, in ticks of a quarter note, as bytes of MIDI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.music.tempo import PPQ, TempoMap
from engine.score import Instrument
from export.project import COLOURS, REGION_COLOUR, Film, Project, Region, identity
from export.ticks import TickScore, tick_score

VERSION = "7.0/emsync"
"""REAPER asks which version of itself wrote a project."""
FOLDER = "EMSYNC"
_SQUARE = 1
"""The shape of a point of the tempo envelope that holds its tempo up to the next one."""
_TIME_BASE = 0
"""An item that stays at its seconds when the tempo changes."""


def rpp(project: Project, folder: Path) -> str:
    """The text of a REAPER project that lies in ``folder``; its path of the film counts from there.

    The tracks are the film, then a folder of the five parts. Hits are markers, sections regions.
    """
    ticks = tick_score(project.score)
    offset = 0.0 if project.film is None else project.film.timecode + project.film.start
    tracks = [] if project.film is None else list(_film_track(project, project.film, folder))
    lines = [
        f'<REAPER_PROJECT 0.1 "{VERSION}" 0',
        f"PROJOFFS {_number(offset)} 0 0",
        *_tempos(ticks.tempo_map),
        *_markers(project),
        *tracks,
        *_folder_track(project),
        *(line for instrument in Instrument for line in _part(project, ticks, instrument)),
        ">",
    ]
    return _indented(lines)


def _tempos(beats: TempoMap) -> Iterator[str]:
    """The first tempo, and the tempo envelope with every tempo and time signature."""
    tempos = {tempo.tick: tempo.microseconds for tempo in beats.tempos}
    metres = {metre.tick: metre for metre in beats.metres}
    first = beats.metres[0]
    bpm = _number(60e6 / beats.tempos[0].microseconds)
    yield f"TEMPO {bpm} {first.numerator} {first.denominator} 0"
    yield "<TEMPOENVEX"
    yield f"EGUID {{{identity('tempo')}}}"
    yield "ACT 1 -1"
    yield f"DEFSHAPE {_SQUARE} -1 -1"
    for tick in sorted(tempos.keys() | metres.keys()):
        if tick in tempos:
            bpm = _number(60e6 / tempos[tick])
        seconds = _number(float(beats.seconds_at(tick / PPQ)))
        metre = metres.get(tick)
        signature = ""
        if metre is not None:
            # Not selected; the last bit says again that the point has a time signature.
            signature = f" {metre.denominator << 16 | metre.numerator} 0 1"
        yield f"PT {seconds} {bpm} {_SQUARE}{signature}"
    yield ">"


def _markers(project: Project) -> Iterator[str]:
    """The hits, and the sections as pairs of lines, numbered apart."""
    for number, (seconds, name) in enumerate(project.hits, start=1):
        guid = identity(f"hit {number}")
        yield f"MARKER {number} {_number(seconds)} {_quoted(name)} 0 0 1 B {{{guid}}} 0"
    for number, region in enumerate(project.regions, start=1):
        yield from _region(number, region)


def _region(number: int, region: Region) -> Iterator[str]:
    guid, colour = identity(f"region {number}"), _colour(REGION_COLOUR)
    name = _quoted(region.name)
    yield f"MARKER {number} {_number(region.start)} {name} 1 {colour} 1 R {{{guid}}} 0"
    yield f'MARKER {number} {_number(region.end)} "" 1'


def _film_track(project: Project, film: Film, folder: Path) -> Iterator[str]:
    length = min(project.score.duration, film.duration - film.start)
    yield from _track("Film", "film")
    yield from _item(film.path.name, "film", length, film.start, _TIME_BASE)
    yield "<SOURCE VIDEO"
    yield f"FILE {_quoted(film.path_from(folder))}"
    yield from (">", ">", ">")


def _folder_track(project: Project) -> Iterator[str]:
    yield from _track(FOLDER, "folder", None, "1 1")
    yield ">"


def _part(project: Project, ticks: TickScore, instrument: Instrument) -> Iterator[str]:
    name = instrument.value.capitalize()
    is_last = instrument is list(Instrument)[-1]
    length = float(ticks.tempo_map.seconds_at(ticks.end / PPQ))
    yield from _track(name, name, COLOURS[instrument], "2 -1" if is_last else "0 0")
    yield from _item(name, name, length)
    yield "<SOURCE MIDI"
    yield f"HASDATA 1 {PPQ} QN"
    yield f"POOLEDEVTS {{{identity(f'{project.name} {name} events')}}}"
    yield from _events(instrument, ticks)
    yield from (">", ">", ">")


def _events(instrument: Instrument, ticks: TickScore) -> Iterator[str]:
    """MIDI events, each with the ticks since the one before it, in hexadecimal bytes."""
    channel = instrument.channel
    program, on, off, control = (f"{kind | channel:02x}" for kind in (0xC0, 0x90, 0x80, 0xB0))
    edges = [(0, 0, f"{program} {instrument.program:02x} 00")]
    for note in ticks.parts[instrument]:
        edges.append((note.onset, 2, f"{on} {note.pitch:02x} {note.velocity:02x}"))
        edges.append((note.end, 0, f"{off} {note.pitch:02x} 00"))
    for change in ticks.controls.get(instrument, ()):
        edges.append((change.tick, 1, f"{control} {change.controller:02x} {change.value:02x}"))
    now = 0
    for tick, _, data in sorted(edges, key=lambda edge: edge[:2]):
        yield f"E {tick - now} {data}"
        now = tick
    # All notes off: REAPER takes the time of this event for the length of the source.
    yield f"E {ticks.end - now} {control} 7b 00"


def _track(name: str, key: str, colour: str | None = None, nesting: str = "0 0") -> Iterator[str]:
    """The head of a track. nesting: whether it opens or closes a folder, and the depth after it."""
    guid = identity(f"track {key}")
    yield f"<TRACK {{{guid}}}"
    yield f"NAME {_quoted(name)}"
    if colour is not None:
        yield f"PEAKCOL {_colour(colour)}"
    yield f"ISBUS {nesting}"
    yield f"TRACKID {{{guid}}}"


def _item(
    name: str, key: str, length: float, offset: float = 0.0, timebase: int | None = None
) -> Iterator[str]:
    """The head of an item at zero. offset: where in its source it begins, in seconds."""
    yield "<ITEM"
    yield "POSITION 0"
    yield f"LENGTH {_number(length)}"
    yield "LOOP 0"
    if timebase is not None:
        yield f"BEAT {timebase}"
    yield f"IGUID {{{identity(f'item {key}')}}}"
    yield f"NAME {_quoted(name)}"
    yield f"SOFFS {_number(offset)}"
    yield f"GUID {{{identity(f'take {key}')}}}"


def _quoted(text: str) -> str:
    """A text as one value: in a kind of quotes that it does not have."""
    line = " ".join(text.split())
    for quote in "\"'`":
        if quote not in line:
            return f"{quote}{line}{quote}"
    return "`" + line.replace("`", "'") + "`"


def _number(value: float) -> str:
    return f"{value:.12f}".rstrip("0").rstrip(".")


def _colour(code: str) -> int:
    """REAPER's number of a colour: red lowest, and a bit that says that there is one."""
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return 1 << 24 | blue << 16 | green << 8 | red


def _indented(lines: Iterable[str]) -> str:
    """The lines, each indented by the chunks around it."""
    depth = 0
    text = []
    for line in lines:
        depth -= line == ">"
        text.append("  " * depth + line)
        depth += line.startswith("<")
    return "\n".join(text) + "\n"
