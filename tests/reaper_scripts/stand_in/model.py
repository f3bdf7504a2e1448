"""A project of the stand-in for REAPER: tracks, items, takes, markers and the tempo map."""

from __future__ import annotations

from dataclasses import dataclass, field

PPQ = 960


@dataclass(eq=False)
class Source:
    """A source of media. section: the offset of a part of ``parent``, and whether reversed."""

    path: str = ""
    length: float = 8.0
    parent: Source | None = None
    section: tuple[float, bool] | None = None
    kind: str = "VIDEO"


def _take_values() -> dict[str, float]:
    return {"D_PLAYRATE": 1.0, "D_STARTOFFS": 0.0}


@dataclass(eq=False)
class Take:
    """A take; notes: [from, to, channel, pitch, velocity]; times in ticks from the item's start."""

    item: Item
    source: Source = field(default_factory=Source)
    midi: bool = False
    notes: list[list[float]] = field(default_factory=list)
    controls: list[list[float]] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=_take_values)
    texts: dict[str, str] = field(default_factory=dict)
    stretch_markers: int = 0


@dataclass(eq=False)
class Item:
    """An item; active: the number of the take that sounds."""

    values: dict[str, float]
    takes: list[Take] = field(default_factory=list)
    active: int = 0

    @property
    def take(self) -> Take | None:
        """The active take."""
        return self.takes[self.active] if self.takes else None


def _track_values() -> dict[str, float]:
    return {"I_RECARM": 0.0, "C_BEATATTACHMODE": -1.0, "I_FOLDERDEPTH": 0.0}


@dataclass(eq=False)
class Track:
    """A track with its items and effects."""

    name: str = ""
    values: dict[str, float] = field(default_factory=_track_values)
    items: list[Item] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    colour: int = 0


@dataclass
class Marker:
    """A marker, or with an end a region."""

    time: float
    name: str
    number: int
    end: float | None = None


class TempoMap:
    """Tempo markers: [time, bpm, numerator, denominator] by time; 120 beats a minute before."""

    def __init__(self) -> None:
        self.marks: list[list[float]] = []

    def beats(self, at: float) -> float:
        """Quarter notes from the project's start to a time."""
        time, beats, bpm = 0.0, 0.0, 120.0
        for mark in self.marks:
            if mark[0] > at:
                break
            time, beats, bpm = mark[0], beats + (mark[0] - time) * bpm / 60, mark[1]
        return beats + (at - time) * bpm / 60

    def time(self, wanted: float) -> float:
        """The time of a number of quarter notes."""
        time, beats, bpm = 0.0, 0.0, 120.0
        for mark in self.marks:
            ahead = beats + (mark[0] - time) * bpm / 60
            if ahead > wanted:
                break
            time, beats, bpm = mark[0], ahead, mark[1]
        return time + (wanted - beats) * 60 / bpm

    def measure(self, number: int) -> tuple[float, float, int, int]:
        """A bar by its number, from 0: its first and last beat, and its time signature.

        A time signature begins a bar where it stands.
        """
        begin, beats, unit = 0.0, 4, 4
        starts = [
            (self.beats(time), int(top), int(bottom)) for time, _, top, bottom in self.marks if top
        ]
        for _ in range(number + 1):
            for at, top, bottom in starts:
                if at <= begin + 1e-9:
                    beats, unit = top, bottom
            end = begin + beats * 4 / unit
            cut = min([at for at, _, _ in starts if begin + 1e-9 < at < end - 1e-9], default=end)
            first, begin = begin, cut
        return first, cut, beats, unit
