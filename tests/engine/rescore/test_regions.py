from __future__ import annotations

from dataclasses import replace

import pytest

from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.plan.plan import Phrase, Plan
from engine.recut.music import OldMusic
from engine.rescore.regions import (
    EVERYONE,
    Region,
    checked_region,
    given_music,
    played_notes,
    section_region,
    snapped_region,
    whole_bars,
)
from engine.score import Instrument, Note
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = tuple(Instrument)
PLAN = Plan(
    16.0,
    ((0, 0.0), (32, 16.0)),
    (4,),
    phrases=(
        Phrase(1, "A", "C major", (BASS, PIANO), 8.0, "p"),
        Phrase(5, "B", "C major", (BASS, PIANO, STRINGS), 8.0, "p"),
    ),
)
NOTES = (
    Note(PIANO, 0.0, 3.0, 60, 61),
    Note(BASS, 8.0, 9.0, 40, 62),
    Note(PIANO, 8.0, 10.0, 60, 63),
    Note(PIANO, 8.0, 10.0, 64, 64),
    Note(PIANO, 8.0, 10.0, 67, 65),
    Note(BASS, 16.0, 17.0, 40, 66),
)
"""Times are quarter notes, of half a second."""
MUSIC = OldMusic(NOTES, (8.0,), NOTES)


def film(*ends: float) -> CueSheet:
    starts = (0.0, *ends[:-1])
    sections = tuple(Section(a, b, {}, 0.0, 0.0, "") for a, b in zip(starts, ends, strict=True))
    return CueSheet(Video("film.mp4", 16.0, 24.0, 64, 36), 0.0, 16.0, (), (), sections)


def test_each_kept_note_is_known_as_it_was_played():
    played = tuple(replace(note, end=note.end - 0.25) for note in NOTES)
    found = played_notes(replace(MUSIC, played=played), PLAN)
    given = given_music(MUSIC, PLAN, ())
    assert [note.end - found[note].end for note in given.notes] == pytest.approx([0.125] * 6)


def test_nothing_is_composed_where_no_region_is():
    given = given_music(MUSIC, PLAN, ())
    assert given.spans == ((0.0, 16.0),) and given.holds(7.0)
    assert [(n.onset, n.end, n.velocity) for n in given.notes] == [
        (n.onset / 2, n.end / 2, n.velocity) for n in NOTES
    ]
    assert given.bars == tuple(2.0 * bar for bar in range(8))
    assert given.chords == (4.0,)


def test_a_stretch_for_all_parts_is_outside_the_spans():
    given = given_music(MUSIC, PLAN, [Region(4.0, 8.0)])
    assert given.spans == ((0.0, 4.0), (8.0, 16.0))
    assert [n.velocity for n in given.notes] == [61, 66]
    assert given.chords == () and given.bars == (0.0, 2.0, 8.0, 10.0, 12.0, 14.0)


def test_who_is_composed_follows_the_plan():
    given = given_music(MUSIC, PLAN, [Region(4.0, 12.0, frozenset({STRINGS, BASS}))])
    assert list(zip(given.spans, given.free, strict=True)) == [
        ((0.0, 4.0), frozenset()),
        ((4.0, 8.0), frozenset({BASS})),
        ((8.0, 12.0), frozenset({STRINGS, BASS})),
        ((12.0, 16.0), frozenset()),
    ]
    assert [n.velocity for n in given.notes] == [61, 63, 64, 65]
    assert given.keeps(given.notes[1]) and not given.keeps(Note(BASS, 4.0, 5.0, 40))


@pytest.mark.parametrize(("parts", "marks"), [({GUITAR}, (4.0,)), ({PIANO}, ()), ({BASS}, (4.0,))])
def test_a_chord_mark_stays_with_the_part_that_plays_it(parts, marks):
    assert given_music(MUSIC, PLAN, [Region(0.0, 16.0, frozenset(parts))]).chords == marks


def test_a_section_has_the_bars_nearest_to_it():
    cues = film(3.2, 9.5, 16.0)
    assert section_region(cues, PLAN, 1, EVERYONE) == Region(0.0, 4.0)
    assert section_region(cues, PLAN, 2, EVERYONE) == Region(4.0, 10.0)
    assert section_region(cues, PLAN, 3, EVERYONE) == Region(10.0, 16.0)
    with pytest.raises(EmsyncError, match="last section of the film is 3"):
        section_region(cues, PLAN, 4, EVERYONE)
    with pytest.raises(EmsyncError, match="shorter than a bar"):
        section_region(film(8.0, 8.3, 16.0), PLAN, 2, EVERYONE)


def test_a_region_lies_within_the_score():
    assert checked_region(Region(4.0, 99.0), 16.0) == Region(4.0, 16.0)
    for wrong in (Region(16.0, 20.0), Region(5.0, 5.0), Region(6.0, 5.0)):
        with pytest.raises(EmsyncError, match="two rising times"):
            checked_region(wrong, 16.0)


@pytest.mark.parametrize(
    ("asked", "found", "bars"),
    [
        ((4.0, 8.0), (4.0, 8.0), (3, 4)),
        ((4.9, 7.2), (4.0, 8.0), (3, 4)),
        ((5.1, 6.9), (6.0, 8.0), (4, 4)),
        ((4.5, 4.9), (4.0, 6.0), (3, 3)),
        ((5.2, 5.9), (4.0, 6.0), (3, 3)),
        ((0.0, 0.1), (0.0, 2.0), (1, 1)),
        ((15.9, 16.0), (14.0, 16.0), (8, 8)),
    ],
)
def test_a_snapped_region_is_of_the_nearest_bar_lines_and_a_bar_at_least(asked, found, bars):
    parts = frozenset({PIANO})
    region = snapped_region(Region(*asked, parts), PLAN)
    assert region == Region(*found, parts)
    assert whole_bars(region, PLAN) == bars


def test_bars_of_which_some_is_kept_are_not_whole():
    assert whole_bars(Region(4.0, 7.0), PLAN) is None
    assert whole_bars(Region(4.001, 8.0), PLAN) == (3, 4)
    # A last bar that the film cuts off is as whole as it can be.
    short = replace(PLAN, duration=15.0)
    assert snapped_region(Region(9.0, 15.0), short) == Region(8.0, 15.0)
    assert whole_bars(Region(8.0, 15.0), short) == (5, 8)
