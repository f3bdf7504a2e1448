from __future__ import annotations

import random
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from engine.errors import EmsyncError
from engine.hits import KINDS, Hit, HitList, in_order
from engine.timecode import Clock, FrameRate, nearest_frame, parse_rate
from engine.timeline.aaf import write
from engine.timeline.edit_lists import read_edits
from engine.timeline.otio import read

aaf2 = pytest.importorskip("aaf2")
pytest.importorskip("opentimelineio")


def hits_on(rate: FrameRate, rows: list[tuple[int, int | None, str, str]], start: str) -> HitList:
    """A list of hits from their first frame, their end, their kind and their label."""
    hits = [
        Hit(float(first / rate.fps), label, 2.0, end=end and float(end / rate.fps), kind=kind)
        for first, end, kind, label in rows
    ]
    return HitList(in_order(hits), Clock(rate, start), float(60_000 / rate.fps))


def on_frames(hits: HitList) -> list[tuple[object, ...]]:
    rate = hits.clock.own_rate
    return sorted(
        (
            nearest_frame(hit.seconds, rate),
            hit.end and nearest_frame(hit.end, rate),
            hit.kind, hit.label, hit.weight, hit.must,
        )
        for hit in hits.hits
    )  # fmt: skip


def test_the_file_has_timecode_markers_and_clips_as_other_programs_look_for_them(tmp_path):
    rate = parse_rate("29.97df")
    rows = [(30, None, "marker", "Door"), (60, 90, "marker", "Chase"), (100, None, "cut", "")]
    write(hits_on(rate, [*rows, (200, 224, "dissolve", "")], "01:00:00;00"), tmp_path / "x.aaf")
    with aaf2.open(str(tmp_path / "x.aaf")) as file:
        (top,) = file.content.toplevel()
        timecode, picture, events = top.slots
        assert (timecode.segment.start, timecode.segment.fps, timecode.segment.drop) == (
            107_892, 30, True,
        )  # fmt: skip
        assert {Fraction(slot.edit_rate) for slot in top.slots} == {Fraction(30_000, 1001)}
        markers = [
            (m["Position"].value, m["Length"].value, m["Comment"].value, m["DescribedSlots"].value)
            for m in events.segment.components
        ]
        slot = {picture.slot_id}
        assert markers == [(30, 1, "Door [weight 2]", slot), (60, 30, "Chase [weight 2]", slot)]
        assert [(type(each).__name__, each.length) for each in picture.segment.components] == [
            ("SourceClip", 100), ("SourceClip", 124), ("Transition", 24), ("SourceClip", 59_800),
        ]  # fmt: skip
        assert picture.segment.length == 60_000
        clip = picture.segment.components[1]
        assert (clip.start, clip.mob.name) == (100, "film")


@pytest.mark.parametrize("name", ["23.976", "25", "29.97df", "59.94"])
def test_edits_of_every_kind_come_back_to_the_frame(tmp_path, name):
    rng, rate = random.Random(name), parse_rate(name)
    rows = []
    for number, first in enumerate(sorted(rng.sample(range(1, 50_000), 14))):
        kind = rng.choice([kind for kind in KINDS if kind != "off"])
        end = first + rng.choice([1, 2, 13, 9000]) if kind != "cut" and rng.random() < 0.8 else None
        # A stretch of one frame is a moment in most formats.
        end = None if end == first + 1 else end
        rows.append((first, end, kind, f"Take {number}"))
    hits = hits_on(rate, [*rows, (50_000, None, "marker", "")], "10:20:30:10")
    hits = replace(hits, hits=(*hits.hits[:-1], replace(hits.hits[-1], weight=1.0)))
    write(hits, tmp_path / "x.aaf")
    again = read(tmp_path / "x.aaf", Clock())
    assert on_frames(again) == on_frames(hits)
    assert again.clock.start_frame == hits.clock.start_frame
    assert again.clock.rate == hits.clock.own_rate


def test_transitions_never_reach_beyond_the_clips_beside_them(tmp_path):
    rows = [(50, 90, "dissolve", ""), (60, 70, "wipe", ""), (80, None, "cut", ""),
            (90, 99, "fade", "")]  # fmt: skip
    hits = hits_on(parse_rate("25"), rows, "01:00:00:00")
    write(hits, tmp_path / "x.aaf")
    with aaf2.open(str(tmp_path / "x.aaf")) as file:
        (top,) = file.content.toplevel()
        parts = list(list(top.slots)[1].segment.components)
    lengths = [(type(each).__name__, each.length) for each in parts]
    assert lengths[:4] == [
        ("SourceClip", 90), ("Transition", 40), ("SourceClip", 49), ("Transition", 9),
    ]  # fmt: skip
    assert on_frames(read(tmp_path / "x.aaf", Clock())) == on_frames(hits)


def test_the_edits_are_those_of_one_film_in_real_time(tmp_path):
    rows = [(25, None, "cut", ""), (100, 125, "dissolve", "")]
    write(hits_on(parse_rate("25"), rows, "01:00:00:00"), tmp_path / "x.aaf")
    edits = read_edits(tmp_path / "x.aaf", Clock())
    assert [(edit.start, edit.kind, edit.mixed) for edit in edits] == [
        (0, "cut", 0), (1, "cut", 0), (4, "dissolve", 1),
    ]  # fmt: skip
    assert {edit.reel for edit in edits} == {"FILM"}
    assert all(edit.is_real_time for edit in edits)


def test_without_the_library_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "aaf2", None)
    with pytest.raises(EmsyncError, match=r"x\.aaf: AAF needs pyaaf2; pip install 'emsync-bridge"):
        write(HitList((), Clock(parse_rate("25"))), tmp_path / "x.aaf")
