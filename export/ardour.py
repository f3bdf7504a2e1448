"""Writes a session for Ardour 7 and later: a folder with a session file and the notes of each part.

The format has no specification. What is written follows sessions that Ardour 7.3 saved, and leaves
out what Ardour fills in by itself. Times are ``a`` and superclocks, or ``b`` and 1920ths of a
quarter note.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from xml.etree.ElementTree import Element, SubElement

from engine.music.tempo import PPQ, Metre, TempoMap
from engine.score import Instrument
from export.midi import part_bytes
from export.project import COLOURS, Project
from export.ticks import TickScore, tick_score
from export.xml_text import xml_text

SUPERCLOCKS = 282_240_000
"""Superclocks a second: every usual sample rate divides it."""
TICKS = 1920
"""Ardour's ticks of a beat."""
SAMPLE_RATE = 48_000
_VERSION = "7002"
"""The version of the format that Ardour 7 writes; later ones read it."""


def session_files(project: Project, folder_name: str) -> dict[str, bytes]:
    """The files of a session, by their paths within its folder.

    folder_name: of the folder. Ardour looks for notes in a folder of the same name.
    """
    ticks = tick_score(project.score)
    files = {f"{project.name}.ardour": _session(project, ticks)}
    for instrument in Instrument:
        path = f"interchange/{folder_name}/midifiles/{_file_name(instrument)}"
        files[path] = part_bytes(ticks, instrument)
    return files


def _session(project: Project, ticks: TickScore) -> bytes:
    numbers = count(1)
    session = Element(
        "Session",
        {"version": _VERSION, "name": project.name, "sample-rate": str(SAMPLE_RATE)},
    )
    SubElement(
        session, "ProgramVersion",
        {"created-with": "EMSYNC Bridge", "modified-with": "Ardour 7.3"},
    )  # fmt: skip
    _config(session, project)
    SubElement(session, "Metadata")
    sources = {instrument: str(next(numbers)) for instrument in Instrument}
    tracks = {instrument: str(next(numbers)) for instrument in Instrument}
    length = f"b{_ticks(ticks.end)}@b0"
    _sources(session, sources)
    regions = SubElement(session, "Regions")
    for instrument in Instrument:
        _region(regions, instrument, sources[instrument], str(next(numbers)), length, "1")
    _locations(session, project, numbers)
    SubElement(session, "Bundles")
    routes = SubElement(session, "Routes")
    playlists = Element("Playlists")
    _master(routes, numbers)
    for order, instrument in enumerate(Instrument, start=1):
        playlist = str(next(numbers))
        _track(routes, instrument, order, tracks[instrument], playlist, numbers)
        shown = {
            "id": playlist, "name": _name(instrument), "type": "midi",
            "orig-track-id": tracks[instrument], "frozen": "0", "combine-ops": "0",
        }  # fmt: skip
        region = SubElement(playlists, "Playlist", shown)
        _region(region, instrument, sources[instrument], str(next(numbers)), length, "0")
    session.append(playlists)
    SubElement(session, "RouteGroups")
    _tempo_map(session, ticks.tempo_map)
    # Ardour gives the next things that it makes higher numbers.
    session.set("id-counter", str(next(numbers)))
    return xml_text(session)


def _config(session: Element, project: Project) -> None:
    """The form of recordings, which Ardour asks for, and the timecode at the score's zero."""
    film = project.film
    options = {"native-file-data-format": "FormatFloat", "native-file-header-format": "WAVE"}
    if film is not None:
        options["timecode-offset"] = str(round((film.timecode + film.start) * SAMPLE_RATE))
        options["timecode-offset-negative"] = "0"
    config = SubElement(session, "Config")
    for name, value in options.items():
        SubElement(config, "Option", name=name, value=value)


def _sources(session: Element, numbers: Mapping[Instrument, str]) -> None:
    sources = SubElement(session, "Sources")
    for instrument in Instrument:
        SubElement(
            sources, "Source",
            {
                "name": _file_name(instrument), "type": "midi", "flags": "Writable,CanRename",
                "id": numbers[instrument], "natural-position": "a0", "origin": "",
            },
        )  # fmt: skip


def _region(
    parent: Element, instrument: Instrument, source: str, number: str, length: str, whole: str
) -> None:
    """A region of a source. whole: 1 for the one that stands for the whole file."""
    fields = {
        "name": _name(instrument), "id": number, "type": "midi", "start": "b0", "length": length,
        "sync-position": "b0", "ancestral-start": "b0", "ancestral-length": "b0@b0",
        "automatic": whole, "whole-file": whole, "opaque": "1", "stretch": "1", "shift": "1",
        "layering-index": "0", "first-edit": "nothing",
        "source-0": source, "master-source-0": source,
    }  # fmt: skip
    SubElement(parent, "Region", fields)


def _locations(session: Element, project: Project, numbers: count[int]) -> None:
    """The length of the session, a mark for each hit, and a range for each section."""
    locations = SubElement(session, "Locations")

    def add(name: str, start: float, end: float, kind: str) -> None:
        fields = {
            "id": str(next(numbers)), "name": name, "start": _time(start), "end": _time(end),
            "flags": kind, "locked": "0", "timestamp": "0", "cue": "0",
        }  # fmt: skip
        SubElement(locations, "Location", fields)

    add("session", 0.0, project.score.duration, "IsSessionRange")
    for seconds, name in project.hits:
        add(name, seconds, seconds, "IsMark")
    for region in project.regions:
        add(region.name, region.start, region.end, "IsRangeMarker")


def _master(routes: Element, numbers: count[int]) -> None:
    route = _route(routes, "Master", "audio", str(next(numbers)), 0, "MasterOut")
    for direction, port in (("Input", "audio_in"), ("Output", "audio_out")):
        ports = [f"Master/{port} {channel}" for channel in (1, 2)]
        _io(route, "Master", direction, "audio", ports, str(next(numbers)))
    _processors(route, "Master", (), numbers)


def _track(
    routes: Element,
    instrument: Instrument,
    order: int,
    number: str,
    playlist: str,
    numbers: count[int],
) -> None:
    name = _name(instrument)
    route = _route(routes, name, "midi", number, order, "MidiTrack", COLOURS[instrument])
    route.set("midi-playlist", playlist)
    for direction, port in (("Input", "midi_in"), ("Output", "midi_out")):
        _io(route, name, direction, "midi", [f"{name}/{port} 1"], str(next(numbers)))
    _processors(route, name, (("recorder", "diskwriter"), ("player", "diskreader")), numbers)


def _route(
    routes: Element, name: str, kind: str, number: str, order: int, flag: str, colour: str = ""
) -> Element:
    fields = {
        "version": _VERSION, "id": number, "name": name, "default-type": kind, "strict-io": "1",
        "active": "1",
    }  # fmt: skip
    route = SubElement(routes, "Route", fields)
    rgba = int(colour.removeprefix("#") + "ff", 16) if colour else 0
    SubElement(
        route, "PresentationInfo", order=str(order), flags=f"{flag},OrderSet", color=str(rgba)
    )
    return route


def _io(
    route: Element, name: str, direction: str, kind: str, ports: list[str], number: str
) -> None:
    fields = {"name": name, "id": number, "direction": direction, "default-type": kind}
    io = SubElement(route, "IO", fields)
    for port in ports:
        SubElement(io, "Port", type=kind, name=port)


def _processors(
    route: Element, name: str, disk: tuple[tuple[str, str], ...], numbers: count[int]
) -> None:
    chain = [(f"{label}:{name}", kind) for label, kind in disk]
    chain += [("Amp", "amp"), (f"meter-{name}", "meter")]
    for label, kind in chain:
        fields = {"id": str(next(numbers)), "name": label, "active": "1", "type": kind}
        SubElement(route, "Processor", fields)
    fields = {
        "id": str(next(numbers)), "name": name, "active": "1", "type": "main-outs",
        "role": "Main", "own-input": "1", "own-output": "0", "output": name,
    }  # fmt: skip
    SubElement(route, "Processor", fields)


def _tempo_map(session: Element, beats: TempoMap) -> None:
    map_ = SubElement(session, "TempoMap", {"superclocks-per-second": str(SUPERCLOCKS)})
    tempos = SubElement(map_, "Tempos")
    for tempo in beats.tempos:
        bpm = f"{60e6 / tempo.microseconds:.10f}"
        fields = {
            "npm": bpm, "enpm": bpm, "note-type": "4", "type": "Tempo::Constant", "active": "1",
            "locked-to-meter": "0", "continuing": "0", "omega": "0",
        }  # fmt: skip
        SubElement(tempos, "Tempo", fields | _point(beats, tempo.tick))
    metres = SubElement(map_, "Meters")
    for metre in beats.metres:
        fields = {"note-value": str(metre.denominator), "divisions-per-bar": str(metre.numerator)}
        SubElement(metres, "Meter", fields | _point(beats, metre.tick))
    SubElement(map_, "MusicTimes")


def _point(beats: TempoMap, tick: int) -> dict[str, str]:
    """A point of the tempo map as superclocks, quarter notes, and bar, beat and ticks."""
    quarters, rest = divmod(_ticks(tick), TICKS)
    return {
        "sclock": _time(float(beats.seconds_at(tick / PPQ)))[1:],
        "quarters": f"{quarters}:{rest}",
        "bbt": _bar_and_beat(beats, tick),
    }


def _bar_and_beat(beats: TempoMap, tick: int) -> str:
    """Bar, beat and ticks, as Ardour counts them: a beat is the note that the metre counts."""
    bar, before = 1, beats.metres[0]
    for metre in beats.metres[1:]:
        if metre.tick > tick:
            break
        bar += round(Fraction(metre.tick - before.tick) / _bar(before))
        before = metre
    bars, rest = divmod(Fraction(tick - before.tick), _bar(before))
    beat, below = divmod(rest * before.denominator / (4 * PPQ), 1)
    return f"{bar + int(bars)}|{int(beat) + 1}|{round(below * TICKS)}"


def _bar(metre: Metre) -> Fraction:
    """Ticks of a bar."""
    return Fraction(4 * PPQ * metre.numerator, metre.denominator)


def _name(instrument: Instrument) -> str:
    return instrument.value.capitalize()


def _file_name(instrument: Instrument) -> str:
    return f"{instrument.value}.mid"


def _ticks(tick: int) -> int:
    """Ardour's ticks."""
    return tick * TICKS // PPQ


def _time(seconds: float) -> str:
    return f"a{round(seconds * SUPERCLOCKS)}"
