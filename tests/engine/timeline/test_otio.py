from __future__ import annotations

import sys

import pytest

from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import Clock, parse_rate
from engine.timeline.otio import read, write

otio = pytest.importorskip("opentimelineio")

FPS = 25


def time(frame: int):
    return otio.opentime.RationalTime(frame, FPS)


def span(start: int, length: int):
    return otio.opentime.TimeRange(time(start), time(length))


@pytest.fixture
def timeline():
    """Three clips of 4 s, a dissolve before the last, and markers in several places."""
    found = otio.schema.Timeline("reel", global_start_time=time(90_000))
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    sound = otio.schema.Track("A1", kind=otio.schema.TrackKind.Audio)
    found.tracks.extend([track, sound])
    clips = [otio.schema.Clip(name, source_range=span(500, 100)) for name in "abc"]
    fade = otio.schema.Transition(
        transition_type="SMPTE_Dissolve", in_offset=time(10), out_offset=time(15)
    )
    track.extend([clips[0], clips[1], fade, clips[2]])
    sound.append(otio.schema.Clip("sound", source_range=span(0, 30)))
    sound.append(otio.schema.Clip("sound", source_range=span(0, 30)))
    found.tracks.markers.append(otio.schema.Marker("Door [may]", span(25, 1)))
    clips[1].markers.append(otio.schema.Marker("In the clip", span(510, 50)))
    clips[1].markers.append(otio.schema.Marker("Outside the clip", span(10, 1)))
    return found


def saved(timeline, path):
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_markers_and_edits_of_the_timeline_are_read(timeline, tmp_path):
    found = read(saved(timeline, tmp_path / "x.otio"), Clock())
    assert found.of("cuts").hits == (
        Hit(4.0, kind="cut"),
        Hit(7.6, kind="dissolve", end=8.6),
    )
    assert found.of("hits").hits == (
        Hit(1.0, "Door", must=False),
        Hit(4.4, "In the clip", end=6.4),
    )
    assert (str(found.clock.rate), found.clock.start) == ("25", "01:00:00:00")
    assert found.duration == 12.0


def test_of_a_collection_the_one_timeline_is_read(timeline, tmp_path):
    collection = otio.schema.SerializableCollection("bin", [timeline])
    assert len(read(saved(collection, tmp_path / "x.otio"), Clock()).hits) == 4
    collection.append(timeline.deepcopy())
    with pytest.raises(EmsyncError, match="has 2 timelines"):
        read(saved(collection, tmp_path / "z.otio"), Clock())


def test_what_is_written_is_read_with_rate_and_first_frame(tmp_path):
    clock = Clock(parse_rate("59.94df"), "01:00:00;00")
    hits = (Hit(2.002, "Door", end=4.004), Hit(5.005, "to B", kind="cut"), Hit(6.006, kind="wipe"))
    write(HitList(hits, clock), tmp_path / "x.otio")
    found = read(tmp_path / "x.otio", Clock())
    assert found.hits == hits
    assert found.clock.start == "01:00:00;00"


@pytest.mark.parametrize(
    "text",
    [
        '{"OTIO_SCHEMA":' + "[" * 100_000,
        "{",
        "{}",
        '{"OTIO_SCHEMA": "Clip.1"}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": 3}',
    ],
)
def test_a_damaged_timeline_is_refused_in_a_line(tmp_path, text):
    path = tmp_path / "x.otio"
    path.write_text(text)
    with pytest.raises(EmsyncError, match=r"x\.otio: ") as caught:
        read(path, Clock())
    assert "\n" not in str(caught.value)


def test_without_the_library_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    with pytest.raises(EmsyncError, match=r"pip install 'emsync-bridge\[otio\]'"):
        read(tmp_path / "x.otio", Clock())


def test_markers_and_cuts_of_an_aaf_are_read(tmp_path):
    aaf2 = pytest.importorskip("aaf2")
    path = tmp_path / "x.aaf"
    with aaf2.open(str(path), "w") as file:
        master = file.create.MasterMob("shot")
        file.content.mobs.append(master)
        source = file.create.SourceMob()
        source.create_tape_slots("tape", FPS, FPS)
        file.content.mobs.append(source)
        slot = master.create_timeline_slot(FPS)
        slot.segment = source.create_source_clip(1, 0, 1000)
        top = file.create.CompositionMob("reel")
        top.usage = "Usage_TopLevel"
        file.content.mobs.append(top)
        slot = top.create_timeline_slot(FPS)
        slot["PhysicalTrackNumber"].value = 1
        sequence = file.create.Sequence("picture", length=200)
        slot.segment = sequence
        for start in (0, 300):
            clip = master.create_source_clip(slot_id=1, start=start, length=100)
            clip.media_kind = "picture"
            sequence.components.append(clip)
        events = file.create.EventMobSlot()
        events["EditRate"].value = FPS
        events["SlotID"].value = 1000
        events["PhysicalTrackNumber"].value = 1
        marker = file.create.DescriptiveMarker()
        marker["Position"].value = 30
        marker["Length"].value = 1
        marker["Comment"].value = "Door slams [may]"
        marker["DescribedSlots"].value = {slot.slot_id}
        events.segment = file.create.Sequence("DescriptiveMetadata")
        events.segment.components.append(marker)
        top.slots.append(events)
    found = read(path, Clock())
    assert found.of("cuts").hits == (Hit(4.0, kind="cut"),)
    assert found.of("hits").hits == (Hit(1.2, "Door slams", must=False),)
    assert str(found.clock.rate) == "25"
