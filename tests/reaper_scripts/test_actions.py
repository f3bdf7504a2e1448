"""Whole actions: the changes in the project, and the messages."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from bridge.cli.client import arguments
from bridge.scoring.request_json import parse_request
from bridge.server.jobs import State
from engine.plan.json_form import to_json
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score

from .stand_in.model import Item, Source, Take, Track
from .stand_in.reaper import SCRIPTS
from .stand_in.server import PLAN

RECORD, IMPORT = "Score video and record", "Score video and import"
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
    return len(reaper.tracks) == 1 and not (
        reaper.tempo_map.marks or reaper.markers or reaper.undo or reaper.project_ext.get("piece")
    )


def test_a_recorded_take_is_the_score_without_the_delay_of_the_route(reaper, server):
    reaper.tracks[0].values["I_RECARM"] = 1.0
    message = reaper.run(RECORD)
    assert_is_the_score(reaper, server, 0.002)
    assert "Bass: 24 of 24 notes; off by 0." in message
    moved = int(message.split("Moved by -")[1].split(" ms")[0])
    assert 370 <= moved <= 370 + 400
    assert reaper.armed_while_recording == NAMES
    assert [track.values["I_RECARM"] for track in reaper.tracks] == [1, 0, 0, 0, 0, 0, 0]
    inputs = [reaper.track(name).values["I_RECINPUT"] for name in NAMES]
    assert inputs == [4096 | device << 5 for device in range(3, 8)]
    assert {reaper.track(name).values["I_RECMON"] for name in NAMES} == {0}
    assert reaper.film.values["C_BEATATTACHMODE"] == 0
    for name in NAMES:
        (item,) = reaper.track(name).items
        assert item.values == {"D_POSITION": 10.0, "D_LENGTH": 8.0, "C_BEATATTACHMODE": 0}
        (control,) = item.take.controls
        assert reaper.at(item.take, control[0]) == pytest.approx(11 - moved / 1000, abs=0.002)
    assert reaper.undo == ["EMSYNC: score video and record"]


def test_the_transport_is_as_it_was_after_a_recording(reaper):
    reaper.rate = 0.5
    reaper.selected_tracks = [reaper.tracks[0]]
    toggles = dict(reaper.toggles)
    assert "24 of 24" in reaper.run(RECORD)
    assert reaper.settings_while_recording == {
        "repeat": 0, "rate": 1, "metronome": 0, "pre-roll": 0,
    }  # fmt: skip
    assert (reaper.repeats, reaper.rate, reaper.toggles) == (1, 0.5, toggles)
    assert (reaper.edit_cursor, reaper.selected) == (3.0, [reaper.film])
    assert reaper.selected_tracks == [reaper.tracks[0]]
    assert [command for command in reaper.commands if command in (40252, 40076)] == [40252, 40076]
    assert 40667 in reaper.commands, "REAPER would ask whether to save the recording"
    assert reaper.reinitialised == 0


def test_stems_are_imported_without_playing(reaper, server):
    assert reaper.run(IMPORT) == ""
    assert_is_the_score(reaper, server, 0.001)
    assert "play" not in [words[0] for words in server.asked]
    assert len(reaper.undo) == 1


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


@pytest.fixture
def beside(reaper, tmp_path):
    """Write a plan beside the film; returns its path."""
    film = tmp_path / "it's ünser film.mp4"
    reaper.film.take.source.path = str(film)
    path = Path(f"{film}.plan.json")
    path.write_text(to_json(PLAN), encoding="utf-8")
    reaper.files = {str(path)}
    return path


def test_a_plan_beside_the_film_is_submitted(reaper, server, beside):
    reaper.run(IMPORT)
    assert parse_request(server.jobs[0].fields).plan == PLAN
    assert_is_the_score(reaper, server, 0.001)


def test_a_plan_that_does_not_fit_is_named(reaper, server, beside):
    server.steps = [State.QUEUED, State.FAILED]
    server.fault = "plan: it lasts 9.000 s, but the film 8.000 s; plan this film again"
    assert reaper.run(IMPORT) == (
        f"Nothing was composed for {beside} (failed): "
        "plan: it lasts 9.000 s, but the film 8.000 s; plan this film again."
    )
    assert untouched(reaper)


def test_a_plan_that_is_no_json_is_named(reaper, beside):
    beside.write_text("{")
    assert reaper.run(IMPORT) == f"{beside}: is not JSON; make it again by `emsync plan`."


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


def test_all_requests_are_valid_for_the_client(reaper, server):
    reaper.film.take.values["D_STARTOFFS"] = 1.25
    reaper.film.take.source.length = 60.0
    reaper.run(RECORD)
    parser = ArgumentParser()
    arguments(parser)
    asked = [parser.parse_args(words) for words in server.asked]
    request = parse_request(server.jobs[0].fields)
    assert request.video == "/films/it's ünser film.mp4"
    assert (request.start, request.end) == (1.25, 9.25)
    assert [one.action for one in asked] == ["hello", "request", "files", "loop", "play"]


def test_each_piece_has_a_seed_of_its_own(reaper, server):
    for _ in range(3):
        reaper.run(IMPORT)
        reaper.tracks[1:] = []
        reaper.tempo_map.marks.clear()
    assert len({job.fields["seed"] for job in server.jobs}) == 3
    assert all(0 <= job.fields["seed"] < 2**31 for job in server.jobs)


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


def test_without_ports_nothing_is_composed(reaper, server):
    reaper.inputs = {"Keystation": 0}
    assert "REAPER has no emsync input; enable the emsync inputs" in reaper.run(RECORD)
    assert untouched(reaper) and server.jobs == []


def test_the_virtual_keyboard_is_the_input_where_the_server_plays_to_it(reaper, server):
    server.fields = {"output": "REAPER's virtual keyboard at 127.0.0.1:8000 (OSC)"}
    assert "local listen port 8000" in reaper.run(RECORD)
    inputs = [reaper.track(name).values["I_RECINPUT"] for name in NAMES]
    assert inputs == [4096 | channel | 62 << 5 for channel in (1, 10, 2, 3, 4)]


def test_ports_that_appear_after_reaper_started_are_found(reaper, server):
    reaper.inputs, reaper.later_inputs = {}, {"emsync": 2}
    assert "Drums: 24 of 24" in reaper.run(RECORD)


def test_all_notes_end_if_the_server_dies(reaper, server):
    server.ends = 3.0
    server.starts = False
    assert "start emsync serve" in reaper.run(RECORD)
    ended = {(message[1] & 15, message[2]) for message in reaper.stuffed}
    assert ended == {(i.channel, control) for i in Instrument for control in (64, 120, 123)}
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


def test_without_a_selected_film_nothing_is_changed(reaper):
    reaper.selected = []
    assert "Select the film's item" in reaper.run(RECORD)
    assert untouched(reaper)


def test_a_film_that_changed_while_composing_is_refused(reaper):
    reaper.later.append((101.0, lambda: reaper.film.values.update(D_LENGTH=4.0)))
    assert "was changed" in reaper.run(IMPORT)
    assert untouched(reaper)


def test_closing_the_window_cancels_the_job(reaper, server):
    reaper.closes_at = 101.5
    assert reaper.run(RECORD) == "Cancelled."
    assert server.asked[-1] == ["cancel", "6b9b61d76d54"]
    assert untouched(reaper)


def test_closing_the_window_ends_the_recording(reaper, server):
    reaper.closes_at = 109.0
    assert reaper.run(RECORD) == "Cancelled."
    assert ["stop"] in server.asked and reaper.playing == 0
    assert not any(track.values["I_RECARM"] for track in reaper.tracks)


def test_a_failed_job_is_reported_with_its_reason(reaper, server):
    server.steps, server.fault = [State.QUEUED, State.FAILED], "film.mp4: has no video"
    assert reaper.run(IMPORT) == "Nothing was composed (failed): film.mp4: has no video."
    assert untouched(reaper)


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


def test_temporary_files_are_removed(reaper, tmp_path):
    reaper.run(RECORD)
    left = [path.name for path in (tmp_path / "Data/EMSYNC").iterdir()]
    assert left == ["6b9b61d76d54"]


def test_the_tracks_are_named_coloured_and_in_a_folder(reaper, server):
    reaper.run(IMPORT)
    assert [track.name for track in reaper.tracks] == ["Film", "EMSYNC", *NAMES]
    assert [track.values["I_FOLDERDEPTH"] for track in reaper.tracks] == [0, 1, 0, 0, 0, 0, -1]
    assert len({track.colour for track in reaper.tracks[2:]}) == 5
    seed = server.jobs[0].fields["seed"]
    for name in NAMES:
        take = reaper.track(name).items[0].take
        assert take.texts["P_NAME"] == f"{name}, seed {seed}"
        assert take.texts["P_EXT:emsync"] == "6b9b61d76d54"


def test_a_track_template_or_a_synth_gives_sound_at_once(reaper, tmp_path):
    reaper.project_ext["settings"] = json.dumps({"sound": "template", "monitor": True})
    reaper.files = {f"{tmp_path}/TrackTemplates/EMSYNC Strings.RTrackTemplate"}
    reaper.run(RECORD)
    assert reaper.track("Strings").effects == ["Strings of the user"]
    assert reaper.track("Bass").effects == ["ReaSynth"]
    assert {reaper.track(name).values["I_RECMON"] for name in NAMES} == {1}
    assert reaper.selected_tracks == []


def test_the_sound_preview_is_added_if_asked_for(reaper):
    reaper.project_ext["settings"] = json.dumps({"preview": True})
    reaper.run(IMPORT)
    (item,) = reaper.track("EMSYNC preview").items
    assert item.values["D_POSITION"] == 10 and item.take.source.path.endswith("/score.wav")


def test_a_track_that_was_deleted_while_recording_is_left_out(reaper, server):
    reaper.start(RECORD)
    while server.began is None:
        reaper.idle()
    reaper.tracks.remove(reaper.track("Guitar"))
    while reaper.deferred:
        reaper.idle()
    assert "Guitar: 0 of 24" in reaper.boxes[-1] and "Piano: 24 of 24" in reaper.boxes[-1]


def test_the_first_run_adds_the_other_actions_to_reapers_list(reaper):
    reaper.run(IMPORT)
    reaper.tracks[1:] = []
    added = [Path(path).name for _, path, _ in reaper.added]
    assert sorted(added) == sorted(path.name for path in SCRIPTS.glob("*.lua"))
    assert [commit for _, _, commit in reaper.added] == [False] * (len(added) - 1) + [True]
    reaper.press = 7
    reaper.run(IMPORT)
    assert len(reaper.added) == len(added)
