"""The expert ``sound``: how loud and how bright speech and effects are beside the film's own rest.

Loudness carries arousal (Hanjalic and Xu 2005). Only its contrast within one film counts, because
films are mixed at unlike levels. So the expert gives activities, and no point of its own.

The film's own music stays out (paper, IV-B) unless the user asks for it. A row counts if it is
speech, or has no music near it. Where a film has music, the detector misses some of its quiet
parts. There a row without speech must also be about as loud as the speech. Without the detector
music can't be distinguished, and then the expert says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Image, Mask, Samples
from engine.emotion.experts import sound_events
from engine.emotion.experts.expert import Arrays, Expert, FilmContext, Track
from engine.emotion.experts.loudness import ROWS_A_SECOND, SILENCE, LoudnessMeter
from engine.emotion.experts.sound_events import MUSIC, SINGING, SPEECH, EventDetector, Events
from engine.emotion.reading import NOTHING, Reading, Text
from engine.section import Evidence

NAME = "sound"

_SPOKEN = 0.5
"""Probability of speech from which a row counts as speech, whatever is under it."""
_NO_MUSIC = 0.2
"""Probability of music and singing up to which a row counts as free of music."""
_NEAR_ROWS = 20
"""Rows on either side that must also be free of music: fades are hard to detect."""
_HAS_MUSIC = 0.05
"""Share of rows with music from which a film has music."""
_BELOW_SPEECH = 10.0
"""Decibels below the median of speech from which a row without speech may be missed music."""
_BLOCK = 10 * ROWS_A_SECOND
"""Rows of a block."""
_LEAST_SECONDS = 0.5
"""Seconds that must count in a stretch."""
_QUIETEST = -20.0
"""Decibels beside the film's usual level below which nothing counts as quieter still."""
_NOTABLE = 3.0
"""Decibels beside the film's usual level from which loudness is worth a line."""
_DOUBLING = 10.0
"""Decibels that sound twice as loud (Stevens 1955)."""


class SoundTrack:
    """Loudness, brightness and events of a film's sound, a row for each tenth of a second.

    start: time of the first row in seconds. loudness: LUFS, [n]. brightness: Hz, [n]. events: as
    ``Events``, [n, 3]; None without a detector.
    """

    def __init__(
        self, start: float, loudness: Floats, brightness: Floats, events: Events | None
    ) -> None:
        self._start = start
        self._loudness = loudness
        self._brightness = brightness
        self._events = events
        # Found once for each value of listen_to_music, since a long film has many sections.
        self._masks: dict[bool, Mask] = {}
        self._usuals: dict[bool, tuple[float, float] | None] = {}

    @property
    def texts(self) -> Sequence[Text]:
        return ()

    @property
    def spoken(self) -> Sequence[tuple[float, float]] | None:
        """From and to of what is spoken and not sung, in seconds; None without a detector."""
        if self._events is None:
            return None
        rows = np.concatenate([[False], _is_spoken(self._events), [False]])
        edges = np.flatnonzero(rows[1:] != rows[:-1]) / ROWS_A_SECOND + self._start
        return tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))

    def arrays(self) -> Arrays:
        kept: dict[str, NDArray[np.float32 | np.float64]] = {
            "start": np.array(self._start),
            "loudness": self._loudness.astype(np.float32),
            "brightness": self._brightness.astype(np.float32),
        }
        if self._events is not None:
            kept["events"] = self._events
        return kept

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """How loud the stretch is, as evidence; no probabilities, no point, no confidence."""
        measured = self._measure(start, end, film)
        if measured is None or abs(measured[0]) < _NOTABLE:
            return NOTHING
        louder = measured[0]
        first, last = self._rows(start, end)
        levels = np.where(self._counted(film)[first:last], self._loudness[first:last], SILENCE)
        place = int(levels.argmax()) if louder > 0 else 0
        evidence = Evidence(
            time=max(self._start + (first + place) / ROWS_A_SECOND, start),
            expert=NAME,
            text=f"{'loud' if louder > 0 else 'quiet'}, {louder:+.0f} dB beside most of the film",
            weight=min(abs(louder) / (2 * _DOUBLING), 1.0),
        )
        return Reading(evidence=(evidence,))

    def activity(self, start: float, end: float, film: FilmContext) -> Mapping[str, float]:
        """``loudness`` and ``brightness of sound``, as logarithms of factors of the usual ones.

        loudness: how many times as loud it sounds. brightness: the ratio of the centroids of the
        spectrum.
        """
        measured = self._measure(start, end, film)
        if measured is None:
            return {}
        louder, brighter = measured
        return {"loudness": louder / _DOUBLING * math.log(2), "brightness of sound": brighter}

    def _measure(self, start: float, end: float, film: FilmContext) -> tuple[float, float] | None:
        """Decibels above the film's usual level, and the logarithm of the ratio of brightness.

        The usual value is the median of blocks of 10 s. None without evidence.
        """
        here, usual = self._average(*self._rows(start, end), film), self._usual(film)
        if here is None or usual is None:
            return None
        return max(here[0] - usual[0], _QUIETEST), here[1] - usual[1]

    def _usual(self, film: FilmContext) -> tuple[float, float] | None:
        """The film's usual level and brightness, as ``_average`` gives them."""
        if film.listen_to_music not in self._usuals:
            starts = range(0, self._loudness.size, _BLOCK)
            blocks = [self._average(first, first + _BLOCK, film) for first in starts]
            known = [block for block in blocks if block is not None]
            level, brightness = np.median(np.array(known), axis=0).tolist() if known else (0, 0)
            self._usuals[film.listen_to_music] = (level, brightness) if known else None
        return self._usuals[film.listen_to_music]

    def _average(self, first: int, last: int, film: FilmContext) -> tuple[float, float] | None:
        """Mean level in LUFS and logarithm of the brightness of the rows that count."""
        counted = self._counted(film)[first:last]
        if counted.sum() < _LEAST_SECONDS * ROWS_A_SECOND:
            return None
        power = 10 ** (self._loudness[first:last][counted] / 10)
        centroid = np.average(self._brightness[first:last][counted], weights=power)
        return 10 * math.log10(power.mean()), math.log(max(centroid, 1.0))

    def _rows(self, start: float, end: float) -> tuple[int, int]:
        """The rows of a stretch: the first, and the one after the last."""
        first, last = (
            int(np.clip(round((time - self._start) * ROWS_A_SECOND), 0, self._loudness.size))
            for time in (start, end)
        )
        return first, last

    def _counted(self, film: FilmContext) -> Mask:
        """Which rows count; [n]."""
        if film.listen_to_music not in self._masks:
            self._masks[film.listen_to_music] = self._choose(film.listen_to_music)
        return self._masks[film.listen_to_music]

    def _choose(self, listen_to_music: bool) -> Mask:
        rows = self._loudness.size
        if listen_to_music or self._events is None or not rows:
            return np.full(rows, listen_to_music)
        singing, music = (self._events[:, kind] for kind in (SINGING, MUSIC))
        spoken = _is_spoken(self._events)
        tainted = np.maximum(singing, music) > _NO_MUSIC
        around = np.convolve(tainted, np.ones(2 * _NEAR_ROWS + 1), "full")[_NEAR_ROWS:]
        free = around[:rows] == 0
        if tainted.sum() > _HAS_MUSIC * rows:
            least = np.median(self._loudness[spoken]) - _BELOW_SPEECH if spoken.any() else math.inf
            free &= self._loudness >= least
        return spoken | free


def _is_spoken(events: Events) -> Mask:
    speech, singing = events[:, SPEECH], events[:, SINGING]
    return np.asarray((speech >= _SPOKEN) & (singing < speech))


class _Watcher:
    def __init__(self) -> None:
        self._start: float | None = None
        self._meter = LoudnessMeter()
        self._detector = None if sound_events.missing() else EventDetector()
        self._loudness: list[Floats] = []
        self._brightness: list[Floats] = []
        self._events: list[Events] = []

    def picture(self, time: float, image: Image) -> None:
        """Nothing: sound is all this expert needs."""

    def sound(self, time: float, samples: Samples) -> None:
        if self._start is None:
            self._start = time
        samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0)
        self._keep(self._meter.push(samples))
        if self._detector:
            self._events.append(self._detector.push(samples))

    def finish(self, earlier: Mapping[str, Track]) -> SoundTrack:
        self._keep(self._meter.finish())
        events = None
        if self._detector:
            self._events.append(self._detector.finish())
            events = np.concatenate(self._events)
        empty = np.zeros(0)
        return SoundTrack(
            self._start or 0.0,
            np.concatenate([empty, *self._loudness]),
            np.concatenate([empty, *self._brightness]),
            events,
        )

    def _keep(self, measured: tuple[Floats, Floats]) -> None:
        self._loudness.append(measured[0])
        self._brightness.append(measured[1])


def load(arrays: Arrays) -> SoundTrack:
    """The track of what ``SoundTrack.arrays`` gave; KeyError or ValueError for anything else."""
    loudness, brightness = (
        np.asarray(arrays[name], np.float64) for name in ("loudness", "brightness")
    )
    events = arrays.get("events")
    if loudness.ndim != 1 or brightness.shape != loudness.shape:
        raise ValueError("loudness and brightness need a number for each row")
    if events is not None and events.shape != (loudness.size, 3):
        raise ValueError("each row needs the probabilities of three events")
    return SoundTrack(float(arrays["start"]), loudness, brightness, events)


SOUND = Expert(
    name=NAME,
    about="loudness and brightness of sound; speech, music and effects apart",
    interval=math.inf,
    side=0,
    needs_sound=True,
    missing=lambda: "",
    watch=_Watcher,
    load=load,
)
"""Loudness needs no package; see ``sound_events.missing`` for what tells music apart."""
