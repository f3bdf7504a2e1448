"""The rating of a piece: stated parts from 0 to 1, and their weighted mean.

Parts are of two kinds. Some say whether the piece keeps what was asked: who plays, boundaries,
density, emotion. The others compare its measures with those of songs (:mod:`engine.rating.bands`).
A part is None where there is nothing to tell. It then does not count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from engine.metrics.alignment import FRAME, alignment, find_chords
from engine.metrics.planned import DENSITIES, SAME
from engine.metrics.turning import part
from engine.music.conditions import EMOTION, UNKNOWN
from engine.music.vocabulary import INSTRUMENTS
from engine.rating.bands import Bands, Side, song_bands
from engine.rating.emotion import features, song_emotion
from engine.rating.measured_piece import MeasuredPiece, measured_piece
from engine.rating.measures import measure
from engine.score import Instrument, Score

LOST = 1.5
"""How many times too dense a piece is whose density is worth nothing."""
SHORTEST = 10.0
"""Seconds of a section from which on its emotion is rated by itself."""
FEWEST = 8
"""Bars from which on a piece can be compared with songs."""

_OF_PART: dict[str, dict[str, Side]] = {
    "key": {
        "in_key": "both", "clash": "high", "strange": "high", "foreign": "high", "once": "high",
    },
    "consonance": {"rub": "high"},
    "grid": {"near_grid": "low", "together": "low"},
    "movement": {"still": "high", "loop": "high", "run": "high"},
    "melody": {
        "repeats": "high", "leaps": "high", "steps": "both", "turns": "both",
        "melody_range": "both",
    },
    "texture": {
        "rest": "high",
        **dict.fromkeys(("entropy", "groove", "note_length", "polyphony", "pitch_range"), "both"),
        **{f"{i.value}_density": "both" for i in INSTRUMENTS},
        **{f"{i.value}_length": "both" for i in INSTRUMENTS if i is not Instrument.DRUMS},
    },
    "ending": {"tonic": "low", "ring": "low", "close": "high"},
}  # fmt: skip
"""The measures of each part that is compared with songs, and which of their values are bad."""

WEIGHTS = {
    "players": 2.0, "boundaries": 1.0, "density": 3.0, "emotion": 3.0, "key": 0.75,
    "consonance": 0.5, "grid": 1.0, "movement": 0.5, "melody": 0.25, "texture": 2.0,
    "ending": 3.0, "likelihood": 2.0, "original": 1.0, "seam": 2.0,
}  # fmt: skip
"""How much each part counts. Texture is the mean of many measures, so it differs little between
takes; melody differs much, and says least."""


@dataclass(frozen=True, slots=True)
class Players:
    """Who was asked to play from ``start`` to ``end``, in seconds."""

    start: float
    end: float
    instruments: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class Felt:
    """Valence and arousal, each -1..1, that were asked for from ``start`` to ``end``, in seconds.

    NaN where unknown.
    """

    start: float
    end: float
    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a piece is rated against.

    players: who was asked to play, stretch by stretch. boundaries: seconds, rising. density: notes
    a second; NaN if none was asked for. valence, arousal: -1..1, the mean over the piece; NaN
    unknown. ends: whether the piece should end, not break off. sections: the emotion of each
    stretch, in place of the mean; empty if it is one throughout.
    """

    players: tuple[Players, ...] = ()
    boundaries: tuple[float, ...] = ()
    density: float = UNKNOWN
    valence: float = UNKNOWN
    arousal: float = UNKNOWN
    ends: bool = True
    sections: tuple[Felt, ...] = ()


@dataclass(frozen=True, slots=True)
class Rating:
    """How good a piece is; each part 0..1, None where there is nothing to tell.

    players: the share of those asked who play, stretch by stretch. boundaries: the share of
    boundaries with a long chord within 1/30 s. density: 1 within the kept range, falling to 0 at
    half as much again, or two thirds, of what was asked. emotion: how near valence and arousal are
    to what was asked, beside the errors in songs; each section by itself. key, consonance, grid,
    movement, melody, texture, ending: the mean worth of their measures among songs. likelihood: the
    worth of the network's surprise. original: the share of its notes in no known passage. seam: how
    likely the music is that follows a part composed anew, beside how likely it was.
    """

    players: float | None = None
    boundaries: float | None = None
    density: float | None = None
    emotion: float | None = None
    key: float | None = None
    consonance: float | None = None
    grid: float | None = None
    movement: float | None = None
    melody: float | None = None
    texture: float | None = None
    ending: float | None = None
    likelihood: float | None = None
    original: float | None = None
    seam: float | None = None
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS, repr=False)

    @property
    def parts(self) -> dict[str, float]:
        """The known parts by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)[:-1]}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def total(self) -> float:
        """The weighted mean of the known parts, 0..1; 0 without any."""
        parts = self.parts
        weight = sum(self.weights[name] for name in parts)
        total = sum(self.weights[name] * value for name, value in parts.items())
        return total / weight if weight else 0.0


def rate(
    score: Score,
    asked: Asked,
    nll: float = UNKNOWN,
    original: float | None = None,
    bands: Bands | None = None,
) -> Rating:
    """Rate a piece.

    nll: the network's mean surprise, in nats a token; NaN unknown. original: how original the piece
    is, 0..1; None unknown. bands: of songs; those of the program if None.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    bands = song_bands() if bands is None else bands
    piece = measured_piece(score)
    parts: dict[str, float | None] = {
        "players": _players(score, asked.players),
        "boundaries": _boundaries(piece, asked.boundaries),
        "density": _density(piece, asked.density),
        "emotion": _emotion(score, asked, bands),
        "likelihood": _mean([bands.worth("nll", nll, "both")]),
        "original": original,
    }
    if len(piece.notes) and piece.bars >= FEWEST:
        found = measure(piece)
        for part, measures in _OF_PART.items():
            if part != "ending" or asked.ends:
                parts[part] = _mean(
                    bands.worth(name, found[name], side) for name, side in measures.items()
                )
    return Rating(**parts)  # type: ignore[arg-type]


def _mean(values: Iterable[float]) -> float | None:
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else None


def _players(score: Score, asked: tuple[Players, ...]) -> float | None:
    onsets = {i: np.array([note.onset for note in score.part(i)]) for i in INSTRUMENTS}
    play = [
        bool(((onsets[i] >= some.start - SAME) & (onsets[i] < some.end - SAME)).any())
        for some in asked
        for i in some.instruments
    ]
    return float(np.mean(play)) if play else None


def _boundaries(piece: MeasuredPiece, boundaries: tuple[float, ...]) -> float | None:
    if not boundaries:
        return None
    chords = find_chords(piece.score.notes, piece.tempo.beat_at)
    return alignment(boundaries, chords, FRAME).recall


def _density(piece: MeasuredPiece, asked: float) -> float | None:
    if math.isnan(asked):
        return None
    got = len(piece.notes) / piece.score.duration
    if not got:
        return 0.0
    off, kept, lost = (abs(math.log(ratio)) for ratio in (got / asked, DENSITIES[1], LOST))
    return min(1.0, max(0.0, (lost - off) / (lost - kept)))


def _emotion(score: Score, asked: Asked, bands: Bands) -> float | None:
    """The mean over the sections by their length; short ones say too little, and do not count."""
    sections = [felt for felt in asked.sections if felt.end - felt.start >= SHORTEST]
    if not sections:
        return _emotion_of(score, asked, bands)
    worth = [_emotion_of(part(score, felt.start, felt.end), felt, bands) for felt in sections]
    known = [
        (felt.end - felt.start, value)
        for felt, value in zip(sections, worth, strict=True)
        if value is not None
    ]
    length = sum(span for span, _ in known)
    return sum(span * value for span, value in known) / length if length else None


def _emotion_of(score: Score, wanted: Asked | Felt, bands: Bands) -> float | None:
    if not score.notes or (math.isnan(wanted.valence) and math.isnan(wanted.arousal)):
        return None
    found = song_emotion()(features(score))
    return _mean(
        bands.worth(f"{name}_error", abs(found[name] - getattr(wanted, name)), "high")
        for name in EMOTION
    )
