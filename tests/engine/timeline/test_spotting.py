"""Spotting lists in the files that editors write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.cues import CueSheet, Video
from engine.cues_json import write_cues
from engine.errors import EmsyncError
from engine.section import Section
from engine.spotting import MusicCue
from engine.timecode import Clock, parse_rate
from engine.timeline.formats import write_hits
from engine.timeline.spotting import hits_of_spotting, read_spotting

CLOCK = Clock(parse_rate("25"), "01:00:00:00")
LIST = (MusicCue("1m1", 12.2, 45.0), MusicCue("1m2", 70.0, 112.4, "1m1", "tense"))
FILM = CueSheet(
    Video("film.mov", 120.0, 25.0, 96, 64, "01:00:00:00"), 0.0, 120.0, (), (),
    (Section(0.0, 120.0, {}, 0.5, 0.1, "seen"),), spotting=LIST,
)  # fmt: skip


def read(text: str, folder: Path, start: float = 0.0, end: float = 120.0):
    path = folder / "spotting.txt"
    path.write_text(text)
    return read_spotting(path, CLOCK, start, end)[0]


def test_the_list_as_composers_write_it(tmp_path):
    text = """# First reel
01:00:12:05 - 01:00:45:00  1m1
01:01:10:00 - 01:01:52:10  1m2 [variation of 1m1, tense]
"""
    assert read(text, tmp_path) == LIST


@pytest.mark.parametrize(
    "label",
    [
        "1m2 [variation of 1m1]",
        "1m2 (variation of 1m1)",
        "1m2, variation of 1m1",
        "1m2 Variation of 1m1",
        "1m2 [may, variation of 1m1]",
    ],
)
def test_a_variation_may_be_written_in_several_ways(tmp_path, label):
    cues = read(f"1 - 9 1m1\n10 - 20 {label}\n", tmp_path)
    assert cues[1] == MusicCue("1m2", 10.0, 20.0, "1m1")


def test_a_variation_may_name_the_first_word_of_its_original(tmp_path):
    cues = read("1 - 9 1m1 Main title\n10 - 20 1m2 Chase (variation of 1m1)\n", tmp_path)
    assert [cue.name for cue in cues] == ["1m1 Main title", "1m2 Chase"]
    assert cues[1].variation_of == "1m1 Main title"
    with pytest.raises(EmsyncError, match=r"may be 1m1 a or 1m1 b; give one"):
        read("1 - 3 1m1 a\n4 - 6 1m1 b\n7 - 9 1m2 variation of 1m1\n", tmp_path)


@pytest.mark.parametrize("suffix", [".csv", ".fcpxml", ".txt", ".edl", ".mid"])
def test_it_survives_the_formats_of_editors(tmp_path, suffix):
    path = tmp_path / f"list{suffix}"
    write_hits(hits_of_spotting(FILM.spotting, CLOCK, 120.0), path)
    found, _ = read_spotting(path, CLOCK, 0.0, 120.0)
    times = [(cue.name, cue.variation_of, cue.emotion) for cue in found]
    assert times == [(cue.name, cue.variation_of, cue.emotion) for cue in LIST]
    for one, other in zip(found, LIST, strict=True):
        assert (one.start, one.end) == pytest.approx((other.start, other.end), abs=0.001)


def test_the_list_of_a_cue_sheet_is_read_as_it_stands_there(tmp_path):
    write_cues(replace(FILM, start=0.0), tmp_path / "cues.json")
    assert read_spotting(tmp_path / "cues.json", CLOCK, 0.0, 120.0)[0] == LIST
    write_cues(replace(FILM, spotting=()), tmp_path / "cues.json")
    with pytest.raises(EmsyncError, match="this cue sheet has no spotting list"):
        read_spotting(tmp_path / "cues.json", CLOCK, 0.0, 120.0)


def test_of_a_part_of_the_film_cues_count_from_its_beginning(tmp_path):
    (cue,) = read("01:00:12:05 - 01:00:45:00 1m1", tmp_path, start=10.0, end=60.0)
    assert (cue.start, cue.end) == pytest.approx((2.2, 35.0))
    with pytest.raises(EmsyncError, match="its in point is"):
        read("01:00:02:05 - 01:00:45:00 1m1", tmp_path, start=10.0, end=60.0)
    with pytest.raises(EmsyncError, match="beyond the end"):
        read("01:00:12:05 - 01:01:45:00 1m1", tmp_path, start=10.0, end=60.0)


WRONG = {
    "moments": ("01:00:12:05 1m1\n", r"no stretch has an in point and an out point; write one"),
    "no name": ("1 - 9\n", r"a cue has no name"),
    "overlap": ("1 - 9 a\n8 - 20 b\n", r"a and b overlap"),
    "unknown": ("1 - 9 a [variation of z]\n", r"a is a variation of 'z', but no cue"),
    "out before in": ("9 - 1 a\n", r"line 1: 1 is not after 9"),
    "folder": ("1 - 9 a:b\n", r"the name 'a:b' can't be that of a folder"),
    "short": ("1 - 1.5 a\n", r"a: it lasts 0.500 s"),
}


@pytest.mark.parametrize(("text", "line"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_list_is_refused_with_its_file(tmp_path, text, line):
    with pytest.raises(EmsyncError, match=line) as caught:
        read(text, tmp_path)
    assert "spotting.txt" in str(caught.value) and "\n" not in str(caught.value)


def test_moments_among_the_cues_are_left_out_with_a_warning(tmp_path):
    with pytest.warns(UserWarning, match="1 moments without an out point are left out"):
        cues = read("1 - 9 1m1\n12 a door\n", tmp_path)
    assert [cue.name for cue in cues] == ["1m1"]
