from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from bridge.play.piece import Piece
from bridge.play.player import Player
from engine.errors import EmsyncError


def states(moments):
    """The states that the listener received; it receives them a little after ``status`` changes."""
    return [moment.status.state for moment in moments if moment.status]


def test_it_plays_all_and_stops_at_the_end(player, sink, scale, soon):
    player.load(scale())
    player.play()
    assert player.status().state == "playing"
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played() == list(range(60, 70))
    status = player.status()
    assert (status.position, status.duration, status.reserve) == (0.5, 0.5, 0.0)


def test_notes_keep_their_distances(player, sink, scale, soon):
    player.load(scale(20))
    player.play()
    assert soon(lambda: player.status().state == "stopped")
    times = [when for when, message in sink.messages if message[0] & 0xF0 == 0x90]
    expected = [0.05 * n for n in range(20)]
    late = sorted(t - times[0] - e for t, e in zip(times, expected, strict=True))
    assert abs(late[10]) < 0.04


def test_the_listener_receives_what_passes_and_its_errors_disturb_nothing(
    sink, tmp_path, scale, soon
):
    moments = []

    def listener(moment):
        moments.append(moment)
        raise RuntimeError

    player = Player(ScheduledOutput(sink, ActiveNotes(tmp_path, "sink")), listener)
    player.load(scale(4, chords=(0.1,), boundaries=(0.05,)))
    player.play()
    assert soon(lambda: moments and moments[-1].status and moments[-1].status.position == 0.2)
    player.close()
    kinds = [moment.kind for moment in moments if moment.kind != "state"]
    assert kinds == ["note", "boundary", "note", "chord", "note", "note"]
    assert [m.note.pitch for m in moments if m.note] == sink.played()
    assert soon(lambda: states(moments)[:3] == ["stopped", "playing", "stopped"])


def test_a_listener_may_call_the_player(sink, tmp_path, scale, soon):
    statuses = []
    output = ScheduledOutput(sink, ActiveNotes(tmp_path, "sink"))
    player = Player(output, lambda moment: statuses.append(player.status()))
    player.load(scale(60, step=0.01))
    for _ in range(20):
        player.play(0.0)
        time.sleep(0.01)
    assert soon(lambda: player.status().state == "stopped")
    player.close()
    assert statuses


def test_playback_can_start_in_the_middle(player, sink, scale, soon):
    player.load(scale())
    player.play(0.25)
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played() == list(range(65, 70))


def test_pausing_ends_active_notes_and_playback_goes_on_from_there(player, sink, scale, soon):
    player.load(scale(30))
    player.play()
    assert soon(lambda: len(sink.played()) >= 3)
    player.pause()
    played = sink.played()
    assert not sink.active() and player.status().state == "paused"
    time.sleep(0.15)
    assert sink.played() == played
    player.play()
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played() == list(range(60, 90))


def test_stopping_goes_to_the_start(player, sink, scale, soon):
    player.load(scale())
    player.play()
    assert soon(sink.played)
    player.stop()
    assert not sink.active()
    assert (player.status().state, player.status().position) == ("stopped", 0.0)


@pytest.mark.parametrize("plays", [True, False])
def test_locating_goes_on_as_before(player, sink, scale, soon, plays):
    player.load(scale(100))
    if plays:
        player.play()
        assert soon(sink.played)
    player.locate(4.0)
    assert player.status().state == ("playing" if plays else "stopped")
    if not plays:
        player.play()
    assert soon(lambda: max(sink.played(), default=0) > 100)
    assert next(pitch for pitch in sink.played() if pitch > 100) == 60 + 80


def test_a_loop_repeats_and_leaves_no_active_note(player, sink, scale, soon):
    player.load(scale(40))
    player.loop(0.1, 0.225)
    player.play()
    assert soon(lambda: len(sink.played()) >= 11)
    player.loop(None)
    assert sink.played()[:11] == [60, 61, 62, 63, 64, 62, 63, 64, 62, 63, 64]
    player.pause()
    assert not sink.active()


def test_a_loop_before_the_position_is_entered(player, sink, scale, soon):
    player.load(scale(40))
    player.play(1.0)
    assert soon(sink.played)
    player.loop(0.0, 0.5)
    assert soon(lambda: 61 in sink.played())


@pytest.mark.parametrize("loop", [(-1, 1), (0.3, 0.2), (0.2, 0.25), (0.0, 9.0)])
def test_a_loop_must_lie_in_the_piece(player, scale, loop):
    player.load(scale())
    with pytest.raises(EmsyncError, match="loop"):
        player.loop(*loop)


def test_an_unfinished_piece_waits_for_its_reserve_and_when_music_runs_out(
    player, sink, scale, moments, soon
):
    whole = scale(20)
    player.load(Piece((), (), (), 1.0), until=0.0)
    player.play()
    assert player.status().state == "waiting"
    player.extend(whole.notes[:2], 0.1)
    time.sleep(0.1)
    assert player.status().state == "waiting" and sink.played() == []
    player.extend(whole.notes[2:6], 0.3)
    assert soon(lambda: len(sink.played()) == 6)
    assert soon(lambda: player.status().state == "waiting")
    assert not sink.active() and player.status().position == pytest.approx(0.3)
    player.extend(whole.notes[6:], 1.0, chords=(0.5,))
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played() == list(range(60, 80))
    assert [m.seconds for m in moments if m.kind == "chord"] == [0.5]


def test_playback_does_not_pause_while_composing_stays_ahead(player, sink, scale, moments, soon):
    whole = scale(20, step=0.1)
    player.load(Piece((), (), (), 2.0), until=0.0)
    player.play()
    for begin in range(0, 20, 5):
        player.extend(whole.notes[begin : begin + 5], (begin + 5) * 0.1)
        assert soon(lambda: player.status().state == "playing")
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played() == list(range(60, 80))
    assert soon(lambda: states(moments) == ["stopped", "waiting", "playing", "stopped"])


def test_loading_another_piece_ends_the_one_that_plays(player, sink, scale, soon):
    player.load(scale(40))
    player.play()
    assert soon(sink.played)
    player.load(scale(5, first=20))
    assert player.status().state == "stopped" and not sink.active()
    player.play()
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played()[-5:] == list(range(20, 25))


def test_an_output_that_is_gone_stops_playback_with_the_reason(player, sink, scale, soon):
    player.load(scale(40))
    player.play()
    assert soon(sink.played)
    sink.gone = True
    assert soon(lambda: player.status().fault is not None)
    assert player.status().state == "stopped" and "unplugged" in player.status().fault
    with pytest.raises(EmsyncError, match="unplugged"):
        player.play()


def test_play_waits_at_its_position_while_the_output_stalls(player, sink, scale, moments, soon):
    player.load(scale(100, first=20))
    sink.stalled = True
    player.play(3.0)
    time.sleep(0.25)
    assert (player.status().state, player.status().position) == ("waiting", 3.0)
    sink.stalled = False
    assert soon(sink.played)
    assert sink.played()[0] == 80
    assert soon(lambda: states(moments) == ["stopped", "waiting", "playing"])


def test_after_a_stall_playback_goes_on_no_earlier_than_its_start(player, sink, scale, soon):
    player.load(scale(100, first=20))
    player.play(3.0)
    sink.stalled = True
    assert soon(lambda: player.state == "waiting")
    assert player.status().position == 3.0


def test_a_new_rate_is_kept(player, sink, scale, soon):
    player.load(scale(40))
    player.play()
    player.set_rate(2.0)
    assert soon(lambda: player.status().state == "stopped")
    times = [when for when, message in sink.messages if message[0] & 0xF0 == 0x90]
    assert sink.played() == list(range(60, 100))
    assert times[-1] - times[0] < 1.7


def test_the_position_follows_the_clock(player, scale):
    player.load(scale(100))
    player.play(1.0, when=time.monotonic() - 0.5)
    assert player.status().position == pytest.approx(1.5, abs=0.2)


def test_introductions_name_every_part(player, sink, soon):
    player.introduce()
    assert soon(lambda: len(sink.messages) == 10)
    assert {message[-8:-1] for _, message in sink.messages} >= {b"strings"}


def test_closing_twice_is_the_same_as_once(player, sink, scale, soon):
    player.load(scale(40))
    player.play()
    assert soon(sink.played)
    player.close()
    sent = len(sink.messages)
    player.close()
    assert not sink.active() and len(sink.messages) == sent


def test_the_reserve_grows_when_the_music_runs_out_and_the_user_is_told(player, scale, soon):
    """The player's reserve is .2 s; after two underruns it is .8 s."""
    whole = scale(60, step=0.05)
    player.load(whole, until=0.0)
    player.play()
    known = 0.0
    for reserve in (0.2, 0.4, 0.8):
        status = player.status()
        assert (status.shortage is None) == (reserve == 0.2)
        assert player.state == "waiting"
        player.extend((), known := known + reserve - 0.05)
        time.sleep(0.15)
        assert player.state == "waiting"
        player.extend((), known := known + 0.1)
        assert soon(lambda: player.state == "playing")
        assert soon(lambda: player.state == "waiting")
    shortage = player.status().shortage
    assert shortage.startswith("the music ran out at 1.") and "waits for 1.6 s" in shortage
    assert "s of it a second" in shortage and "give a larger reserve" in shortage
    player.extend((), 3.0)
    assert soon(lambda: player.state == "playing") and player.status().shortage is None
    player.load(whole, until=0.0)
    player.play()
    player.extend((), 0.25)
    assert soon(lambda: player.state == "playing")


def test_music_that_is_cut_is_replaced_and_notes_that_sound_go_on(player, sink, scale, soon):
    """A note of a second begins at 0.1 s; the cut is at 0.8 s."""
    whole = scale(40)
    held = replace(whole.notes[2], end=1.1, pitch=40)
    notes = (*whole.notes[:2], held, *whole.notes[3:])
    player.load(replace(whole, notes=notes))
    player.play()
    asked = []

    def choose(position, ahead):
        asked.append((position, ahead))
        return 0.8

    assert soon(lambda: 40 in sink.active())
    assert player.cut(choose) == 0.8
    ((position, ahead),) = asked
    assert position <= ahead <= 0.8
    assert player.status().reserve <= 0.8
    new = [replace(note, onset=note.onset + 0.8, end=note.end + 0.8) for note in scale(24).notes]
    player.extend(new, 2.0)
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played() == [60, 61, 40, *range(63, 76), *range(60, 84)]
    ends = [pitch for _, (kind, pitch, *_) in sink.messages if kind & 0xF0 == 0x80]
    assert ends.index(40) > ends.index(75), "it ended at the cut"
    assert not sink.active()


def test_a_cut_that_is_refused_changes_nothing(player, sink, scale, soon):
    player.load(scale(10))
    player.play()
    assert player.cut(lambda position, ahead: None) is None
    assert soon(lambda: player.status().state == "stopped")
    assert sink.played() == list(range(60, 70))


def test_music_that_comes_too_late_after_a_cut_is_waited_for(player, scale, soon):
    """The player's reserve is .2 s, and stays so."""
    whole = scale(60, step=0.05)
    player.load(whole)
    player.play()
    player.cut(lambda position, ahead: 0.8)
    assert soon(lambda: player.state == "waiting")
    assert player.status().shortage.startswith("the music of a change at 0.8 s was not composed")
    player.extend((), 1.05)
    assert soon(lambda: player.state == "playing")
