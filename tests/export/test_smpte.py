"""Film timecode in MIDI files."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timecode import RATES, Clock, FrameRate, frame_at, parse_rate
from export.smpte import smpte_offset


def fields(clock: Clock, seconds: float) -> tuple[float, ...]:
    offset = smpte_offset(clock, seconds)
    assert offset is not None
    return (
        offset.frame_rate, offset.hours, offset.minutes, offset.seconds, offset.frames,
        offset.sub_frames,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rate", "start", "seconds", "expected"),
    [
        ("25", "01:00:00:00", 12.2, (25, 1, 0, 12, 5, 0)),
        ("24", "01:00:00:00", 12.0, (24, 1, 0, 12, 0, 0)),
        ("23.976", "01:00:00:00", 10.01, (24, 1, 0, 10, 0, 0)),
        ("29.97", "01:00:00:00", 10.01, (30, 1, 0, 10, 0, 0)),
        ("29.97df", "01:00:00;00", 60.06, (29.97, 1, 1, 0, 2, 0)),
        ("30", None, 1.5, (30, 0, 0, 1, 15, 0)),
        ("50", "10:00:00:00", 0.02, (25, 10, 0, 0, 0, 50)),
        ("60", "10:00:00:00", 0.1, (30, 10, 0, 0, 3, 0)),
        ("59.94df", "01:00:00;00", 60.06, (29.97, 1, 1, 0, 2, 0)),
        ("25", None, 0.02, (25, 0, 0, 0, 0, 50)),
        ("15", "01:00:00:00", 12.2, (25, 1, 0, 12, 5, 0)),
        ("12", "01:00:01:06", 0.25, (25, 1, 0, 1, 18, 75)),
    ],
)
def test_the_first_frame_is_named_at_the_films_rate(rate, start, seconds, expected):
    assert fields(Clock(parse_rate(rate), start), seconds) == expected


def test_without_timecode_the_time_of_the_film_is_named():
    assert fields(Clock(), 75.5) == (25, 0, 1, 15, 12, 50)


def test_zero_needs_no_offset():
    assert smpte_offset(Clock(parse_rate("24")), 0.0) is None
    assert smpte_offset(Clock(), 0.0) is None


def test_after_midnight_it_begins_again():
    assert fields(Clock(parse_rate("25"), "23:59:59:00"), 2.0) == (25, 0, 0, 1, 0, 0)


@given(st.sampled_from(RATES), st.integers(1, 2_000_000))
def test_every_frame_comes_back(name, number):
    rate = parse_rate(name)
    rate = FrameRate(rate.nominal, rate.ntsc, rate.drop)
    frame_rate, hours, minutes, seconds, frames, sub = fields(
        Clock(rate), float(Fraction(number) / rate.fps)
    )
    step = rate.nominal // round(frame_rate)
    frames, sub = frames * step + sub * step // 100, sub * step % 100
    sign = ";" if rate.drop else ":"
    label = f"{hours:02}:{minutes:02}:{seconds:02}{sign}{frames:02}"
    assert sub == 0
    assert frame_at(label, rate) == number % rate.frames_a_day
