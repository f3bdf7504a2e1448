from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from bridge.play.follow.time_code import PULLED_DOWN, RATES, TimeCode, is_pulled_down, seconds
from bridge.play.follow.transport import Transport

CODES = range(4)
START = 1000.0


def fields(frame, rate):
    """Hours, minutes, seconds and frames of a frame number.

    Drop frames are those of SMPTE: each minute but every tenth skips two numbers.
    """
    nominal = (24, 25, 30, 30)[rate]
    if rate == 2:
        tens, rest = divmod(frame, 17982)
        frame += 18 * tens + 2 * max((rest - 2) // 1798, 0)
    whole, frames = divmod(frame, nominal)
    return whole // 3600, whole // 60 % 60, whole % 60, frames


def quarter_frames(first, number, rate, when=START):
    """(message, moment) of ``number`` quarter frames from frame ``first`` on."""
    for quarter in range(number):
        hours, minutes, secs, frames = fields(first + quarter // 8 * 2, rate)
        nibbles = (
            frames & 15, frames >> 4, secs & 15, secs >> 4,
            minutes & 15, minutes >> 4, hours & 15, rate << 1 | hours >> 4,
        )  # fmt: skip
        piece = quarter % 8
        yield bytes([0xF1, piece << 4 | nibbles[piece]]), when + float(quarter / 4 / RATES[rate])


def full_frame(first, rate):
    hours, minutes, secs, frames = fields(first, rate)
    return bytes([0xF0, 0x7F, 0x7F, 1, 1, rate << 5 | hours, minutes, secs, frames, 0xF7])


def feed(machine, messages):
    """(transport, moment) of each message with a result."""
    return [(found, when) for message, when in messages if (found := machine.feed(message, when))]


@pytest.mark.parametrize(
    ("time", "rate", "expected"),
    [
        ((1, 0, 0, 0), 0, 3600), ((0, 0, 1, 12), 1, 1.48), ((0, 0, 0, 15), 3, 0.5),
        ((0, 1, 0, 2), 2, Fraction(1800 * 1001, 30000)),
        ((0, 10, 0, 0), 2, Fraction(17982 * 1001, 30000)),
        ((1, 0, 0, 0), 2, Fraction(107892 * 1001, 30000)),
    ],
)  # fmt: skip
def test_a_code_in_seconds(time, rate, expected):
    assert seconds(*time, rate) == pytest.approx(float(expected))


@pytest.mark.parametrize("rate", CODES)
@pytest.mark.parametrize("first", [0, 1790, 17980, 90000])
def test_it_rolls_from_the_eighth_quarter_frame_on(rate, first):
    first = next(f for f in range(first, first + 2) if fields(f, rate)[3] % 2 == 0)
    zero = float(first / RATES[rate])
    found = feed(TimeCode(), quarter_frames(first, 400, rate))
    assert len(found) == 400 - 7
    for transport, when in found:
        assert transport == Transport(True, pytest.approx(zero + when - START, abs=1e-6))


@pytest.mark.parametrize("rate", CODES)
def test_a_full_frame_gives_the_position_at_rest(rate):
    transport = TimeCode().feed(full_frame(5000, rate), START)
    assert transport == Transport(False, pytest.approx(float(5000 / RATES[rate])))


@pytest.mark.parametrize("rate", [0, 3])
@pytest.mark.parametrize("project", [23.976, 29.97])
def test_a_pulled_down_project_does_not_drift_in_ten_minutes(rate, project):
    machine, real = TimeCode(lambda: project), PULLED_DOWN[rate]
    first = 600 * (24, 25, 30, 30)[rate]
    messages = [
        (message, START + 600.6 + float(quarter / 4 / real))
        for quarter, (message, _) in enumerate(quarter_frames(first, 80, rate))
    ]
    for transport, when in feed(machine, messages):
        assert transport == Transport(True, pytest.approx(when - START, abs=1e-6))


@pytest.mark.parametrize(("project", "expected"), [(None, 600.0), (24.0, 600.0), (23.976, 600.6)])
def test_the_rate_of_the_project_decides_what_a_code_of_24_means(project, expected):
    transport = TimeCode(lambda: project).feed(full_frame(600 * 24, 0), START)
    assert transport == Transport(False, pytest.approx(expected))


@pytest.mark.parametrize("rate", CODES)
@pytest.mark.parametrize("project", [None, 23.976, 29.97])
def test_an_offset_is_what_the_daw_shows_where_the_piece_begins(rate, project):
    machine = TimeCode(lambda: project, offset=3600.0)
    shown = bytes([0xF0, 0x7F, 0x7F, 1, 1, rate << 5 | 1, 0, 0, 0, 0xF7])
    assert machine.feed(shown, START) == Transport(False, pytest.approx(0.0, abs=1e-9))


def test_an_offset_may_lie_before_zero():
    assert TimeCode(offset=-2.5).feed(full_frame(0, 1), START) == Transport(False, 2.5)


def test_the_rate_may_change_with_the_piece():
    rates = iter([24.0, 24000 / 1001])
    machine = TimeCode(lambda: next(rates))
    assert [machine.feed(full_frame(24_000, 0), START).position for _ in range(2)] == [
        pytest.approx(1000.0), pytest.approx(1001.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(23.976, True), (23.98, True), (24000 / 1001, True), (29.97, True), (59.94, True),
     (24.0, False), (25.0, False), (30.0, False), (50.0, False), (12.5, False), (0.0, False)],
)  # fmt: skip
def test_pulled_down_rates_are_told_from_whole_ones(rate, expected):
    assert is_pulled_down(rate) is expected


def test_it_stops_when_no_more_comes():
    machine = TimeCode()
    (*_, (last, when)) = feed(machine, quarter_frames(0, 80, 1))
    assert machine.idle(when + 0.1) is None
    assert machine.idle(when + 0.2) == Transport(False, last.position)
    assert machine.idle(when + 0.3) is None


@pytest.mark.parametrize("rate", CODES)
@pytest.mark.parametrize("quarters", [80, 83])
def test_a_jump_is_followed_without_a_position_in_between(rate, quarters):
    machine, to = TimeCode(), 40000
    before = list(quarter_frames(0, quarters, rate))
    after = quarter_frames(to, 160, rate, before[-1][1] + float(1 / RATES[rate] / 4))
    found = feed(machine, [*before, *after])
    # The jump is not known until the first code after it is complete.
    zero, here = float((quarters / 4 + 2) / RATES[rate]), float(to / RATES[rate])
    places = [transport.position for transport, _ in found]
    assert all(place < zero or here <= place < here + 3 for place in places)
    assert places[-1] == pytest.approx(here + float(159 / 4 / RATES[rate]), abs=1e-6)


def test_a_jump_within_a_code_is_followed_without_a_position_in_between():
    messages = [m for m, _ in quarter_frames(0, 84, 1)]
    messages += [m for m, _ in quarter_frames(40000, 100, 1)][84 % 8 :]
    found = feed(TimeCode(), [(m, START + n / 100) for n, m in enumerate(messages)])
    jumps = [b.position - a.position for (a, _), (b, _) in pairwise(found)]
    assert sum(abs(jump) > 0.1 for jump in jumps) == 1


def test_running_backwards_does_not_count_as_rolling():
    backwards = reversed(list(quarter_frames(0, 80, 1)))
    found = feed(TimeCode(), [(m, START + n / 100) for n, (m, _) in enumerate(backwards)])
    assert found == []


@pytest.mark.parametrize("other", [b"\xf8", b"\x90\x3c\x50", b"\xf0\x7d\x01\xf7", b"\xf1"])
def test_other_messages_are_ignored(other):
    assert TimeCode().feed(other, START) is None


@pytest.mark.parametrize("rate", CODES)
@pytest.mark.parametrize("quarters", [80, 83, 87])
def test_a_loop_is_silent_at_once_and_tells_where_it_landed(rate, quarters):
    """Back by two seconds, at the start of a code or within one."""
    machine, back = TimeCode(), 2 * (24, 25, 30, 30)[rate]
    before = list(quarter_frames(1000, quarters, rate))
    at = 1000 + quarters // 8 * 2 - back
    after = list(quarter_frames(at, 80, rate))[quarters % 8 :]
    heard = [machine.feed(message, START + n / 100) for n, (message, _) in enumerate(before)]
    assert heard[-1].rolling
    heard = [machine.feed(message, START + 1 + n / 100) for n, (message, _) in enumerate(after)]
    silent = next(n for n, found in enumerate(heard) if found and not found.rolling)
    assert silent <= 7
    rolling = next(n for n, found in enumerate(heard) if n > silent and found)
    assert heard[rolling].rolling and rolling <= 23
    landing = float((at + quarters % 8 / 4) / RATES[rate])
    # As far off as the quarter frames before the first that differs.
    assert landing - 0.001 <= heard[rolling].landed <= landing + silent / 4 / RATES[rate] + 0.001
    assert all(found.landed is None for found in heard[rolling + 1 :])
