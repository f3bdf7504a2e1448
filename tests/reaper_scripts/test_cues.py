"""Films with several cues of music."""

from __future__ import annotations

import pytest

from engine.score import Instrument

IMPORT, RECORD = "Score video and import", "Score video and record"


@pytest.fixture
def spotted(reaper):
    """A REAPER with two cues of music under the film, and other regions."""
    reaper.add_marker(10.5, "1m1", 13.0)
    reaper.add_marker(14.0, "1m2 [variation of 1m1, tense]", 19.0)
    reaper.add_marker(11.0, "Chase 1m3", 12.0)
    reaper.add_marker(30.0, "2m1", 40.0)
    return reaper


def cue_items(reaper, name):
    """The items of a part: from, to, the name of the take, and the onsets of its notes."""
    return [
        (
            item.values["D_POSITION"],
            item.values["D_POSITION"] + item.values["D_LENGTH"],
            item.take.texts["P_NAME"].split(",")[0],
            sorted(reaper.at(item.take, note[0]) for note in item.take.notes),
        )
        for item in reaper.track(name).items
    ]


def assert_cues_are_placed(reaper, server):
    for instrument in Instrument:
        name = instrument.value.capitalize()
        onsets = [10 + note.onset for note in server.score.part(instrument)]
        first, second = cue_items(reaper, name)
        assert (first[:3], second[:3]) == (
            (10.5, 13.0, f"1m1 {name}"), (14.0, 18.0, f"1m2 {name}"),
        )  # fmt: skip
        assert first[3] == pytest.approx([at for at in onsets if 10.5 <= at < 13], abs=0.002)
        assert second[3] == pytest.approx([at for at in onsets if 14 <= at < 18], abs=0.002)


def test_regions_named_as_cues_are_scored_as_cues(spotted, server):
    assert spotted.run(IMPORT) == ""
    assert server.jobs[0].fields["spotting"] == [
        {"name": "1m1", "start": 0.5, "end": 3.0},
        {"name": "1m2", "start": 4.0, "end": 8.0, "variation_of": "1m1", "emotion": "tense"},
    ]
    assert_cues_are_placed(spotted, server)
    regions = [mark.name for mark in spotted.markers if mark.end is not None]
    assert regions == ["1m1", "Chase 1m3", "1m2 [variation of 1m1, tense]", "2m1"]
    assert len(spotted.undo) == 1


def test_a_finished_piece_of_several_cues_is_imported_with_regions(spotted, server):
    spotted.run(IMPORT)
    spotted.tracks[1:], spotted.markers = [], []
    spotted.tempo_map.marks.clear()
    assert spotted.run("Import piece") == ""
    assert_cues_are_placed(spotted, server)
    regions = [(m.time, m.end, m.name) for m in spotted.markers if m.end is not None]
    assert regions == [(10.5, 13.0, "1m1"), (14.0, 18.0, "1m2")]


def test_cues_are_recorded_in_one_pass(spotted, server):
    assert "24 of 24 notes" in spotted.run(RECORD)
    assert len(spotted.track("Piano").items) == 1


def test_actions_for_one_piece_say_that_there_are_several(spotted):
    spotted.run(IMPORT)
    for action in ("Rescore selection", "Another take"):
        assert spotted.run(action).startswith("This music has several cues; ")


def test_the_projects_tempo_is_that_at_the_films_start(spotted, server):
    spotted.tempo_map.marks = [[5.0, 90.0, 4, 4]]
    spotted.press = 7
    spotted.run(IMPORT)
    assert server.jobs[0].fields["bpm"] == 90.0 and "tempo_map" not in server.jobs[0].fields


def test_cues_are_no_hits(spotted, server):
    spotted.add_marker(15.0, "Door")
    spotted.project_ext["settings"] = '{"hits":"markers"}'
    assert spotted.run(IMPORT) == ""
    (text,) = server.markers
    assert "Door" in text and "Chase 1m3" in text and "  1m" not in text


def test_the_window_names_the_cues(spotted):
    summary = spotted.lua.eval("(require('lib.spotting').summary)")
    cues = spotted.lua.eval("(require('lib.spotting').collect)")
    film = spotted.lua.table(position=10.0, length=8.0)
    assert summary(cues(film)) == "Cues of music: 1m1, 1m2 [variation of 1m1, tense]"
