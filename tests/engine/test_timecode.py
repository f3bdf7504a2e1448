from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timecode import Timecode

from engine.timecode import (
    RATES,
    Clock,
    FrameRate,
    clock_seconds,
    clock_text,
    frame_at,
    is_label,
    label_at,
    nearest_frame,
    parse_rate,
    parse_time,
    rate_near,
)

NTSC_DROP = FrameRate(30, ntsc=True, drop=True)
rates = st.sampled_from(RATES).map(parse_rate)


def by_the_library(frame: int, rate: FrameRate) -> str:
    """What PyPI's timecode calls a frame; it counts them from 1."""
    name = str(rate).removesuffix("df")
    return str(Timecode(name, frames=frame + 1, force_non_drop_frame=not rate.drop))


def check_round_trips(count: int) -> None:
    rng = random.Random(count)
    for number in range(count):
        rate = parse_rate(RATES[number % len(RATES)])
        frame = rng.randrange(rate.frames_a_day)
        label = label_at(frame, rate)
        assert label == by_the_library(frame, rate)
        assert frame_at(label, rate) == frame
        assert nearest_frame(float(frame / rate.fps), rate) == frame


def test_timecodes_are_those_of_the_library_at_every_rate():
    check_round_trips(6000)


@pytest.mark.soak
def test_a_hundred_thousand_timecodes_are_those_of_the_library():
    check_round_trips(100_000)


@given(rates, st.data())
def test_frame_and_timecode_are_inverse(rate, data):
    frame = data.draw(st.integers(0, rate.frames_a_day - 1))
    assert frame_at(label_at(frame, rate), rate) == frame


@pytest.mark.parametrize("name", ["29.97df", "59.94df"])
def test_drop_frame_skips_labels_of_each_minute_but_the_tenth(name):
    rate = parse_rate(name)
    skipped = rate.nominal // 15
    last = frame_at(f"00:00:59;{rate.nominal - 1}", rate)
    assert label_at(last + 1, rate) == f"00:01:00;{skipped:02}"
    assert label_at(frame_at(f"00:09:59;{rate.nominal - 1}", rate) + 1, rate) == "00:10:00;00"
    with pytest.raises(ValueError, match="skipped"):
        frame_at("00:01:00;00", rate)


def test_drop_frame_keeps_up_with_the_clock():
    hour = frame_at("01:00:00;00", NTSC_DROP) / NTSC_DROP.fps
    assert abs(hour - 3600) < Fraction(1, 200)
    slow = FrameRate(30, ntsc=True)
    assert float(frame_at("01:00:00:00", slow) / slow.fps) == pytest.approx(3603.6)


def test_a_day_ends_at_midnight():
    for name in RATES:
        rate = parse_rate(name)
        assert label_at(rate.frames_a_day - 1, rate)[:8] == "23:59:59"
        assert label_at(rate.frames_a_day, rate)[:8] == "00:00:00"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("23.98", "23.976"),
        ("24000/1001", "23.976"),
        ("23,976", "23.976"),
        ("29.97 drop", "29.97df"),
        ("29.97DF", "29.97df"),
        ("29.97ndf", "29.97"),
        ("59.94 drop-frame", "59.94df"),
        ("25 fps", "25"),
        ("25.000", "25"),
        ("30/1", "30"),
    ],
)
def test_rates_are_read_in_every_spelling(text, name):
    assert str(parse_rate(text)) == name


@pytest.mark.parametrize(
    "text", ["", "x", "0", "12.5", "120", "25df", "24 drop", "1/0", "30/0", "nan", "-25"]
)
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match=r"frame rate|drop-frame"):
        parse_rate(text)


def test_a_rate_is_known_by_its_rounded_number():
    assert rate_near(23.976) == FrameRate(24, ntsc=True)
    assert rate_near(29.97002997) == FrameRate(30, ntsc=True)
    assert rate_near(25.0) == FrameRate(25)
    assert rate_near(12) == FrameRate(12)
    assert rate_near(14.985) == FrameRate(15, ntsc=True)
    assert rate_near(27.3) is None


@pytest.mark.parametrize(
    ("label", "rate"),
    [
        ("00:00:00:25", "25"),
        ("24:00:00:00", "25"),
        ("00:60:00:00", "25"),
        ("00:00:60:00", "25"),
        ("00:00:12;05", "25"),
        ("00:12:05", "25"),
        ("00:01:00:01", "29.97df"),
    ],
)
def test_a_timecode_that_does_not_exist_is_refused(label, rate):
    with pytest.raises(ValueError, match=label):
        frame_at(label, parse_rate(rate))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12,5", 12.5),
        ("00:00:12.500", 12.5),
        ("00:00:12,500", 12.5),
        ("0:12", 12),
        ("01:00:12:05", Fraction(12) + Fraction(5, 25)),
        ("50f", 2),
        ("50 frames", 2),
    ],
)
def test_a_clock_reads_every_form(text, seconds):
    assert Clock(FrameRate(25), "01:00:00:00").seconds(text) == seconds


def test_clock_times_count_from_where_the_clock_says_and_timecode_from_the_film():
    clock = Clock(FrameRate(25), None, Fraction(30))
    assert clock.seconds("2") == 32
    assert clock.seconds("00:00:40:00") == 40
    assert clock.seconds("50f") == 2


def test_a_film_may_run_past_midnight():
    clock = Clock(FrameRate(25), "23:59:50:00")
    assert clock.seconds("00:00:05:00") == 15
    assert clock.text(15) == "00:00:05:00"


def test_a_timecode_before_the_film_is_refused():
    with pytest.raises(ValueError, match="before the film's first frame, 01:00:00:00"):
        Clock(FrameRate(25), "01:00:00:00").seconds("00:59:59:24")


def test_a_timecode_needs_a_rate():
    with pytest.raises(ValueError, match="give a frame rate"):
        Clock().seconds("00:00:01:00")
    with pytest.raises(ValueError, match="give a frame rate"):
        Clock().seconds("10f")


def test_a_start_with_a_semicolon_is_drop_frame():
    clock = Clock(FrameRate(30, ntsc=True), "01:00:00;00")
    assert clock.text(60) == "01:00:59;28"
    with pytest.raises(ValueError, match="drop-frame"):
        Clock(FrameRate(25), "01:00:00;00")


@given(rates, st.integers(0, 10**6))
def test_a_moment_is_read_as_it_is_written(rate, frame):
    start = label_at(86_400, rate)
    clock = Clock(rate, start)
    assert clock.seconds(clock.text(float(frame / rate.fps))) == frame / rate.fps


@given(st.text(alphabet="0123456789:;.,f -x", max_size=20))
def test_any_text_is_a_time_or_refused(text):
    clock = Clock(NTSC_DROP, "01:00:00;00")
    try:
        assert clock.seconds(text) >= 0
    except ValueError as error:
        assert "\n" not in str(error)


@given(st.integers(0, 10**9))
def test_clock_times_are_read_as_they_are_written(thousandths):
    seconds = Fraction(thousandths, 1000)
    assert clock_seconds(clock_text(seconds)) == seconds


def test_labels_are_told_from_other_texts():
    assert is_label("01:00:00:00") and is_label(" 01:00:00;12 ")
    assert not is_label("01:00:00") and not is_label("01:00:00.12")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("75.5", 75.5),
        ("1:15.5", 75.5),
        ("00:01:15.500", 75.5),
        (" 90:00 ", 5400.0),
        ("10:00:00", 36000.0),
        ("7.", 7.0),
    ],
)
def test_times_are_read_in_every_form(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "-1", "1:60", "1:60:00", "1:2:3:4", "nan", "1e3", "x", "1:-2"]
)
def test_a_text_that_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="not a time"):
        parse_time(text)
