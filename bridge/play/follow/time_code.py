"""MIDI Time Code (MMA RP-004): quarter frames while it rolls, a full frame after a locate.

The code of the rate says 24 for 23.976 frames a second too, and 30 for 29.97 without drop frames.
Those run slower than their numbers by 0.1% (SMPTE ST 12-1). So the rate must be known otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from bridge.play.follow.transport import Transport

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30))
"""Frames a second, by the code in the hours' byte; the third counts in drop frames."""
PULLED_DOWN = (Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(30000, 1001))
"""The same in a project of 23.976 or 29.97 frames a second."""
_NOMINAL = (24, 25, 30, 30)
_DROP = 2
_TIMEOUT = 0.15
"""Seconds without a quarter frame after which it has stopped."""


def is_pulled_down(rate: float) -> bool:
    """Whether a rate in frames a second is 1000/1001 of a whole number, as 23.976 and 29.97."""
    return abs(rate - round(rate) / 1.001) < abs(rate - round(rate))


def seconds(hours: int, minutes: int, secs: int, frames: int, rate: int) -> float:
    """The time code in seconds; ``rate`` is an index into :data:`RATES`.

    Drop frames: in each minute but every tenth, the first two frame numbers are skipped.
    """
    return _seconds((hours * 60 + minutes) * 60 + secs + frames / _NOMINAL[rate], rate, RATES)


def _seconds(shown: float, code: int, rates: Sequence[Fraction]) -> float:
    """Seconds from 00:00:00:00 to a time code that shows ``shown`` seconds, of any sign."""
    number = abs(shown) * _NOMINAL[code]
    if code == _DROP:
        minutes = int(abs(shown) / 60)
        number -= 2 * (minutes - minutes // 10)
    return math.copysign(number / float(rates[code]), shown)


def _after(frames: int, secs: int, minutes: int, hours: int, rate: int) -> list[int]:
    """The nibbles of the code two frames later."""
    carry, frames = divmod(frames + 2, _NOMINAL[rate])
    carry, secs = divmod(secs + carry, 60)
    carry, minutes = divmod(minutes + carry, 60)
    hours = (hours + carry) % 24
    if rate == _DROP and secs == 0 and frames < 2 and minutes % 10:
        frames += 2
    return [
        frames & 15, frames >> 4, secs & 15, secs >> 4, minutes & 15, minutes >> 4, hours & 15,
        rate << 1 | hours >> 4,
    ]  # fmt: skip


class TimeCode:
    """Converts MIDI messages to transports.

    Eight quarter frames take two frames and carry one time code: that of the first of them. A jump
    within the eight yields a wrong code. So a code that does not continue the one before is
    doubted, and accepted only when the next continues it.

    The first quarter frame that does not carry what was expected reveals a jump. From there on it
    counts as stopped, until a code is accepted.
    """

    name = "MIDI Time Code"

    def __init__(
        self, rate: Callable[[], float | None] = lambda: None, offset: float = 0.0
    ) -> None:
        """rate: returns the project's frames a second, None if unknown; it may change with the
        piece. offset: the time code at which the piece begins, as the DAW shows it, in seconds;
        positions count from there."""
        self._rate, self._offset = rate, offset
        self._nibbles = [0] * 8
        self._run = 0
        """How many quarter frames of the present eight came in order."""
        self._code: float | None = None
        """The last accepted code in seconds, at its first quarter frame."""
        self._doubted: float | None = None
        """The last code, if it does not continue the one before."""
        self._frame = 0.0
        """Seconds a frame."""
        self._expected: list[int] = []
        """The nibbles that the next eight quarter frames carry, if it rolls on."""
        self._astray = 0
        """Quarter frames since the first unexpected one, 0 while all are expected."""
        self._landed: float | None = None
        """Where it landed, in seconds, until that is reported."""
        self._since = 0
        """Quarter frames since the first one of the last code."""
        self._last: float | None = None
        """The moment of the last quarter frame, while it rolls."""
        self._position = 0.0

    def feed(self, arrived: bytes, when: float) -> Transport | None:
        """The transport after a MIDI message; messages that are not time code are ignored."""
        if len(arrived) == 2 and arrived[0] == 0xF1:
            return self._quarter_frame(arrived[1] >> 4, arrived[1] & 0x0F, when)
        if len(arrived) == 10 and arrived[:2] == b"\xf0\x7f" and arrived[3:5] == b"\x01\x01":
            hours, minutes, secs, frames = arrived[5:9]
            self._forget()
            rate = hours >> 5 & 3
            return Transport(False, self._position_of(hours & 31, minutes, secs, frames, rate))
        return None

    def idle(self, when: float) -> Transport | None:
        """Stopped, once no quarter frame came for too long."""
        if self._last is None or when - self._last < _TIMEOUT:
            return None
        self._forget()
        return Transport(False, self._position)

    def _quarter_frame(self, piece: int, nibble: int, when: float) -> Transport | None:
        if piece != self._run % 8:
            # Out of order: it runs backwards, or it started again.
            rolled = self._code is not None and self._astray == 0
            self._run, self._code, self._doubted, self._expected = 0, None, None, []
            if piece != 0:
                return None
            self._nibbles[0], self._run, self._astray = nibble, 1, 0
            return Transport(False, self._position) if rolled else None
        self._nibbles[piece] = nibble
        self._run = piece + 1
        self._since += 1
        surprised = bool(self._expected) and nibble != self._expected[piece]
        first = surprised and not self._astray
        if self._astray or surprised:
            self._astray += 1
        if piece == 7:
            self._complete_code()
        if self._code is None:
            return None
        self._last = when
        if first:
            return Transport(False, self._position)
        if self._doubted is not None or self._astray:
            return None
        self._position = self._code + self._since * self._frame / 4
        landed, self._landed = self._landed, None
        return Transport(True, self._position, landed)

    def _complete_code(self) -> None:
        low = self._nibbles
        frames, secs, minutes = (low[i] | low[i + 1] << 4 for i in (0, 2, 4))
        rate = low[7] >> 1 & 3
        code = self._position_of(low[6] | (low[7] & 1) << 4, minutes, secs, frames, rate)
        self._frame = float(1 / self._rates()[rate])
        before = self._code if self._doubted is None else self._doubted
        if before is None or abs(code - before - 2 * self._frame) < self._frame / 2:
            if self._doubted is not None or before is None:
                # It landed with the first unexpected quarter frame, or with the code around that.
                quarters = max(self._astray - 1, 7)
                quarters = quarters if self._doubted is None else max(quarters, 15)
                self._landed = code + (7 - quarters) * self._frame / 4
            self._code, self._doubted, self._astray = code, None, 0
        else:
            self._doubted = code
        self._expected = _after(frames, secs, minutes, low[6] | (low[7] & 1) << 4, rate)
        self._since = 7

    def _position_of(self, hours: int, minutes: int, secs: int, frames: int, rate: int) -> float:
        """Seconds of a time code since the piece's beginning."""
        shown, rates = (hours * 60 + minutes) * 60 + secs + frames / _NOMINAL[rate], self._rates()
        return _seconds(shown, rate, rates) - _seconds(self._offset, rate, rates)

    def _rates(self) -> Sequence[Fraction]:
        return PULLED_DOWN if is_pulled_down(self._rate() or 0.0) else RATES

    def _forget(self) -> None:
        self._run, self._code, self._doubted, self._last = 0, None, None, None
        self._expected, self._astray, self._landed = [], 0, None
