"""Where a MIDI file begins in a film: the SMPTE offset of the MIDI file format (``FF 54``).

It names hours, minutes, seconds, frames and hundredths of a frame at 24, 25, 29.97 (drop-frame) or
30 frames a second. Twice and four times these rates are written in every second or fourth frame.
23.976 frames a second count as 24, and 29.97 without drop-frame as 30, since their labels do.
"""

from __future__ import annotations

from fractions import Fraction

from mido import MetaMessage

from engine.timecode import Clock, FrameRate, label_at

HUNDREDTHS = 100
_HOURS = 24
_RATES = (24, 25, 30)
_CLOCK_TIME = FrameRate(25)
"""The rate for films whose own MIDI files don't know; a hundredth of its frame is .4 ms."""


def smpte_offset(clock: Clock, seconds: float) -> MetaMessage | None:
    """The offset of a file that begins ``seconds`` into a film; None where timecode is zero."""
    rate = clock.rate and clock.own_rate
    first = Fraction(clock.start_frame if rate else 0)
    step = _step(rate) if rate else None
    if rate is None or step is None:
        first *= Fraction(_CLOCK_TIME.nominal, rate.nominal if rate else 1)
        rate, step = _CLOCK_TIME, 1
    hundredths = round((Fraction(seconds) * rate.fps + first) * HUNDREDTHS)
    if hundredths == 0:
        return None
    frame, below = divmod(hundredths, HUNDREDTHS)
    hours, minutes, second, label = map(int, label_at(frame, rate).replace(";", ":").split(":"))
    label, odd = divmod(label, step)
    return MetaMessage(
        "smpte_offset",
        frame_rate=29.97 if rate.drop else rate.nominal // step,
        hours=hours % _HOURS,
        minutes=minutes,
        seconds=second,
        frames=label,
        sub_frames=(odd * HUNDREDTHS + below) // step,
    )


def _step(rate: FrameRate) -> int | None:
    """How many frames of a film make one of the MIDI file's; None where no number does."""
    return next((n for n in (1, 2, 4) if rate.nominal in [n * each for each in _RATES]), None)
