"""DAWprojects: their structure, by the rules of the format's schema."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from engine.music.tempo import PPQ
from engine.score import Control, Instrument
from export.dawproject import dawproject
from export.ticks import TickNote, tick_score


@pytest.fixture
def root(project, tmp_path):
    return read(dawproject(project, tmp_path / "out"))


def read(data: bytes, name: str = "project.xml"):
    with ZipFile(BytesIO(data)) as archive:
        assert archive.namelist() == ["project.xml", "metadata.xml"]
        return ElementTree.fromstring(archive.read(name))


def track_of(root, name: str) -> str:
    return root.find(f"Structure/Track[@name='{name}']").get("id")


def test_ids_are_unique_and_references_lead_somewhere(root):
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    references = {
        element.get(name)
        for element in root.iter()
        for name in ("track", "parameter", "destination")
        if element.get(name)
    }
    assert references <= set(ids) and len(references) == 9


def test_elements_are_in_the_order_of_the_schema(root):
    assert root.get("version") == "1.0"
    assert [child.tag for child in root] == [
        "Application", "Transport", "Structure", "Arrangement"
    ]  # fmt: skip
    assert [child.tag for child in root.find("Arrangement")] == [
        "Lanes", "Markers", "TempoAutomation", "TimeSignatureAutomation"
    ]  # fmt: skip
    for name in ("TempoAutomation", "TimeSignatureAutomation"):
        assert root.find(f"Arrangement/{name}")[0].tag == "Target"


def test_every_part_has_a_track_with_its_notes(root, project):
    ticks = tick_score(project.score)
    for instrument in Instrument:
        track = track_of(root, instrument.value.capitalize())
        lane = root.find(f"Arrangement/Lanes/Lanes[@track='{track}']")
        found = [
            TickNote(
                round(float(note.get("time")) * PPQ),
                round((float(note.get("time")) + float(note.get("duration"))) * PPQ),
                int(note.get("key")),
                round(float(note.get("vel")) * 127),
            )
            for note in lane.iter("Note")
        ]
        assert found == list(ticks.parts[instrument])
        clip = lane.find("Clips/Clip")
        assert float(clip.get("duration")) == ticks.end / PPQ


def test_controllers_are_automation_of_their_track(project, tmp_path):
    strings, piano = Instrument.STRINGS, Instrument.PIANO
    controls = (
        Control(0.0, strings, 11, 84), Control(0.5, piano, 64, 127), Control(1.0, strings, 11, 127),
        Control(1.5, piano, 64, 0), Control(2.0, piano, 1, 64),
    )  # fmt: skip
    score = replace(project.score, controls=controls)
    root = read(dawproject(replace(project, score=score), tmp_path))
    beats = tick_score(score).tempo_map
    found = []
    for lane in root.findall("Arrangement/Lanes/Lanes"):
        for points in lane.findall("Points"):
            assert points.get("unit") == "normalized" and points[0].tag == "Target"
            target = points.find("Target")
            assert target.get("expression") == "channelController"
            part = lane.get("track").removeprefix("track-")
            assert target.get("channel") == str(Instrument(part).channel)
            for point in points.findall("RealPoint"):
                assert point.get("interpolation") == "hold"
                value = round(float(point.get("value")) * 127)
                found.append((part, int(target.get("controller")), float(point.get("time")), value))
    expected = [
        (change.instrument.value, change.controller, beats.beat_at(change.seconds), change.value)
        for change in controls
    ]
    assert sorted(found) == sorted(expected)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_without_controllers_there_is_no_automation_of_tracks(root):
    assert not list(root.iter("Points"))


def test_the_film_is_beside_the_archive(root):
    lane = root.find(f"Arrangement/Lanes/Lanes[@track='{track_of(root, 'Film')}']")
    clip = lane.find("Clips/Clip")
    assert lane.get("timeUnit") == clip.get("contentTimeUnit") == "seconds"
    assert (clip.get("time"), clip.get("duration"), clip.get("playStart")) == ("0", "16", "5")
    video, file = clip.find("Video"), clip.find("Video/File")
    assert (video.get("channels"), video.get("sampleRate")) == ("2", "48000")
    assert (file.get("path"), file.get("external")) == ("../films/my film.mp4", "true")


def test_hits_and_sections_are_markers_on_their_beats(root, project):
    beats = tick_score(project.score).tempo_map
    markers = [(m.get("name"), float(m.get("time"))) for m in root.iter("Marker")]
    expected = [("calm", 0.0), ('door "slams"', 2.0), ("hit 2", 8.0), ("tense", 8.0)]
    assert markers == [(name, pytest.approx(beats.beat_at(s))) for name, s in expected]


def test_the_tempo_holds_up_to_the_next_one(root):
    tempos = root.findall("Arrangement/TempoAutomation/RealPoint")
    assert [(p.get("time"), p.get("value"), p.get("interpolation")) for p in tempos] == [
        ("0", "120", "hold"), ("8", "96", "hold"), ("16", "120", "hold")
    ]  # fmt: skip
    metres = root.findall("Arrangement/TimeSignatureAutomation/TimeSignaturePoint")
    assert [(p.get("time"), p.get("numerator"), p.get("denominator")) for p in metres] == [
        ("0", "4", "4"), ("8", "3", "4"), ("11", "6", "8"), ("14", "4", "4")
    ]  # fmt: skip


def test_the_metadata_name_the_piece(project, tmp_path):
    data = read(dawproject(project, tmp_path), "metadata.xml")
    assert data.findtext("Title") == "score"


def test_without_film_and_hits_neither_is_there(project, tmp_path):
    bare = replace(project, film=None, hits=(), regions=())
    root = read(dawproject(bare, tmp_path))
    assert root.find("Arrangement/Markers") is None
    assert not list(root.iter("Video"))


def test_equal_projects_are_equal_files(project, tmp_path):
    assert dawproject(project, tmp_path) == dawproject(project, tmp_path)
