"""The one interface of all experts.

An expert takes part in the one pass over a film. Its watcher receives pictures and sound. Its track
is what the watcher observed, as arrays that a file can keep. The track reads any stretch, so
sections can change without a second pass and without the expert's packages.

    Expert.watch() -> Watcher.picture(...), Watcher.sound(...) -> Watcher.finish() -> Track
    Track.reading(start, end, film) -> Reading

Times are seconds from the score's zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from engine.arrays import Image, Samples
from engine.emotion.reading import Reading, Text

SOUND_RATE = 16_000
"""Samples a second of the sound that experts receive."""

Arrays = Mapping[str, NDArray[Any]]
"""Named arrays without objects, as ``numpy.savez`` keeps them. Texts are arrays of unicode."""


@dataclass(frozen=True, slots=True)
class FilmContext:
    """What experts may use of the whole film.

    cuts: times of all cuts found, rising. duration: in seconds. listen_to_music: whether the film's
    own music may count; otherwise every stretch of sound with music is left out.
    """

    cuts: Sequence[float]
    duration: float
    listen_to_music: bool = False


class Track(Protocol):
    """What an expert observed in a film."""

    @property
    def texts(self) -> Sequence[Text]:
        """Words found, by time; empty for experts that find none."""
        ...

    def arrays(self) -> Arrays:
        """All of it; the expert's ``load`` makes the same track of it."""
        ...

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """What the stretch from ``start`` to ``end`` says."""
        ...

    def activity(self, start: float, end: float, film: FilmContext) -> Mapping[str, float]:
        """Measures of how much happens, by name, such as motion or loudness.

        Only their order and differences within one film count: a factor is given as its logarithm.
        Empty for experts that measure none, and without evidence in the stretch.
        """
        ...


class Watcher(Protocol):
    """Receives a film in its one pass."""

    def picture(self, time: float, image: Image) -> None:
        """The next picture, upright BGR uint8 [height, width, 3]; ``time`` rises."""
        ...

    def sound(self, time: float, samples: Samples) -> None:
        """The next block of sound, of any length; ``time`` is that of its first sample.

        Blocks follow without gaps. A gap of the film is filled with silence.
        """
        ...

    def finish(self, earlier: Mapping[str, Track]) -> Track:
        """The track, once the film has ended.

        earlier: the tracks of the experts before this one, by name. So ``words`` reads what
        ``speech`` and ``titles`` found.
        """
        ...


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert.

    name: one word. about: what it reads, in a few words. interval: the least seconds between two
    pictures that it needs; infinite for none. side: the longer side of its pictures in pixels, at
    most; 0 for none. needs_sound: whether it receives sound. missing: what is not there, then "; "
    and what to do; empty where it can work. watch: begins a film. load: makes a track of what
    ``Track.arrays`` gave; raises KeyError or ValueError for anything else.
    """

    name: str
    about: str
    interval: float
    side: int
    needs_sound: bool
    missing: Callable[[], str]
    watch: Callable[[], Watcher]
    load: Callable[[Arrays], Track]
