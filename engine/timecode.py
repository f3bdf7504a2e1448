"""Moments of a film as editors write them: SMPTE timecode, clock times, frame numbers.

A timecode (SMPTE ST 12-1) names a frame: ``01:00:12:05``. At 29.97 and 59.94 frames a second it may
be drop-frame, written ``01:00:12;05``. Then it skips the first labels of every minute but each
tenth, and so keeps up with the clock. All arithmetic is in whole numbers and fractions, and so
exact.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.errors import shown

MOST_LABELS = 100
"""The most frame labels in a second that two digits can count."""
NTSC = (12, 15, 24, 30, 48, 60, 72, 90, 96)
"""Rates that exist slowed down by 1000/1001 too."""
RATES = (
    "23.976", "24", "25", "29.97", "29.97df", "30", "47.952", "48", "50", "59.94", "59.94df", "60",
)  # fmt: skip
"""The names of the usual rates; ``df`` is drop-frame. Other whole rates have timecode likewise."""
SAME_RATE = 0.01
"""How far a rounded number may lie from the rate that it stands for, in frames a second."""
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class FrameRate:
    """A frame rate that has timecode.

    nominal: frame labels in a second. ntsc: it is slower than its labels by 1000/1001.
    drop: drop-frame. Raises ValueError for a rate that does not exist.
    """

    nominal: int
    ntsc: bool = False
    drop: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.nominal <= MOST_LABELS or (self.ntsc and self.nominal not in NTSC):
            raise ValueError(f"{self} frames a second have no timecode")
        if self.drop and not self.may_drop:
            raise ValueError(f"{self} frames a second have no drop-frame timecode")

    @property
    def fps(self) -> Fraction:
        """Frames a second."""
        return Fraction(self.nominal * 1000, 1001) if self.ntsc else Fraction(self.nominal)

    @property
    def may_drop(self) -> bool:
        """Whether drop-frame timecode is defined for it."""
        return self.ntsc and self.nominal in (30, 60)

    @property
    def skipped(self) -> int:
        """Labels that drop-frame timecode skips in a minute."""
        return self.nominal // 15 if self.drop else 0

    @property
    def frames_a_day(self) -> int:
        """How many labels a day has; after them timecode begins again."""
        return self.nominal * DAY - self.skipped * (DAY // 60 - DAY // 600)

    def __str__(self) -> str:
        # Cut, not rounded: 23.976, not 23.98.
        number = f"{math.floor(self.fps * 1000) / 1000:g}"
        return number + ("df" if self.drop else "")


def parse_rate(text: str) -> FrameRate:
    """A rate such as those of :data:`RATES`; also ``23.98``, ``24000/1001``, ``29.97 drop``.

    Raises ValueError for any other text.
    """
    match = _RATE.fullmatch(text.strip().lower())
    rate = None
    if match is not None:
        number = match["number"].replace(",", ".")
        value = Fraction(number) if int(match["below"] or 1) else Fraction(0)
        rate = rate_near(value)
    if match is None or rate is None:
        raise ValueError(f"{shown(text)} is no frame rate of timecode: {', '.join(RATES)}")
    return replace(rate, drop=bool(match["drop"]))


def rate_near(fps: float | Fraction) -> FrameRate | None:
    """The non-drop rate that a number stands for, such as 23.98; None if there is none."""
    value = Fraction(fps)
    slowed = round(value * 1001 / 1000)
    rates = [FrameRate(slowed, ntsc=True)] if slowed in NTSC else []
    if 1 <= round(value) <= MOST_LABELS:
        rates.append(FrameRate(round(value)))
    near = [rate for rate in rates if abs(value - rate.fps) < SAME_RATE]
    return min(near, key=lambda rate: abs(value - rate.fps), default=None)


def is_label(text: str) -> bool:
    """Whether a text has the form of a timecode."""
    return _LABEL.fullmatch(text.strip()) is not None


def frame_at(label: str, rate: FrameRate) -> int:
    """The number of the frame that a timecode names, counted from ``00:00:00:00``.

    A semicolon says drop-frame, whatever ``rate`` says. Raises ValueError for a timecode that the
    rate does not have.
    """
    label = label.strip()
    match = _LABEL.fullmatch(label)
    if match is None:
        raise ValueError(f"{shown(label)} is not a timecode, HH:MM:SS:FF")
    if ";" in label:
        if not rate.may_drop:
            raise ValueError(f"{label} is drop-frame, which {rate} frames a second do not have")
        rate = replace(rate, drop=True)
    hours, minutes, seconds, frames = map(int, match.groups())
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= rate.nominal:
        raise ValueError(f"{label} is no timecode at {rate} frames a second")
    if minutes % 10 and seconds == 0 and frames < rate.skipped:
        raise ValueError(f"{label} is skipped in drop-frame timecode")
    minutes += 60 * hours
    whole = (60 * minutes + seconds) * rate.nominal + frames
    return whole - rate.skipped * (minutes - minutes // 10)


def label_at(frame: int, rate: FrameRate) -> str:
    """The timecode of a frame; the inverse of :func:`frame_at`. It begins again after a day."""
    frame %= rate.frames_a_day
    if rate.drop:
        minute = 60 * rate.nominal - rate.skipped
        tens, rest = divmod(frame, 10 * minute + rate.skipped)
        # The first minute of ten has all its labels.
        frame += rate.skipped * (9 * tens + max(0, (rest - rate.skipped) // minute))
    seconds, frames = divmod(frame, rate.nominal)
    minutes, seconds = divmod(seconds, 60)
    mark = ";" if rate.drop else ":"
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{mark}{frames:02}"


def nearest_frame(seconds: float | Fraction, rate: FrameRate) -> int:
    """The frame that begins nearest to a time; the later of two."""
    return math.floor(Fraction(seconds) * rate.fps + Fraction(1, 2))


def clock_seconds(text: str) -> Fraction:
    """Seconds from ``75.5``, ``1:15,5`` or ``00:01:15.500``. Raises ValueError for other texts."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{shown(text)} is not a time in seconds or HH:MM:SS.mmm")
    hours, minutes, whole, decimals = match.groups()
    seconds = Fraction(f"{whole}.{decimals or 0}")
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + seconds


def parse_time(text: str) -> float:
    """As :func:`clock_seconds`, to the nearest float."""
    return float(clock_seconds(text))


def clock_text(seconds: float | Fraction) -> str:
    """``HH:MM:SS.mmm``, to the nearest millisecond."""
    thousandths = math.floor(Fraction(seconds) * 1000 + Fraction(1, 2))
    whole, thousandths = divmod(thousandths, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of a list and those of a film agree.

    rate: of the timecode; None if unknown. start: the timecode of the film's first frame; None if
    unknown, which counts as zero. zero: the film's time that clock times count from, in seconds.
    """

    rate: FrameRate | None = None
    start: str | None = None
    zero: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Raises ValueError for a start that the rate does not have."""
        if self.rate is not None and self.start is not None:
            frame_at(self.start, self.rate)

    @property
    def own_rate(self) -> FrameRate:
        """The rate, drop-frame if the start is. Raises ValueError if it is unknown."""
        if self.rate is None:
            raise ValueError("the frame rate is unknown; give a frame rate")
        return replace(self.rate, drop=True) if ";" in (self.start or "") else self.rate

    @property
    def start_frame(self) -> int:
        """The number of the film's first frame, counted from timecode zero."""
        return 0 if self.start is None else frame_at(self.start, self.own_rate)

    @property
    def start_seconds(self) -> Fraction:
        """How long after timecode zero the film begins, in real seconds."""
        return Fraction(0) if self.start is None else self.start_frame / self.own_rate.fps

    def seconds(self, text: str) -> Fraction:
        """The film's time that a text names: a timecode, ``123f``, or a clock time.

        Raises ValueError for a text that is none of these, and for a timecode before the film.
        """
        text = text.strip()
        if frames := _FRAMES.fullmatch(text):
            return int(frames[1]) / self.own_rate.fps
        if not is_label(text):
            try:
                return self.zero + clock_seconds(text)
            except ValueError:
                raise ValueError(
                    f"{shown(text)} is not a time in seconds, HH:MM:SS.mmm, HH:MM:SS:FF "
                    "or frames (48f)"
                ) from None
        seconds = self.from_start(text)
        if seconds < 0:
            raise ValueError(f"{text} is before the film's first frame, {self.start}")
        return seconds

    def from_start(self, label: str) -> Fraction:
        """The seconds from the film's first frame to a timecode; negative for an earlier one.

        Raises ValueError for a timecode that the rate does not have.
        """
        rate = self.own_rate
        # Timecode begins again at midnight; what is nearer back than ahead is earlier.
        ahead = (frame_at(label, rate) - self.start_frame) % rate.frames_a_day
        return (ahead - rate.frames_a_day * (2 * ahead > rate.frames_a_day)) / rate.fps

    def text(self, seconds: float | Fraction) -> str:
        """The nearest frame's timecode, or the clock time where the rate is unknown."""
        if self.rate is None:
            return clock_text(Fraction(seconds) - self.zero)
        rate = self.own_rate
        return label_at(self.start_frame + nearest_frame(seconds, rate), rate)


_RATE = re.compile(
    r"(?P<number>\d{1,6}(?:[.,]\d{1,9}|/(?P<below>\d{1,6}))?)\s*(?:fps)?\s*"
    r"(?:(?P<drop>df|drop(?:[- ]?frame)?)|ndf|non[- ]?drop(?:[- ]?frame)?)?",
    re.ASCII,
)
_LABEL = re.compile(r"(\d{1,2})[:;](\d{1,2})[:;](\d{1,2})[:;](\d{1,2})", re.ASCII)
_FRAMES = re.compile(r"(\d{1,12})\s*f(?:rames?)?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:(?:(\d{1,9}):(?=[0-5]?\d:))?(\d{1,9}):(?=[0-5]?\d(?!\d)))?(\d{1,12})(?:[.,](\d{0,40}))?",
    re.ASCII,
)
"""[[hours:]minutes:]seconds; a number after a larger unit stays below 60."""
