"""Find the picture of an old cut in a new one, frame by frame.

Both films are sequences of fingerprints (:mod:`engine.video.fingerprints`). A clip of the new film
is looked for in the whole old one. The best matches are followed frame by frame for as long as both
show the same. The longest one counts. A frame is the same if it differs by less than films do that
were encoded anew, and by less than its own motion. So another take of a shot is new picture.

Reordered and repeated shots are found too. Another speed, another grade of colour and mirrored
pictures count as new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Ints
from engine.recut.stretches import Stretch, joined
from engine.video.fingerprints import Prints

SHORTEST = 0.5
"""The shortest stretch that is believed, in seconds."""
NOISE = 0.012
"""How far a frame may be off because it was encoded anew: root mean square of roots, 0..1."""
PATTERN = 0.3, 0.005
"""The same as a share of the contrast of its picture, and the least that it may be off."""
MOTION, FASTEST = 0.4, 0.06
"""The share of a frame's motion by which it may be off besides, and the most motion that counts."""
LAG = 0.1
"""Motion is the change within so many seconds."""
FLAT = 0.02
"""The contrast up to which a picture is of one colour, and says nothing."""
HOLE = 2
"""How many frames in a row may differ within a stretch, such as frames that were dropped."""
STEP = 0.25
"""Seconds between two clips that are looked for, and between two frames of a clip."""
CLIP = 3
"""Frames of a clip."""
CANDIDATES = 5
"""How many places in the old film are followed."""
NEAR = 0.3
"""Places no further apart are one, in seconds."""
AROUND = 12
"""How many frames around a match are tried, earlier and later."""
LIKELY = 1.5
"""Pictures so many times as far apart as the nearest are tried too."""
BLOCK = 1024
"""Frames that are compared at once."""

_Pictures = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Pictures:
    """A film, or a part of it. times: of its frames [n], in seconds of the file, rising. prints: a
    fingerprint of each. end: when the last frame goes."""

    times: Floats
    prints: Prints
    end: float

    @cached_property
    def values(self) -> _Pictures:
        """The fingerprints [n, cells], 0..1."""
        return np.asarray(self.prints / np.float32(255), np.float32)

    @cached_property
    def frame(self) -> float:
        """The usual length of a frame in seconds."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else self.end

    def shown(self, times: Floats) -> Ints:
        """The frames that are shown at these times; -1 before the first and after the end."""
        found = np.searchsorted(self.times, times + self.frame / 2, side="right") - 1
        return np.where(times < self.end - self.frame / 2, found, -1)

    @cached_property
    def clips(self) -> _Pictures:
        """The clip that begins at each frame [n, clip * cells]; the last frame stays."""
        parts = [
            self.values[np.maximum(self.shown(np.minimum(self.times + n * STEP, self.last)), 0)]
            for n in range(CLIP)
        ]
        return np.concatenate(parts, axis=1)

    @property
    def last(self) -> float:
        """The time of the last frame."""
        return float(self.times[-1])

    @cached_property
    def contrast(self) -> _Pictures:
        """The spread of each picture [n]."""
        return self.values.std(axis=1)

    @cached_property
    def tolerance(self) -> NDArray[np.float32]:
        """How far the same frame of another cut may be off [n]."""
        changes = []
        for lag in (-LAG, LAG):
            times = np.clip(self.times + lag, self.times[0], self.last)
            changes.append(_distance(self.values, self.values[np.maximum(self.shown(times), 0)]))
        # On both sides, or the change at a cut would count as motion.
        motion = np.minimum(np.minimum(*changes), FASTEST)
        share, least = PATTERN
        noise = np.minimum(NOISE, np.maximum(share * self.contrast, least))
        return np.asarray(noise + MOTION * motion, np.float32)


def find_stretches(old: Pictures, new: Pictures) -> tuple[Stretch, ...]:
    """The stretches of the new film that the old one has too, by new time; none overlap."""
    if not len(old.times) or not len(new.times):
        return ()
    return joined(_Search(old, new).run())


@dataclass(frozen=True, slots=True)
class _Match:
    """Frames of the new film, ``first`` up to ``until``; the old one has them ``offset`` later."""

    first: int
    until: int
    offset: float


class _Search:
    def __init__(self, old: Pictures, new: Pictures) -> None:
        self._old, self._new = old, new
        self._squares = np.einsum("ij,ij->i", old.clips, old.clips)

    def run(self) -> Iterator[Stretch]:
        new = self._new
        found: list[_Match] = []
        place = 0
        while place < len(new.times):
            match = self._best(place, found[-1] if found else None)
            if match is None:
                following = int(np.searchsorted(new.times, new.times[place] + STEP))
                place = max(place + 1, following)
                continue
            found = self._with(found, match)
            place = match.until
        for match in found:
            stretch = self._stretch(match)
            if stretch is not None:
                yield stretch

    def _best(self, place: int, before: _Match | None) -> _Match | None:
        """The longest match that holds a frame of the new film, and begins after the one before.

        It may begin within that one, where both fit.
        """
        offsets = [] if before is None else [before.offset]
        longest = max(
            (
                (self._forward(place, offset), -number, offset)
                for number, offset in enumerate([*offsets, *self._offsets(place)])
            ),
            default=(place, 0, 0.0),
        )
        if longest[0] <= place:
            return None
        begin = 0 if before is None else before.first
        match = self._refined(place, longest[0], longest[2], begin)
        free = place if before is None else max(before.until, match.first)
        return match if self._says_something(replace(match, first=min(free, place))) else None

    def _with(self, found: list[_Match], match: _Match) -> list[_Match]:
        """The matches and a further one; where it overlaps the last one, the better one counts."""
        if not found or found[-1].until <= match.first:
            return [*found, match]
        last = found[-1]
        both = range(match.first, last.until)
        one, other = (self._distances(both, each.offset) for each in (last, match))
        # Up to which frame the earlier one is to count, so that the sum of distances is least.
        sums = np.append(0.0, np.cumsum(one - other))
        split = match.first + int(sums.argmin())
        kept = [] if split <= last.first else [replace(last, until=split)]
        return [*found[:-1], *kept, replace(match, first=split)]

    def _offsets(self, place: int) -> Iterator[float]:
        """How much later the clip at a frame of the new film is in the old one; the best first."""
        clip = self._new.clips[place]
        squares = self._squares - 2 * (self._old.clips @ clip) + clip @ clip
        most = len(clip) * float(self._new.tolerance[place] + NOISE) ** 2
        found: list[float] = []
        for number in np.argsort(squares, kind="stable")[: 64 * CANDIDATES].tolist():
            if squares[number] > most or len(found) == CANDIDATES:
                return
            time = float(self._old.times[number])
            if all(abs(time - other) > NEAR for other in found):
                found.append(time)
                yield time - float(self._new.times[place])

    def _differs(self, first: int, until: int, offset: float) -> NDArray[np.bool_]:
        """Which frames of the new film differ from those of the old one."""
        distances = self._distances(range(first, until), offset)
        return np.asarray(distances > self._new.tolerance[first:until])

    def _forward(self, place: int, offset: float) -> int:
        """The first frame from ``place`` on that differs for good."""
        count = len(self._new.times)
        if self._differs(place, place + 1, offset)[0]:
            return place
        for first in range(place, count, BLOCK):
            # A hole may begin in the block before.
            since = max(place, first - HOLE)
            differs = self._differs(since, min(first + BLOCK, count), offset)
            if (at := _hole(differs)) is not None:
                return since + at
        return count - _trailing(self._differs(max(place, count - HOLE - 1), count, offset))

    def _backward(self, place: int, begin: int, offset: float) -> int:
        """The first frame after ``begin`` from which on all are the same up to ``place``."""
        for until in range(place, begin, -BLOCK):
            since = min(place, until + HOLE)
            first = max(begin, until - BLOCK)
            differs = self._differs(first, since, offset)[::-1]
            if (at := _hole(differs)) is not None:
                return since - at
        differs = self._differs(begin, min(place, begin + HOLE + 1), offset)[::-1]
        return begin + _trailing(differs)

    def _refined(self, first: int, until: int, offset: float, begin: int) -> _Match:
        """The best match a few frames around an offset.

        A still picture fits at many. The longest match has its cuts in place; of equally long ones
        the pictures decide. begin: the first frame that it may have.
        """
        places = np.arange(first, until)[:: max(1, (until - first) // BLOCK)]

        def apart(shift: float) -> float:
            shown = self._old.shown(self._new.times[places] + shift)
            seen = shown >= 0
            if 2 * seen.sum() < len(places):
                return np.inf
            apart = _distance(self._new.values[places[seen]], self._old.values[shown[seen]])
            return float(apart.mean())

        frame = self._old.frame
        around = sorted(range(-AROUND, AROUND + 1), key=abs)
        distances = {number: apart(offset + number * frame) for number in around}
        most = LIKELY * min(distances.values()) + NOISE / 4
        best = (until - first, -distances[0], _Match(first, until, offset))
        for number, distance in distances.items():
            if distance > most:
                continue
            shift = offset + number * frame
            match = _Match(self._backward(first, begin, shift), self._forward(first, shift), shift)
            length = match.until - match.first
            if match.until == first:
                continue
            if (length, -distance) > best[:2]:
                best = length, -distance, match
        return best[2]

    def _says_something(self, match: _Match) -> bool:
        """Whether a match is long enough, and not all of one colour."""
        new = self._new
        if match.until <= match.first:
            return False
        end = new.end if match.until == len(new.times) else float(new.times[match.until])
        lasts = end - float(new.times[match.first])
        return lasts >= SHORTEST and float(new.contrast[match.first : match.until].max()) >= FLAT

    def _distances(self, places: range, offset: float) -> Floats:
        """How far frames of the new film are from those of the old one."""
        new = self._new
        shown = self._old.shown(new.times[places.start : places.stop] + offset)
        old = self._old.values[np.maximum(shown, 0)]
        return np.where(shown < 0, 1.0, _distance(new.values[places.start : places.stop], old))

    def _stretch(self, match: _Match) -> Stretch | None:
        """The stretch of a match; None for one that is too short or says nothing."""
        if not self._says_something(match):
            return None
        new, old = self._new, self._old
        first, until = match.first, match.until
        shown = old.shown(new.times[first:until] + match.offset)
        seen = shown >= 0
        moved = float(np.median(new.times[first:until][seen] - old.times[shown[seen]]))
        start = float(new.times[first])
        end = new.end if until == len(new.times) else float(new.times[until])
        return Stretch(start - moved, start, min(end, old.end + moved) - start)


def _distance(one: _Pictures, other: _Pictures) -> NDArray[np.float32]:
    """How far two rows of pictures are apart [n]: the root of the mean square of their cells."""
    return np.asarray(np.sqrt(np.square(one - other).mean(axis=1)), np.float32)


def _hole(differs: NDArray[np.bool_]) -> int | None:
    """Where a hole begins that is too long."""
    run = 0
    for number in np.flatnonzero(differs).tolist():
        run = run + 1 if run and differs[number - 1] else 1
        if run > HOLE:
            return int(number) - HOLE
    return None


def _trailing(differs: NDArray[np.bool_]) -> int:
    """How many differ at the end."""
    same = np.flatnonzero(~differs)
    return len(differs) - 1 - int(same[-1]) if len(same) else len(differs)
