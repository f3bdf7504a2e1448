"""MIDI Time Code (MMA RP-004): quarter frames while it rolls, full frames where it is put."""

from __future__ import annotations

from fractions import Fraction

from bridge.play.follow.transport import Transport

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30))
"""Frames a second by the code in the hours' byte; the third counts in drop frames."""
_DROP = 2
_SILENT = 0.15
"""Seconds without a quarter frame after which it has stopped."""


def seconds(hours: int, minutes: int, secs: int, frames: int, rate: int) -> float:
    """The seconds of a time code; ``rate`` is an index into :data:`RATES`.

    Drop frames: of each minute but every tenth the numbers of the first two frames are left out.
    """
    nominal = (24, 25, 30, 30)[rate]
    number = ((hours * 60 + minutes) * 60 + secs) * nominal + frames
    if rate == _DROP:
        whole = hours * 60 + minutes
        number -= 2 * (whole - whole // 10)
    return float(number / RATES[rate])


class TimeCode:
    """From MIDI messages to transports.

    Eight quarter frames, two frames long, spell one time code: that of the first of them. A code
    that does not go on from the one before counts only when the next goes on from it, for a jump
    within the eight makes one that never was.
    """

    name = "MIDI Time Code"

    def __init__(self) -> None:
        self._nibbles = [0] * 8
        self._run = 0
        """How many quarter frames of the present eight came, in order."""
        self._code: float | None = None
        """Seconds of the last code that counts, at its first quarter frame."""
        self._doubted: float | None = None
        self._frame = 0.0
        self._since = 0
        """Quarter frames since that of ``_code``."""
        self._last: float | None = None
        """When the last quarter frame came, while it rolls."""
        self._position = 0.0

    def feed(self, arrived: bytes, when: float) -> Transport | None:
        """A MIDI message; others than time code are passed over."""
        if len(arrived) == 2 and arrived[0] == 0xF1:
            return self._quarter_frame(arrived[1] >> 4, arrived[1] & 0x0F, when)
        if len(arrived) == 10 and arrived[:2] == b"\xf0\x7f" and arrived[3:5] == b"\x01\x01":
            hours, minutes, secs, frames = arrived[5:9]
            self._forget()
            rate = hours >> 5 & 3
            return Transport(False, seconds(hours & 31, minutes, secs, frames, rate))
        return None

    def idle(self, when: float) -> Transport | None:
        """Stopped, once no quarter frame came for long."""
        if self._last is None or when - self._last < _SILENT:
            return None
        self._forget()
        return Transport(False, self._position)

    def _quarter_frame(self, piece: int, nibble: int, when: float) -> Transport | None:
        if piece != self._run % 8:
            # Out of order: it runs backwards, or it began anew.
            self._run, self._code, self._doubted = 0, None, None
            if piece != 0:
                return None
        self._nibbles[piece] = nibble
        self._run = piece + 1
        self._since += 1
        if piece == 7:
            self._spelt()
        if self._code is None:
            return None
        self._last = when
        if self._doubted is not None:
            return None
        self._position = self._code + self._since * self._frame / 4
        return Transport(True, self._position)

    def _spelt(self) -> None:
        low = self._nibbles
        frames, secs, minutes = (low[i] | low[i + 1] << 4 for i in (0, 2, 4))
        rate = low[7] >> 1 & 3
        code = seconds(low[6] | (low[7] & 1) << 4, minutes, secs, frames, rate)
        self._frame = float(1 / RATES[rate])
        before = self._code if self._doubted is None else self._doubted
        if before is None or abs(code - before - 2 * self._frame) < self._frame / 2:
            self._code, self._doubted = code, None
        else:
            self._doubted = code
        self._since = 7

    def _forget(self) -> None:
        self._run, self._code, self._doubted, self._last = 0, None, None, None
