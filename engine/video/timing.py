"""When frames are shown, and when a film ends.

Stamps count in the stream's time base. Times are seconds from the container's start, as a player
shows them.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Discard

from engine.video.container import READ_ERRORS, Film, opened
from engine.video.whole import cut_short

LOST = 0.5
"""The least gap at the end that counts as lost data, in seconds."""

_MICROSECOND = Fraction(1, 10**6)
"""The unit of the container's own times."""

_STRUCTURED = re.compile(r"mov|avi|matroska|flv")
"""Containers in which ``cut_short`` sees a lost end."""


class FrameClock:
    """Gives every frame of a film a stamp above that of the frame before, and turns it to seconds.

    Frames without stamps follow the frame before them at its own duration.
    """

    def __init__(self, film: Film, zero: Fraction) -> None:
        """zero: the container's start, in seconds."""
        base = film.time_base
        self._up = base.numerator * zero.denominator
        self._off = zero.numerator * base.denominator
        self._down = base.denominator * zero.denominator
        self._usual = max(1, round(1 / ((frame_rate(film) or 25) * base)))
        self._stamp: int | None = None
        self._shown = self._usual

    def seconds(self, stamp: int) -> float:
        """The time of a stamp."""
        return (stamp * self._up - self._off) / self._down

    def show(self, frame: av.VideoFrame) -> float:
        """The time of the next frame."""
        stamp, before = stamp_of(frame), self._stamp
        if before is None:
            stamp = 0 if stamp is None else stamp
            self._shown = frame.duration or self._usual
        else:
            if stamp is None:
                stamp = before + self._shown
            elif stamp <= before:
                stamp = before + min(self._shown, self._usual)
            self._shown = frame.duration or stamp - before
        self._stamp = stamp
        return self.seconds(stamp)

    @property
    def last(self) -> float:
        """The time of the last frame, or minus infinity before the first."""
        return -math.inf if self._stamp is None else self.seconds(self._stamp)

    @property
    def end(self) -> float:
        """When the last frame ends, by its own duration or else by the gap before it."""
        return -math.inf if self._stamp is None else self.seconds(self._stamp + self._shown)


def stamp_of(frame: av.VideoFrame) -> int | None:
    """When a frame is shown; its decoding stamp where the container has no other, as in AVI."""
    return frame.dts if frame.pts is None else frame.pts


def frame_rate(film: Film) -> float:
    """The nominal frames a second; 0 if unknown."""
    return float(film.stream.guessed_rate or 0)


def start_of(film: Film, first: av.VideoFrame) -> Fraction:
    """The time in seconds that a player calls 0: the start of the container's first stream.

    first: the first frame; it is never before 0.
    """
    streams = (
        stream.start_time * stream.time_base
        for stream in film.container.streams
        if stream.start_time is not None and stream.time_base is not None
    )
    start = (film.container.start_time or 0) * _MICROSECOND
    # The container rounds to microseconds.
    start = min((s for s in streams if abs(s - start) <= _MICROSECOND), default=start)
    stamp = stamp_of(first)
    return start if stamp is None else min(start, stamp * film.time_base)


@dataclass(frozen=True, slots=True)
class Header:
    """What a container says of its length, in seconds from its start; 0 where it says nothing.

    picture: the end of the picture. whole: the end of the longest stream. structured: whether the
    file shows by its structure that its end is lost.
    """

    picture: float
    whole: float
    structured: bool


def read_header(film: Film, zero: Fraction) -> Header:
    """The header of a film that starts at ``zero`` seconds."""
    container, stream = film.container, film.stream
    name = container.format.name
    if film.may_restart or not film.has_stamps or not container.duration:
        # MPEG-TS and its like have no header; FFmpeg guesses from the bytes at their end.
        return Header(0.0, 0.0, False)
    # A Flash header has the last stamp, not the length.
    start = 0 if name == "flv" else container.start_time or 0
    whole = float((start + container.duration) * _MICROSECOND - zero)
    picture = 0.0 if container.streams.audio else whole
    length = None
    if name == "avi":
        # FFmpeg corrects the duration of a file that breaks off, but not the number of frames.
        length = max(stream.duration or 0, stream.frames)
    elif name.startswith("mov"):
        length = stream.duration
    if length:
        picture = float(((stream.start_time or 0) + length) * film.time_base - zero)
    elif (tagged := _tagged_duration(stream.metadata)) is not None:
        # A program may have cut the film and kept the tag.
        picture = min(float(tagged - zero), whole)
    return Header(picture, whole, bool(_STRUCTURED.match(name)))


def film_end(
    path: Path, zero: Fraction, header: Header, clock: FrameClock, coded: float
) -> tuple[float, float]:
    """When a film ends, and how much is lost behind its last frame, both in seconds.

    clock: at the last frame. coded: when the last packet ends, whether it decodes or not.

    There may be a gap between the last frame and the end in the header. It has three causes: a last
    frame that is held, sound that goes on, and lost data. The last frame's own duration and the
    picture's own end in the header name the first, and the structure of the file the last.
    """
    gap = max(header.picture or header.whole, coded) - clock.end
    lost = gap if gap > LOST else 0.0
    if cut_short(path) or coded - clock.end > LOST:
        return clock.end, lost
    if header.structured:
        # An edit list may also end a film within its last frame.
        return (header.picture if header.picture > clock.last else clock.end), 0.0
    shown = clock.end - clock.last
    if clock.last + shown / 2 < header.picture < clock.end + shown:
        return header.picture, 0.0
    return clock.end, (lost if lost and not _sound_lasts(path, zero, header.whole - LOST) else 0.0)


def _sound_lasts(path: Path, zero: Fraction, until: float) -> bool:
    """Whether any stream of a film reaches a time; reads all packets, but decodes none."""
    with opened(path) as film, suppress(*READ_ERRORS):
        for stream in film.container.streams:
            stream.discard = Discard.default
        for packet in film.container.demux():
            if packet.pts is not None and packet.time_base:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base - zero
                if end >= until:
                    return True
    return False


def _tagged_duration(tags: dict[str, str]) -> Fraction | None:
    """The end of a stream of Matroska in seconds, which its writer notes as a tag."""
    for key, text in tags.items():
        if key.upper().startswith("DURATION"):
            found = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", text.strip())
            if found:
                hours, minutes, seconds = found.groups()
                return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    return None
