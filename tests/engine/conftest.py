"""Pieces with known properties, for measures of scores, and networks that want too much.

Such a network shows that the rules of composing hold all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.model.decoder import Decoder
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument, Note, Score

if TYPE_CHECKING:
    from engine.model.runtime import Network

BAR = 2.0
"""Seconds of a bar at 120 a minute."""
SCALE = (0, 2, 4, 5, 7, 9, 11)


@pytest.fixture(scope="session")
def piece() -> Callable[..., Score]:
    """A score of (instrument, onset, length, pitch), in bars of 2 s (4/4 at 120 a minute)."""

    def make(
        *notes: tuple[Instrument, float, float, int], seconds: float = 8.0, bar: float = 2.0
    ) -> Score:
        bars = tuple(n * bar for n in range(int(seconds / bar)))
        return Score(tuple(_notes(notes)), bars, (), seconds)

    return make


def _notes(notes: Iterable[tuple[Instrument, float, float, int]]) -> list[Note]:
    played = [Note(who, onset, onset + length, pitch) for who, onset, length, pitch in notes]
    return sorted(played, key=lambda note: note.onset)


@pytest.fixture(scope="session")
def scale(piece: Callable[..., Score]) -> Callable[..., Score]:
    """Steps above C on the piano, one each ``beat`` seconds: ``scale(0, 2, 4, 5)``."""

    def make(*steps: int, beat: float = 0.5, **more: float) -> Score:
        notes = [(Instrument.PIANO, n * beat, beat, 60 + step) for n, step in enumerate(steps)]
        return piece(*notes, **more)

    return make


@pytest.fixture(scope="session")
def band() -> Callable[..., Score]:
    """A piece of ``bars`` bars in C major by bass, drums, piano and strings; seeds differ."""

    def make(seed: int = 0, bars: int = 20) -> Score:
        rng = np.random.default_rng(seed)
        notes: list[Note] = []

        def play(who: Instrument, onset: float, length: float, *pitches: int) -> None:
            notes.extend(Note(who, onset, onset + length, pitch) for pitch in pitches)

        def degree(step: int, base: int) -> int:
            return base + 12 * (step // 7) + SCALE[step % 7]

        place = 7
        for bar in range(bars):
            begin = bar * BAR
            if bar == bars - 1:
                play(Instrument.BASS, begin, BAR - 0.1, 36)
                play(Instrument.PIANO, begin, BAR - 0.1, 60, 64, 67)
                play(Instrument.STRINGS, begin, BAR - 0.1, 72)
                break
            root = (0, 5, 3, 4, 0, 2, 3, 4)[bar % 8]
            for eighth in range(8):
                at = begin + eighth * BAR / 8
                play(Instrument.DRUMS, at, 0.1, 42, *((36,) if eighth % 4 == 0 else ()))
                if rng.random() < 0.6:
                    place = int(np.clip(place + rng.choice((-2, -1, 1, 2)), 3, 14))
                    play(Instrument.STRINGS, at, BAR / 8, degree(place, 60))
            for half in range(2):
                at = begin + half * BAR / 2
                play(Instrument.BASS, at, BAR / 4, degree(root + (0, 4)[half], 36))
                triad = (degree(root + third, 60) for third in (0, 2, 4))
                play(Instrument.PIANO, at, BAR / 2 - 0.1, *triad)
        order = list(Instrument)
        notes.sort(key=lambda n: (n.onset, order.index(n.instrument), n.pitch))
        return Score(tuple(notes), tuple(bar * BAR for bar in range(bars)), (), bars * BAR)

    return make


@pytest.fixture(scope="session")
def biased(tiny, random_model, exported) -> Callable[..., Network]:
    """A network with a constant bias for (above 0) or against (below 0) kinds of tokens.

    players: the same for the ONs of instruments.
    """
    from engine.model.runtime import Network

    def make(
        context: int = 1024, players: Mapping[Instrument, float] | None = None, **kinds: float
    ) -> Network:
        model = random_model(tiny("relative", context=context))
        for kind, bias in kinds.items():
            model.output.bias[np.flatnonzero(Kind[kind] == voc.KIND)] = bias
        for instrument, bias in (players or {}).items():
            its = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(instrument) == voc.INSTRUMENT)
            model.output.bias[np.flatnonzero(its)] = bias
        return Network(exported(model), "cpu", threads=1)

    return make


@pytest.fixture
def tokens_read(monkeypatch) -> Callable[[str], list[int]]:
    """How many tokens each later call of a method of decoders, by name, reads."""

    def watch(name: str) -> list[int]:
        counts: list[int] = []
        method = getattr(Decoder, name)

        def watched(decoder: Decoder, tokens: np.ndarray, *others: object) -> np.ndarray:
            counts.append(len(tokens))
            return method(decoder, tokens, *others)

        monkeypatch.setattr(Decoder, name, watched)
        return counts

    return watch
