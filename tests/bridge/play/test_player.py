from __future__ import annotations

import time

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from bridge.play.piece import Piece
from bridge.play.player import Player
from engine.errors import EmsyncError


def states(heard):
    """The states told of so far: a listener is told a moment after a status shows it."""
    return [moment.status.state for moment in heard if moment.status]


def test_plays_all_and_stops_at_the_end(player, page, scale, soon):
    player.load(scale())
    player.play()
    assert player.status().state == "playing"
    assert soon(lambda: player.status().state == "stopped")
    assert page.struck() == list(range(60, 70))
    status = player.status()
    assert (status.position, status.duration, status.reserve) == (0.5, 0.5, 0.0)


def test_notes_keep_their_distances(player, page, scale, soon):
    player.load(scale(20))
    player.play()
    assert soon(lambda: player.status().state == "stopped")
    times = [when for when, message in page.lines if message[0] & 0xF0 == 0x90]
    expected = [0.05 * n for n in range(20)]
    late = sorted(t - times[0] - e for t, e in zip(times, expected, strict=True))
    assert abs(late[10]) < 0.04


def test_the_listener_hears_what_passes_and_its_errors_disturb_nothing(page, tmp_path, scale, soon):
    heard = []

    def listener(moment):
        heard.append(moment)
        raise RuntimeError

    player = Player(ScheduledOutput(page, ActiveNotes(tmp_path, "page")), listener)
    player.load(scale(4, chords=(0.1,), boundaries=(0.05,)))
    player.play()
    assert soon(lambda: heard and heard[-1].status and heard[-1].status.position == 0.2)
    player.close()
    kinds = [moment.kind for moment in heard if moment.kind != "state"]
    assert kinds == ["note", "boundary", "note", "chord", "note", "note"]
    assert [m.note.pitch for m in heard if m.note] == page.struck()
    assert soon(lambda: states(heard)[:3] == ["stopped", "playing", "stopped"])


def test_a_listener_may_ask_the_player(page, tmp_path, scale, soon):
    asked = []
    output = ScheduledOutput(page, ActiveNotes(tmp_path, "page"))
    player = Player(output, lambda moment: asked.append(player.status()))
    player.load(scale(60, step=0.01))
    for _ in range(20):
        player.play(0.0)
        time.sleep(0.01)
    assert soon(lambda: player.status().state == "stopped")
    player.close()
    assert asked


def test_playing_from_the_middle(player, page, scale, soon):
    player.load(scale())
    player.play(0.25)
    assert soon(lambda: player.status().state == "stopped")
    assert page.struck() == list(range(65, 70))


def test_pausing_ends_what_sounds_and_playing_goes_on_from_there(player, page, scale, soon):
    player.load(scale(30))
    player.play()
    assert soon(lambda: len(page.struck()) >= 3)
    player.pause()
    struck = page.struck()
    assert not page.sounding() and player.status().state == "paused"
    time.sleep(0.15)
    assert page.struck() == struck
    player.play()
    assert soon(lambda: player.status().state == "stopped")
    assert page.struck() == list(range(60, 90))


def test_stopping_goes_back_to_the_start(player, page, scale, soon):
    player.load(scale())
    player.play()
    assert soon(page.struck)
    player.stop()
    assert not page.sounding()
    assert (player.status().state, player.status().position) == ("stopped", 0.0)


@pytest.mark.parametrize("plays", [True, False])
def test_locating(player, page, scale, soon, plays):
    player.load(scale(100))
    if plays:
        player.play()
        assert soon(page.struck)
    player.locate(4.0)
    assert player.status().state == ("playing" if plays else "stopped")
    if not plays:
        player.play()
    assert soon(lambda: max(page.struck(), default=0) > 100)
    assert next(pitch for pitch in page.struck() if pitch > 100) == 60 + 80


def test_a_loop_goes_round_and_leaves_nothing_sounding(player, page, scale, soon):
    player.load(scale(40))
    player.loop(0.1, 0.225)
    player.play()
    assert soon(lambda: len(page.struck()) >= 11)
    player.loop(None)
    assert page.struck()[:11] == [60, 61, 62, 63, 64, 62, 63, 64, 62, 63, 64]
    player.pause()
    assert not page.sounding()


def test_a_loop_that_was_passed_already_is_entered(player, page, scale, soon):
    player.load(scale(40))
    player.play(1.0)
    assert soon(page.struck)
    player.loop(0.0, 0.5)
    assert soon(lambda: 61 in page.struck())


@pytest.mark.parametrize("loop", [(-1, 1), (0.3, 0.2), (0.2, 0.25), (0.0, 9.0)])
def test_a_loop_must_lie_in_the_piece(player, scale, loop):
    player.load(scale())
    with pytest.raises(EmsyncError, match="loop"):
        player.loop(*loop)


def test_a_piece_being_composed_waits_for_its_reserve_and_when_it_runs_dry(
    player, page, scale, heard, soon
):
    whole = scale(20)
    player.load(Piece((), (), (), 1.0), until=0.0)
    player.play()
    assert player.status().state == "waiting"
    player.extend(whole.notes[:2], 0.1)
    time.sleep(0.1)
    assert player.status().state == "waiting" and page.struck() == []
    player.extend(whole.notes[2:6], 0.3)
    assert soon(lambda: len(page.struck()) == 6)
    assert soon(lambda: player.status().state == "waiting")
    assert not page.sounding() and player.status().position == pytest.approx(0.3)
    player.extend(whole.notes[6:], 1.0, chords=(0.5,))
    assert soon(lambda: player.status().state == "stopped")
    assert page.struck() == list(range(60, 80))
    assert [m.seconds for m in heard if m.kind == "chord"] == [0.5]


def test_composing_ahead_of_playing_makes_no_pause(player, page, scale, heard, soon):
    whole = scale(20, step=0.1)
    player.load(Piece((), (), (), 2.0), until=0.0)
    player.play()
    for begin in range(0, 20, 5):
        player.extend(whole.notes[begin : begin + 5], (begin + 5) * 0.1)
        assert soon(lambda: player.status().state == "playing")
    assert soon(lambda: player.status().state == "stopped")
    assert page.struck() == list(range(60, 80))
    assert soon(lambda: states(heard) == ["stopped", "waiting", "playing", "stopped"])


def test_another_piece_ends_the_one_that_plays(player, page, scale, soon):
    player.load(scale(40))
    player.play()
    assert soon(page.struck)
    player.load(scale(5, first=20))
    assert player.status().state == "stopped" and not page.sounding()
    player.play()
    assert soon(lambda: player.status().state == "stopped")
    assert page.struck()[-5:] == list(range(20, 25))


def test_a_way_out_that_is_gone_stops_with_the_reason(player, page, scale, soon):
    player.load(scale(40))
    player.play()
    assert soon(page.struck)
    page.torn = True
    assert soon(lambda: player.status().fault is not None)
    assert player.status().state == "stopped" and "torn" in player.status().fault
    with pytest.raises(EmsyncError, match="torn"):
        player.play()


def test_play_while_the_way_out_stands_still_waits_there(player, page, scale, heard, soon):
    player.load(scale(100, first=20))
    page.held = True
    player.play(3.0)
    time.sleep(0.25)
    assert (player.status().state, player.status().position) == ("waiting", 3.0)
    page.held = False
    assert soon(page.struck)
    assert page.struck()[0] == 80
    assert soon(lambda: states(heard) == ["stopped", "waiting", "playing"])


def test_a_way_out_that_stands_still_goes_on_no_earlier_than_asked(player, page, scale, soon):
    player.load(scale(100, first=20))
    player.play(3.0)
    page.held = True
    assert soon(lambda: player.state == "waiting")
    assert player.status().position == 3.0


def test_another_speed_is_kept_from_then_on(player, page, scale, soon):
    player.load(scale(40))
    player.play()
    player.steer(2.0)
    assert soon(lambda: player.status().state == "stopped")
    times = [when for when, message in page.lines if message[0] & 0xF0 == 0x90]
    assert page.struck() == list(range(60, 100))
    assert times[-1] - times[0] < 1.7


def test_the_position_goes_with_the_clock(player, scale):
    player.load(scale(100))
    player.play(1.0, when=time.monotonic() - 0.5)
    assert player.status().position == pytest.approx(1.5, abs=0.2)


def test_introductions_name_every_part(player, page, soon):
    player.introduce()
    assert soon(lambda: len(page.lines) == 10)
    assert {message[-8:-1] for _, message in page.lines} >= {b"strings"}


def test_closing_twice_is_closing(player, page, scale, soon):
    player.load(scale(40))
    player.play()
    assert soon(page.struck)
    player.close()
    lines = len(page.lines)
    player.close()
    assert not page.sounding() and len(page.lines) == lines
