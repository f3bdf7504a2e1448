"""The pictures are read back from their SVG: every place is compared with the row's own scale."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.plan.plan import Plan
from engine.score import BeatMap, Instrument, Note, Score
from engine.section import Section
from export.picture.draw import draw, draw_beats
from export.picture.rows import LEFT, RIGHT, WIDTH

SVG = "{http://www.w3.org/2000/svg}"


def cues(duration: float, *boundaries: float) -> CueSheet:
    video = Video("film.mp4", duration, 24.0, 640, 360)
    section = Section(0.0, duration, {}, 0.0, 0.0, "user")
    return CueSheet(video, 0.0, duration, (), hits_at(boundaries), (section,))


def piece(duration: float, *notes: Note) -> Score:
    """A score at 120 bpm in 4/4: a beat lasts 0.5 s, a bar 2 s."""
    beat_map = BeatMap((0, 2 * duration), (0.0, duration), ((4, 4),))
    return Score(notes, (), (), duration, beat_map=beat_map)


def note(onset: float, end: float, pitch: int = 60, velocity: int = 80) -> Note:
    return Note(Instrument.PIANO, onset, end, pitch, velocity)


def of_class(picture: Element, name: str) -> list[Element]:
    """The elements of a class, in the order of the file."""
    return [found for found in picture.iter() if name in found.get("class", "").split()]


def texts(picture: Element, name: str) -> list[str]:
    return [str(found.text) for found in of_class(picture, name)]


def starts(picture: Element, name: str) -> list[float]:
    """The x at which each subpath of a class begins."""
    paths = [str(found.get("d")) for found in of_class(picture, name)]
    return [float(x) for path in paths for x in re.findall(r"M([\d.]+) ", path)]


def x_of(seconds: float, duration: float) -> float:
    return LEFT + seconds / duration * (WIDTH - LEFT - RIGHT)


def test_bar_lines_stand_at_their_times_and_are_numbered():
    picture = fromstring(draw(piece(10.0), cues(10.0)))
    lines = [x for x in starts(picture, "bars") if x < WIDTH]
    expected = [x_of(seconds, 10.0) for seconds in (0, 2, 4, 6, 8)]
    assert lines[:5] == pytest.approx(expected, abs=0.1)
    assert texts(picture, "bar-number") == ["1", "2", "3", "4", "5"]
    assert texts(picture, "tempo") == ["120 bpm, 4/4"]


def test_a_boundary_says_what_it_falls_on():
    picture = fromstring(draw(piece(10.0), cues(10.0, 2.03, 4.5, 6.2)))
    for name, seconds in (("bar-line", 2.03), ("beat", 4.5), ("missed", 6.2)):
        (mark,) = of_class(picture, name)
        assert starts(mark, "boundary") == pytest.approx([x_of(seconds, 10.0)], abs=0.1)
    signs = [len(of_class(mark, "on")) for mark in of_class(picture, "cue")]
    assert signs == [1, 0, 0]
    assert "at 2.030 s; bar line 2 +0.030 s" in str(of_class(picture, "cue")[0][0].text)
    assert "1 on a bar line, 1 on a beat, 1 missed" in str(picture.findtext(f"{SVG}title"))


def test_a_boundary_crosses_all_lanes():
    picture = fromstring(draw(piece(10.0, note(1, 2)), cues(10.0, 4.0)))
    lanes = of_class(picture, "lane")
    assert len(lanes) == len(Instrument)
    (last,) = of_class(picture, "emotion-lane")
    top, bottom = float(lanes[0].get("y", 0)), float(last.get("y", 0))
    bottom += float(last.get("height", 0))
    path = str(of_class(picture, "boundary")[0].get("d"))
    assert re.findall(r" ([\d.]+)v([\d.]+)", path) == [(f"{top:g}", f"{bottom - top:g}")]


def strokes(picture: Element) -> list[tuple[float, float, float]]:
    """x, y and length of the notes."""
    paths = "".join(str(found.get("d")) for found in of_class(picture, "notes"))
    found = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", paths)
    return [(float(x), float(y), float(length)) for x, y, length in found]


def test_notes_lie_at_their_times_and_pitches_in_the_lane_of_their_part():
    score = piece(10.0, note(1.0, 2.0, 60), note(3.0, 3.5, 72))
    picture = fromstring(draw(score, cues(10.0)))
    (low_x, low_y, low_length), (high_x, high_y, _) = strokes(picture)
    assert (low_x, high_x) == pytest.approx((x_of(1.0, 10.0), x_of(3.0, 10.0)), abs=0.1)
    assert low_length == pytest.approx(x_of(2.0, 10.0) - x_of(1.0, 10.0), abs=1)
    lane = of_class(picture, "lane")[list(Instrument).index(Instrument.PIANO)]
    top, height = float(lane.get("y", 0)), float(lane.get("height", 0))
    assert top < high_y < low_y < top + height
    assert {found.get("class") for found in of_class(picture, "notes")} == {"notes piano"}


def test_a_louder_note_is_less_transparent():
    score = piece(10.0, note(1.0, 2.0, 60, 30), note(3.0, 4.0, 60, 120))
    found = of_class(fromstring(draw(score, cues(10.0))), "notes")
    soft, loud = (float(path.get("stroke-opacity", 0)) for path in found)
    assert 0.3 < soft < loud <= 1


def test_a_part_without_notes_is_called_silent():
    picture = fromstring(draw(piece(10.0, note(1.0, 2.0)), cues(10.0)))
    assert [text.text for text in picture.iter(f"{SVG}text")].count("silent") == 4


def test_chords_and_sections_stand_above_their_times_and_equal_neighbours_are_one():
    chords = [(0.0, "Am"), (2.0, "F"), (4.0, "F"), (6.0, "C")]
    picture = fromstring(draw(piece(10.0), cues(10.0), chords, [(0.0, "A"), (4.0, "B")]))
    places = [(found.text, float(found.get("x", 0))) for found in of_class(picture, "chord")]
    assert [text for text, _ in places] == ["Am", "F", "C"]
    assert [x for _, x in places] == pytest.approx([x_of(s, 10.0) for s in (0, 2, 6)], abs=0.1)
    assert texts(picture, "section") == ["A", "B"]


def test_text_is_escaped_and_what_xml_forbids_is_left_out():
    picture = fromstring(draw(piece(10.0), cues(10.0), [(0.0, '<A&\x00\ud800">')]))
    assert texts(picture, "chord") == ['<A&">']


@pytest.mark.parametrize("duration", [0.0, 0.3, 10.0])
def test_an_empty_score_has_bars_and_no_notes(duration: float):
    picture = fromstring(draw(Score((), (), (), duration), cues(max(duration, 0.1))))
    assert of_class(picture, "notes") == []
    assert texts(picture, "bar-number")[0] == "1"


def test_a_long_film_is_wrapped_and_begins_its_rows_at_bar_lines():
    picture = fromstring(draw(piece(75.0, note(37.0, 39.0)), cues(75.0, 74.0)))
    assert len(of_class(picture, "row")) == 2
    second = of_class(picture, "row")[1]
    assert starts(second, "bars")[0] == LEFT
    assert len(strokes(picture)) == 2, "a note across the wrap shows in both rows"
    assert len(of_class(second, "cue")) == 1


def test_the_chord_of_a_wrap_is_repeated():
    picture = fromstring(draw(piece(75.0), cues(75.0), [(0.0, "Am"), (60.0, "F")]))
    assert [texts(row, "chord") for row in of_class(picture, "row")] == [["Am"], ["Am", "F"]]


def test_a_film_of_three_hours_makes_no_gigantic_picture():
    hours = 3 * 3600
    notes = [
        Note(instrument, number / 4, number / 4 + 0.2, 40 + number % 30)
        for number in range(4 * hours)
        for instrument in (Instrument.PIANO, Instrument.BASS)
    ]
    text = draw(piece(hours, *notes), cues(hours, *range(0, hours, 20)))
    picture = fromstring(text)
    assert len(of_class(picture, "row")) == 24
    assert float(picture.get("height", 0)) < 12_000
    assert len(text) < 3_000_000
    numbers = [int(number) for number in texts(of_class(picture, "row")[0], "bar-number")]
    assert len(numbers) < 60
    assert numbers[:2] == [1, 9]


def test_unusual_bars_and_tempo_changes_are_labelled():
    beat_map = BeatMap((0, 7, 20), (0.0, 3.5, 9.0), ((4, 4), (3, 4), (4, 4)))
    score = Score((), (), (), 9.0, beat_map=beat_map)
    assert texts(fromstring(draw(score, cues(9.0))), "tempo") == [
        "120 bpm, 4/4",
        "3/4",
        "141.8 bpm, 4/4",
    ]


def test_a_plan_is_drawn_without_notes():
    plan = Plan(10.0, ((0, 0.0), (8, 4.0), (20, 10.1)), (4, 4, 3, 4, 4))
    picture = fromstring(draw_beats(plan, [0.0, 4.0, 5.2]))
    assert of_class(picture, "notes") == []
    assert len(of_class(picture, "cue")) == 3
    assert len(of_class(picture, "other")) == 1, "the shade of the second tempo"
    assert texts(picture, "tempo") == ["120 bpm, 4/4", "118 bpm, 3/4", "4/4"]
    assert texts(picture, "bar-number") == ["1", "2", "3", "4", "5", "6"]


def test_a_picture_has_a_style_for_dark_screens_and_none_for_dark_print():
    style = str(fromstring(draw(piece(10.0), cues(10.0))).findtext(f"{SVG}style"))
    assert "@media screen and (prefers-color-scheme: dark)" in style
    assert style.count("{") == style.count("}")


def test_the_emotion_of_each_section_stands_below_the_parts():
    sections = (
        Section(0.0, 8.0, {}, 0.6, -0.6, "user"),
        Section(8.0, 16.0, {}, -0.5, 0.9, "user"),
        Section(16.0, 20.0, {}, math.nan, math.nan, "user"),
    )
    picture = fromstring(draw(piece(20.0), replace(cues(20.0), sections=sections)))
    assert texts(picture, "emotion")[0] == "peaceful" and len(texts(picture, "emotion")) == 2
    (rect,) = of_class(picture, "emotion-lane")
    middle = float(rect.get("y", 0)) + float(rect.get("height", 0)) / 2
    for name, signs in (("valence", (1, -1)), ("arousal", (-1, 1))):
        (found,) = of_class(picture, name)
        heights = [float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)", str(found.get("d")))]
        assert [math.copysign(1, middle - y) for y in heights] == list(signs)


def test_the_film_strip_stands_above_the_parts_each_tile_at_its_time():
    tiles = [bytes([number]) * 900 for number in range(17)]
    picture = fromstring(draw(piece(34.0, note(1.0, 2.0)), cues(34.0, 17.0), tiles=tiles))
    found = list(picture.iter(f"{SVG}image"))
    assert [float(tile.get("x", 0)) for tile in found] == [
        pytest.approx(x_of(2.0 * number, 34.0), abs=0.1) for number in range(17)
    ]
    assert all(tile.get("href", "").startswith("data:image/jpeg;base64,") for tile in found)
    below = min(float(rect.get("y", 0)) for rect in of_class(picture, "lane"))
    assert {float(tile.get("y", 0)) + float(tile.get("height", 0)) for tile in found} <= {below - 4}
    # The line of a hit goes through the strip, too.
    (line,) = of_class(picture, "boundary")
    assert f" {float(found[0].get('y', 0)):g}v" in str(line.get("d"))


def test_a_tile_goes_on_in_the_next_row():
    tiles = [b"tile"] * 7
    picture = fromstring(draw(piece(70.0), cues(70.0), tiles=tiles))
    rows = [list(row.iter(f"{SVG}image")) for row in of_class(picture, "row")]
    assert [len(row) for row in rows] == [4, 4]
    width = sum(float(tile.get("width", 0)) for row in rows for tile in row)
    assert width == pytest.approx(2 * (WIDTH - LEFT - RIGHT), rel=0.1)


def test_one_bar_is_no_bars():
    assert "1 bar in 4/4" in draw(piece(2.0), cues(2.0))
