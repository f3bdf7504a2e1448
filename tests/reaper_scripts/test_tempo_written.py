"""The music's tempo and bars are written under the film, if the user agrees."""

from __future__ import annotations

import pytest

from bridge.scoring.request_json import parse_request
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score

from .project_checks import IMPORT, RECORD, assert_is_the_score
from .stand_in.model import Item, Source, Take, Track
from .stand_in.server import PLAN


def test_cuts_and_tempos_are_written_under_the_film(reaper):
    for time, name in ((3.0, "mine"), (12.0, "emsync cut"), (13.0, "mine")):
        reaper.add_marker(time, name)
    reaper.run(IMPORT)
    assert [(mark.time, mark.name) for mark in reaper.markers] == [
        (3.0, "mine"), (12.0, "emsync Door"), (13.0, "mine"), (15.0, "emsync cut"),
        (16.0, "emsync fade"),
    ]  # fmt: skip
    times = [mark[0] for mark in reaper.tempo_map.marks]
    assert times == pytest.approx([10, 14, 18], abs=0.001)
    assert [mark[1] for mark in reaper.tempo_map.marks] == pytest.approx([240, 200, 120])
    assert reaper.tempo_map.marks[0][2:] == [4, 4] and reaper.tempo_map.marks[1][2:] == [0, 0]
    assert reaper.film.values["C_BEATATTACHMODE"] == 0


def planned(plan):
    """A piece with a note of every instrument on each sixteenth of a plan."""
    timing = Timing(plan)
    sixteenth = timing.plan.quarters / 4 * 60 / timing.tempo
    notes = tuple(
        Note(instrument, row * sixteenth, (row + 1) * sixteenth, 40 + row % 20)
        for row in range(60)
        for instrument in Instrument
    )
    return timing.film_score(Score(notes, (), (), timing.music_time(plan.duration)))


def test_the_bars_and_bends_of_a_plan_are_the_projects(reaper, server):
    server.score = planned(PLAN)
    assert reaper.run(IMPORT) == ""
    marks = [mark for mark in reaper.tempo_map.marks if mark[0] < 18]
    assert [mark[0] - 10 for mark in marks if mark[2]] == pytest.approx(
        [PLAN.seconds_at(beat) for beat in (0, 4, 7, 11)], abs=1e-4
    )
    assert [mark[2:] for mark in marks if mark[2]] == [[4, 4], [3, 4], [4, 4], [5, 4]]
    for seconds, tempo in ((0.0, 4 / 2.1), (2.1, 7 / 3.6), (5.7, 5 / 2.5)):
        bpm = next(mark[1] for mark in reversed(marks) if mark[0] - 10 <= seconds + 1e-3)
        assert bpm == pytest.approx(60 * tempo, abs=0.01)
    for beat in range(16):
        at = reaper.tempo_map.beats(10 + PLAN.seconds_at(beat)) - reaper.tempo_map.beats(10)
        assert at == pytest.approx(beat, abs=0.001)


@pytest.mark.parametrize("action", [RECORD, IMPORT])
def test_the_notes_of_a_planned_piece_stand_on_the_projects_grid(reaper, server, action):
    server.score = planned(PLAN)
    reaper.run(action)
    assert_is_the_score(reaper, server, 0.002)
    for row, note in enumerate(reaper.notes(reaper.track("Piano"))):
        sixteenths = 4 * (reaper.tempo_map.beats(note[0]) - reaper.tempo_map.beats(10))
        assert sixteenths == pytest.approx(row, abs=0.02)


def test_beats_of_a_dotted_quarter_are_bars_of_eighths(reaper, server):
    server.score = planned(Plan(8.0, ((0, 0.0), (12, 8.0)), (4, 4, 2, 2), "dotted quarter"))
    assert reaper.run(IMPORT) == ""
    marks = [mark for mark in reaper.tempo_map.marks if mark[0] < 18]
    assert [mark[2:] for mark in marks if mark[2]] == [[12, 8], [6, 8]]
    assert marks[0][1] == pytest.approx(135.0, abs=0.001)


@pytest.mark.parametrize(("button", "kept"), [(6, False), (7, True)])
def test_a_tempo_map_is_replaced_only_if_the_user_agrees(reaper, server, button, kept):
    reaper.tempo_map.marks = [[5.0, 90.0, 4, 4], [11.0, 77.0, 3, 4]]
    reaper.press = button
    reaper.run(IMPORT)
    assert ([11.0, 77.0, 3, 4] in reaper.tempo_map.marks) == kept
    assert reaper.tempo_map.marks[0] == [5.0, 90.0, 4, 4]
    assert reaper.tempo_map.marks[-1][1] == 77.0
    assert (len(reaper.tempo_map.marks) == 2) == kept
    # The film begins within a bar, so the tempo is all that the music can have of the project's.
    assert server.jobs[0].fields.get("bpm") == (90.0 if kept else None)


def on_beats(reaper):
    """An audio item with the project's timebase after the film."""
    item = Item({"D_POSITION": 20.0, "D_LENGTH": 2.0})
    item.takes = [Take(item, Source("/a.wav", kind="WAVE"))]
    return item


def midi(reaper):
    """A MIDI item under the film, on time."""
    item = Item({"D_POSITION": 16.0, "D_LENGTH": 9.0, "C_BEATATTACHMODE": 0})
    item.takes = [Take(item, Source(kind="MIDI"), midi=True)]
    return item


@pytest.mark.parametrize("kind", [on_beats, midi])
def test_the_user_is_asked_before_items_move_with_the_tempo(reaper, server, kind):
    reaper.tracks.append(Track("Music", items=[kind(reaper)]))
    reaper.press = 7
    reaper.run(IMPORT)
    assert "1 items on beats or with notes" in reaper.boxes[0]
    assert not reaper.tempo_map.marks
    assert parse_request(server.jobs[0].fields).tempo_map.points[1] == (16, 8.0)


def test_the_user_is_not_asked_for_items_that_no_tempo_moves(reaper):
    before = Item({"D_POSITION": 1.0, "D_LENGTH": 5.0})
    before.takes = [Take(before, Source("/a.wav", kind="WAVE"))]
    on_time = on_beats(reaper)
    on_time.values["C_BEATATTACHMODE"] = 0
    reaper.tracks.append(Track("Music", items=[before, on_time]))
    assert reaper.run(IMPORT) == "" and reaper.boxes == []


def test_cancelling_the_question_about_tempos_ends_the_action(reaper):
    reaper.tempo_map.marks = [[5.0, 90.0, 4, 4]]
    reaper.press = 2
    assert reaper.run(IMPORT) == "Cancelled."
    assert len(reaper.tempo_map.marks) == 1 and len(reaper.tracks) == 1 and not reaper.undo
