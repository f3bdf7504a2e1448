"""A take is recorded from the server, in time and to the note."""

from __future__ import annotations

import pytest

from engine.score import Instrument

from .project_checks import NAMES, RECORD, assert_is_the_score, untouched


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


def test_closing_the_window_ends_the_recording(reaper, server):
    reaper.closes_at = 109.0
    assert reaper.run(RECORD) == "Cancelled."
    assert ["stop"] in server.asked and reaper.playing == 0
    assert not any(track.values["I_RECARM"] for track in reaper.tracks)


def test_ending_the_script_ends_the_recording(reaper, server):
    reaper.start(RECORD)
    while reaper.playing == 0:
        reaper.idle()
    for cleanup in reaper.at_exit:
        cleanup()
    assert reaper.playing == 0 and ["stop"] in server.asked
    assert not any(track.values["I_RECARM"] for track in reaper.tracks)


def test_a_track_that_was_deleted_while_recording_is_left_out(reaper, server):
    reaper.start(RECORD)
    while server.began is None:
        reaper.idle()
    reaper.tracks.remove(reaper.track("Guitar"))
    while reaper.deferred:
        reaper.idle()
    assert "Guitar: 0 of 24" in reaper.boxes[-1] and "Piano: 24 of 24" in reaper.boxes[-1]
