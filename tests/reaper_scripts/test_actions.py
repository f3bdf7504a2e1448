"""Whole actions: the changes in the project, and the messages."""

from __future__ import annotations

from argparse import ArgumentParser

import pytest

from bridge.cli.client import arguments
from bridge.server.jobs import State
from engine.plan.plan import Phrase, Plan
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score

RECORD, IMPORT = "Score video and record", "Import stems"
NAMES = [instrument.value.capitalize() for instrument in Instrument]


def assert_is_the_score(reaper, server, tolerance):
    for instrument in Instrument:
        notes = reaper.notes(reaper.track(instrument.value.capitalize()))
        wanted = server.score.part(instrument)
        assert [note[2:] for note in notes] == [(n.pitch, n.velocity) for n in wanted]
        for note, due in zip(notes, wanted, strict=True):
            assert note[0] == pytest.approx(10 + due.onset, abs=tolerance)
            assert note[1] == pytest.approx(10 + due.end, abs=2 * tolerance)


def untouched(reaper):
    return len(reaper.tracks) == 1 and not (reaper.tempo or reaper.markers or reaper.undo)


def test_a_recorded_take_is_the_score_without_the_delay_of_the_route(reaper, server):
    reaper.tracks[0].values["I_RECARM"] = 1.0
    message = reaper.run(RECORD)
    assert_is_the_score(reaper, server, 0.002)
    assert "Bass: 24 of 24 notes; off by 0." in message
    moved = int(message.split("Moved by -")[1].split(" ms")[0])
    assert 370 <= moved <= 370 + 400
    assert reaper.armed_while_recording == NAMES
    assert [track.values["I_RECARM"] for track in reaper.tracks] == [1, 0, 0, 0, 0, 0]
    inputs = [reaper.track(name).values["I_RECINPUT"] for name in NAMES]
    assert inputs == [4096 | device << 5 for device in range(3, 8)]
    assert {reaper.track(name).values["I_RECMON"] for name in NAMES} == {0}
    assert reaper.commands == [40252, 40076]
    assert (reaper.repeated_while_recording, reaper.repeats) == (0, 1)
    assert reaper.film.values["C_BEATATTACHMODE"] == 0
    for name in NAMES:
        (item,) = reaper.track(name).items
        assert item.values == {"D_POSITION": 10.0, "D_LENGTH": 8.0, "C_BEATATTACHMODE": 0}
        (control,) = item.take.controls
        assert reaper._time(item.take, control[0]) == pytest.approx(11 - moved / 1000, abs=0.002)
    assert len(reaper.undo) == 1


def test_stems_are_imported_without_playing(reaper, server):
    assert reaper.run(IMPORT) == ""
    assert_is_the_score(reaper, server, 0.001)
    assert "play" not in [words[0] for words in server.asked]
    assert len(reaper.undo) == 1


def test_cuts_and_tempos_are_written_under_the_film(reaper):
    reaper.markers = [(3.0, "mine", 1), (12.0, "emsync cut", 2), (13.0, "mine", 3)]
    reaper.run(IMPORT)
    assert sorted(mark[:2] for mark in reaper.markers) == [
        (3.0, "mine"), (12.0, "emsync Door"), (13.0, "mine"), (15.0, "emsync cut"),
        (16.0, "emsync fade"),
    ]  # fmt: skip
    times = [mark[0] for mark in reaper.tempo]
    assert times == pytest.approx([10, 14, 18], abs=0.001)
    assert [mark[1] for mark in reaper.tempo] == pytest.approx([240, 200, 120])
    assert reaper.tempo[0][2:] == [4, 4] and reaper.tempo[1][2:] == [0, 0]
    assert reaper.film.values["C_BEATATTACHMODE"] == 0


PLAN = Plan(
    8.0, ((0, 0.0), (4, 2.1), (11, 5.7), (16, 8.2)), (4, 3, 4, 5),
    phrases=(
        Phrase(1, "A", "D minor", tuple(Instrument), 9.0, "mf", ("Dm", "A7")),
        Phrase(3, "B", "F major", tuple(Instrument), 9.0, "mf"),
    ),
)  # fmt: skip


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
    marks = [mark for mark in reaper.tempo if mark[0] < 18]
    assert [mark[0] - 10 for mark in marks if mark[2]] == pytest.approx(
        [PLAN.seconds_at(beat) for beat in (0, 4, 7, 11)], abs=1e-4
    )
    assert [mark[2:] for mark in marks if mark[2]] == [[4, 4], [3, 4], [4, 4], [5, 4]]
    for seconds, tempo in ((0.0, 4 / 2.1), (2.1, 7 / 3.6), (5.7, 5 / 2.5)):
        bpm = next(mark[1] for mark in reversed(marks) if mark[0] - 10 <= seconds + 1e-3)
        assert bpm == pytest.approx(60 * tempo, abs=0.01)
    for beat in range(16):
        at = reaper._beats(10 + PLAN.seconds_at(beat)) - reaper._beats(10)
        assert at == pytest.approx(beat, abs=0.001)


@pytest.mark.parametrize("action", [RECORD, IMPORT])
def test_the_notes_of_a_planned_piece_stand_on_the_projects_grid(reaper, server, action):
    server.score = planned(PLAN)
    reaper.run(action)
    assert_is_the_score(reaper, server, 0.002)
    for row, note in enumerate(reaper.notes(reaper.track("Piano"))):
        sixteenths = 4 * (reaper._beats(note[0]) - reaper._beats(10))
        assert sixteenths == pytest.approx(row, abs=0.02)


def test_beats_of_a_dotted_quarter_are_bars_of_eighths(reaper, server):
    server.score = planned(Plan(8.0, ((0, 0.0), (12, 8.0)), (4, 4, 2, 2), "dotted quarter"))
    assert reaper.run(IMPORT) == ""
    marks = [mark for mark in reaper.tempo if mark[0] < 18]
    assert [mark[2:] for mark in marks if mark[2]] == [[12, 8], [6, 8]]
    assert marks[0][1] == pytest.approx(135.0, abs=0.001)


def test_a_plan_beside_the_film_is_submitted(reaper, server):
    path = "/films/it's ünser film.mp4.plan.json"
    reaper.files = {path}
    reaper.run(IMPORT)
    parser = ArgumentParser()
    arguments(parser)
    assert str(parser.parse_args(server.asked[0]).plan) == path
    assert_is_the_score(reaper, server, 0.001)


def test_a_plan_that_does_not_fit_is_named(reaper, server):
    reaper.files = {"/films/it's ünser film.mp4.plan.json"}
    server.steps = [State.QUEUED, State.FAILED]
    server.fault = "plan: it lasts 9.000 s, but the film 8.000 s; plan this film again"
    assert reaper.run(IMPORT) == (
        "Nothing was composed for /films/it's ünser film.mp4.plan.json (failed): "
        "plan: it lasts 9.000 s, but the film 8.000 s; plan this film again."
    )
    assert untouched(reaper)


@pytest.mark.parametrize(("button", "kept"), [(6, False), (7, True)])
def test_a_tempo_map_is_replaced_only_if_the_user_agrees(reaper, button, kept):
    reaper.tempo = [[5.0, 90.0, 4, 4], [11.0, 77.0, 3, 4]]
    reaper.press = button
    reaper.run(IMPORT)
    assert ([11.0, 77.0, 3, 4] in reaper.tempo) == kept
    assert reaper.tempo[0] == [5.0, 90.0, 4, 4] and reaper.tempo[-1][1] == 77.0
    assert (len(reaper.tempo) == 2) == kept


def test_cancelling_the_question_about_tempos_ends_the_action(reaper):
    reaper.tempo = [[5.0, 90.0, 4, 4]]
    reaper.press = 2
    assert reaper.run(IMPORT) == "Cancelled."
    assert len(reaper.tempo) == 1 and len(reaper.tracks) == 1 and not reaper.undo


def test_all_requests_are_valid_for_the_client(reaper, server):
    reaper.film.take.values["D_STARTOFFS"] = 1.25
    reaper.film.take.source.length = 60.0
    reaper.run(RECORD)
    parser = ArgumentParser()
    arguments(parser)
    asked = [parser.parse_args(words) for words in server.asked]
    assert str(asked[0].video) == "/films/it's ünser film.mp4"
    assert (asked[0].start, asked[0].end) == (1.25, 9.25)
    assert {one.action for one in asked} == {"submit", "status", "files", "loop", "play"}


def test_lost_notes_are_reported(reaper, server):
    server.arrival = lambda note, when: (
        None if note.pitch == 43 else when + 0.001 * (note.pitch % 3)
    )
    message = reaper.run(RECORD)
    lost = sum(note.pitch == 43 for note in server.score.part(Instrument.PIANO))
    assert f"Piano: {24 - lost} of 24 notes; off by" in message


def test_a_take_without_notes_is_an_error(reaper, server):
    server.arrival = lambda note, when: None
    assert "Preferences > MIDI Inputs" in reaper.run(RECORD)
    assert not any(track.values["I_RECARM"] for track in reaper.tracks)
    assert reaper.playing == 0 and len(reaper.undo) == 1


def test_without_ports_the_virtual_keyboard_is_the_input(reaper):
    reaper.inputs = {"Keystation": 0}
    assert "--backend vkb" in reaper.run(RECORD)
    inputs = [reaper.track(name).values["I_RECINPUT"] for name in NAMES]
    assert inputs == [4096 | channel | 62 << 5 for channel in (1, 10, 2, 3, 4)]


def test_ports_that_appear_after_reaper_started_are_found(reaper, server):
    reaper.inputs, reaper.later_inputs = {}, {"emsync": 2}
    assert "Drums: 24 of 24" in reaper.run(RECORD)


@pytest.mark.parametrize("action", [RECORD, IMPORT])
def test_without_a_server_nothing_is_changed(reaper, server, action):
    server.running = False
    assert reaper.run(action) == "/s: no server runs here; start emsync serve."
    assert untouched(reaper)


def test_all_notes_end_if_the_server_dies(reaper, server):
    server.ends = 3.0
    assert "start emsync serve" in reaper.run(RECORD)
    ended = {(message[1] & 15, message[2]) for message in reaper.stuffed}
    assert ended == {(i.channel, control) for i in Instrument for control in (120, 123)}
    assert 40345 in reaper.commands and reaper.playing == 0
    assert not any(track.values["I_RECARM"] for track in reaper.tracks)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "stopped", "seconds": 3.0}, "played something else"),
        ({"state": "stopped", "seconds": 8.0, "job": "other"}, "played something else"),
        ({"state": "stopped", "fault": "JACK is gone"}, "Playing stopped: JACK is gone."),
    ],
)
def test_playback_that_ends_early_or_plays_something_else_is_an_error(
    reaper, server, fields, sentence
):
    server.fields = fields
    assert sentence in reaper.run(RECORD)
    assert reaper.playing == 0


def test_recording_ends_even_if_playback_does_not(reaper, server):
    server.fields = {"state": "playing"}
    assert "24 of 24" in reaper.run(RECORD)


def test_nothing_is_played_if_reaper_does_not_record(reaper, server):
    reaper.records = False
    assert "did not start to record" in reaper.run(RECORD)
    assert "play" not in [words[0] for words in server.asked]


def test_stopping_the_recording_stops_playback(reaper, server):
    reaper.start(RECORD)
    while server.began is None:
        reaper.idle()
    reaper._CSurf_OnStop()
    while reaper.deferred:
        reaper.idle()
    assert "stopped before the film's end" in reaper.boxes[-1]
    assert ["stop"] in server.asked


def test_another_play_rate_is_refused(reaper, server):
    reaper.rate = 0.5
    assert "play rate is not 1.0" in reaper.run(RECORD)


def test_without_a_selected_film_nothing_is_changed(reaper):
    reaper.selected = []
    assert "Select the film's item" in reaper.run(RECORD)
    assert untouched(reaper)


def test_a_film_that_changed_while_composing_is_refused(reaper):
    reaper.later.append((101.0, lambda: reaper.film.values.update(D_LENGTH=4.0)))
    assert "was changed" in reaper.run(IMPORT)
    assert untouched(reaper)


def test_closing_the_window_cancels_the_job(reaper, server):
    reaper.closes_at = 101.0
    assert reaper.run(RECORD) == "Cancelled."
    assert server.asked[-1] == ["cancel", "6b9b61d76d54"]
    assert untouched(reaper)


def test_closing_the_window_ends_the_recording(reaper, server):
    reaper.closes_at = 108.0
    assert reaper.run(RECORD) == "Cancelled."
    assert ["stop"] in server.asked and reaper.playing == 0
    assert not any(track.values["I_RECARM"] for track in reaper.tracks)


def test_a_failed_job_is_reported_with_its_reason(reaper, server):
    server.steps, server.fault = [State.QUEUED, State.FAILED], "film.mp4: has no video"
    assert reaper.run(IMPORT) == "Nothing was composed (failed): film.mp4: has no video."
    assert untouched(reaper)


@pytest.mark.parametrize("spelling", ["analyzing", "analysing"])
def test_the_analysis_is_shown_in_both_spellings_of_the_state(
    reaper, server, monkeypatch, spelling
):
    job = server._job
    server.steps = [State.QUEUED, State.COMPOSING, State.DONE]
    monkeypatch.setattr(
        server,
        "_job",
        lambda: job() | ({"state": spelling} if server.steps[0] is State.COMPOSING else {}),
    )
    assert reaper.run(IMPORT) == ""
    assert any("Analyzing the film" in text for text in reaper.shown)
    assert_is_the_score(reaper, server, 0.001)


@pytest.mark.parametrize("function", ["SetTempoTimeSigMarker", "InsertTrackAtIndex"])
def test_an_error_leaves_one_undo_step_and_redraws_the_views(reaper, function):
    reaper.fails_at = function
    assert f"{function} failed" in reaper.run(RECORD)
    assert len(reaper.undo) == 1


def test_ending_the_script_ends_the_recording(reaper, server):
    reaper.start(RECORD)
    while reaper.playing == 0:
        reaper.idle()
    for cleanup in reaper.at_exit:
        cleanup()
    assert reaper.playing == 0 and ["stop"] in server.asked
    assert not any(track.values["I_RECARM"] for track in reaper.tracks)


def test_half_written_answers_are_waited_for(reaper, server):
    reaper.cut_short = True
    reaper.run(IMPORT)
    assert_is_the_score(reaper, server, 0.001)


def test_the_user_is_asked_for_a_missing_program(reaper, server):
    reaper.ext = {"program": "/nowhere/emsync", "typed": reaper.ext["program"]}
    reaper.run(IMPORT)
    assert_is_the_score(reaper, server, 0.001)
    assert reaper.ext["program"] == reaper.ext["typed"]


def test_temporary_files_are_removed(reaper, tmp_path):
    reaper.run(RECORD)
    left = [path.name for path in (tmp_path / "Data/EMSYNC").iterdir()]
    assert left == ["6b9b61d76d54"]
