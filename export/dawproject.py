"""Writes a DAWproject (``.dawproject``), which Bitwig Studio, Studio One and Cubase open.

Source: the format's schema ``Project.xsd``, version 1.0 (Bitwig, MIT License). The file is a ZIP
archive of ``project.xml`` and ``metadata.xml``. The film's times are seconds, all others are
quarter notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import SupportsFloat
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from engine.music.tempo import PPQ, TempoMap
from engine.score import Instrument
from export.project import COLOURS, Film, Project
from export.ticks import TickControl, TickNote, TickScore, tick_score
from export.xml_text import xml_text

VERSION = "1.0"
"""Of what writes the projects; programs may ask for it."""
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of both files: equal projects give equal archives."""
_TEMPO, _METRE, _MASTER = "tempo", "time-signature", "master"


def dawproject(project: Project, folder: Path) -> bytes:
    """The bytes of a DAWproject that lies in ``folder``; its path of the film counts from there.

    Each part has a track; hits are markers, and so are the starts of sections. Controllers are
    automation of the track: beside the clip, so that programs without it still find the notes.
    """
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as file:
        for name, root in (
            ("project.xml", _project(project, folder)),
            ("metadata.xml", _metadata(project)),
        ):
            file.writestr(ZipInfo(name, _FIRST_DAY), xml_text(root), ZIP_DEFLATED)
    return archive.getvalue()


def _project(project: Project, folder: Path) -> Element:
    ticks = tick_score(project.score)
    root = Element("Project", version="1.0")
    SubElement(root, "Application", name="EMSYNC Bridge", version=VERSION)
    _transport(root, ticks.tempo_map)
    structure = SubElement(root, "Structure")
    if project.film is not None:
        _track(structure, "film", "Film", "video")
    for instrument in Instrument:
        name = instrument.value
        _track(structure, name, name.capitalize(), "notes", COLOURS[instrument])
    master = SubElement(
        structure, "Track", contentType="audio", loaded="true", id="track-master", name="Master"
    )
    SubElement(master, "Channel", audioChannels="2", role="master", id=_MASTER)
    _arrangement(root, project, ticks, folder)
    return root


def _metadata(project: Project) -> Element:
    root = Element("MetaData")
    SubElement(root, "Title").text = project.name
    SubElement(root, "Comment").text = "Composed by EMSYNC Bridge"
    return root


def _transport(root: Element, beats: TempoMap) -> None:
    transport = SubElement(root, "Transport")
    bpm, first = _bpm(beats.tempos[0].microseconds), beats.metres[0]
    SubElement(transport, "Tempo", unit="bpm", value=bpm, id=_TEMPO, name="Tempo")
    SubElement(
        transport, "TimeSignature", id=_METRE,
        numerator=str(first.numerator), denominator=str(first.denominator),
    )  # fmt: skip


def _track(
    structure: Element, key: str, name: str, content: str, colour: str | None = None
) -> None:
    track = SubElement(
        structure, "Track", contentType=content, loaded="true", id=f"track-{key}", name=name
    )
    if colour is not None:
        track.set("color", colour)
    SubElement(
        track, "Channel",
        audioChannels="2", destination=_MASTER, role="regular", id=f"channel-{key}",
    )  # fmt: skip


def _arrangement(root: Element, project: Project, ticks: TickScore, folder: Path) -> None:
    beats = ticks.tempo_map
    arrangement = SubElement(root, "Arrangement", id="arrangement")
    lanes = SubElement(arrangement, "Lanes", timeUnit="beats", id="lanes")
    if project.film is not None:
        _film(lanes, project, project.film, folder)
    for instrument in Instrument:
        lane = _notes(lanes, instrument, ticks.parts[instrument], ticks.end)
        _controllers(lane, instrument, ticks.controls.get(instrument, ()))
    moments = [*project.hits, *((region.start, region.name) for region in project.regions)]
    if moments:
        markers = SubElement(arrangement, "Markers", timeUnit="beats", id="markers")
        for seconds, name in sorted(moments, key=lambda moment: moment[0]):
            SubElement(markers, "Marker", time=_number(beats.beat_at(seconds)), name=name)
    tempos = SubElement(
        arrangement, "TempoAutomation", unit="bpm", timeUnit="beats", id="tempo-automation"
    )
    SubElement(tempos, "Target", parameter=_TEMPO)
    for tempo in beats.tempos:
        time, value = _number(tempo.tick / PPQ), _bpm(tempo.microseconds)
        SubElement(tempos, "RealPoint", time=time, value=value, interpolation="hold")
    metres = SubElement(
        arrangement, "TimeSignatureAutomation", timeUnit="beats", id="time-signature-automation"
    )
    SubElement(metres, "Target", parameter=_METRE)
    for metre in beats.metres:
        SubElement(
            metres, "TimeSignaturePoint",
            time=_number(metre.tick / PPQ),
            numerator=str(metre.numerator), denominator=str(metre.denominator),
        )  # fmt: skip


def _film(lanes: Element, project: Project, film: Film, folder: Path) -> None:
    length = min(project.score.duration, film.duration - film.start)
    lane = SubElement(lanes, "Lanes", track="track-film", timeUnit="seconds", id="film")
    clips = SubElement(lane, "Clips", timeUnit="seconds", id="film-clips")
    clip = SubElement(
        clips, "Clip",
        time="0", duration=_number(length), contentTimeUnit="seconds",
        playStart=_number(film.start), name=film.path.name,
    )  # fmt: skip
    video = SubElement(
        clip, "Video",
        timeUnit="seconds", duration=_number(film.duration), channels=str(film.channels),
        sampleRate=str(film.sample_rate), id="film-video",
    )  # fmt: skip
    SubElement(video, "File", path=film.path_from(folder), external="true")


def _notes(lanes: Element, instrument: Instrument, notes: Sequence[TickNote], end: int) -> Element:
    """The lane of a part, with its notes in one clip."""
    name = instrument.value
    lane = SubElement(lanes, "Lanes", track=f"track-{name}", id=f"lane-{name}")
    clips = SubElement(lane, "Clips", id=f"clips-{name}")
    clip = SubElement(
        clips, "Clip",
        time="0", duration=_number(end / PPQ), playStart="0", name=name.capitalize(),
    )  # fmt: skip
    content = SubElement(clip, "Notes", id=f"notes-{name}")
    for note in notes:
        SubElement(
            content, "Note",
            time=_number(note.onset / PPQ), duration=_number((note.end - note.onset) / PPQ),
            channel=str(instrument.channel), key=str(note.pitch),
            vel=_number(note.velocity / 127), rel="0",
        )  # fmt: skip
    return lane


def _controllers(lane: Element, instrument: Instrument, changes: Sequence[TickControl]) -> None:
    """The controllers of a part, each by itself. A value holds up to the next one, as in MIDI."""
    for controller in sorted({change.controller for change in changes}):
        points = SubElement(
            lane, "Points", unit="normalized", id=f"controller-{controller}-{instrument.value}"
        )
        SubElement(
            points, "Target",
            expression="channelController", channel=str(instrument.channel),
            controller=str(controller),
        )  # fmt: skip
        for change in changes:
            if change.controller == controller:
                SubElement(
                    points, "RealPoint",
                    time=_number(change.tick / PPQ), value=_number(change.value / 127),
                    interpolation="hold",
                )  # fmt: skip


def _bpm(microseconds: int) -> str:
    return _number(60e6 / microseconds)


def _number(value: SupportsFloat) -> str:
    return f"{float(value):.9f}".rstrip("0").rstrip(".")
