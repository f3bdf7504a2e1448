"""The report beside the music: what was made, how well it fits the film, how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.scoring.rendering import Rendered
from bridge.scoring.timings import Timings
from engine.cues import CueSheet
from engine.emotion.mapping import MU_MAX
from engine.live.control import LiveChange
from engine.metrics import harmony
from engine.metrics.alignment import FRAME, SECOND, alignment, find_chords
from engine.metrics.grid import on_grid
from engine.music.tempo import tempo_map
from engine.originality import check
from engine.originality.check import Originality
from engine.originality.fingerprint import shipped_fingerprint
from engine.rating.summary import describe, weakest
from engine.score import Instrument, Score
from engine.section import Section

if TYPE_CHECKING:  # these need onnxruntime
    from engine.composing.takes import RatedTake


@dataclass(frozen=True, slots=True)
class Model:
    """The weights that composed, and how."""

    name: str
    sha256: str
    parameters: int
    device: str
    precision: str


@dataclass(frozen=True, slots=True)
class Takes:
    """All takes with their ratings, the best first; that one was kept."""

    takes: tuple[RatedTake, ...]

    @property
    def tokens(self) -> int:
        """The tokens of all takes together."""
        return sum(take.tokens for take, _ in self.takes)

    @property
    def gain(self) -> float:
        """How far the rating of the kept take lies above the mean of all takes."""
        totals = [rating.total for _, rating in self.takes]
        return totals[0] - sum(totals) / len(totals)

    @property
    def lines(self) -> tuple[str, ...]:
        """What each take is, a line each, the best first."""
        best = self.takes[0][1]
        lines = []
        for number, (take, rating) in enumerate(self.takes, start=1):
            weak = weakest(rating, best)
            lines.append(
                f"take {number}: {rating.total:.2f}  {describe(take.score)}"
                + (f"; weaker in {weak}" if weak else "")
            )
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class MetHit:
    """A hit of the cue sheet, and the chord nearest to it.

    seconds: from the score's zero. timecode: of the film. late: how long after the hit the chord
    begins, in seconds; None without chords.
    """

    seconds: float
    timecode: str
    label: str
    must: bool
    late: float | None


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part of a new cut whose music is that of the old one, in seconds of both scores."""

    old: float
    new: float
    seconds: float
    bars: int


@dataclass(frozen=True, slots=True)
class Recut:
    """What a new cut keeps of an old score.

    source: the folder of the old score. seconds, bars, notes: that are kept. shortened: how many of
    these notes end earlier, at a seam where they would clash. parts: by new time.
    """

    source: str
    seconds: float
    bars: int
    notes: int
    shortened: int
    parts: tuple[KeptPart, ...]


@dataclass(frozen=True, slots=True)
class NewPart:
    """What was composed anew: from ``start`` to ``end``, in seconds of the score.

    bars: the first and the last one, counted from 1; None where an end is in mid-bar. snapped:
    whether other times were asked for, and these are the nearest bar lines.
    """

    start: float
    end: float
    instruments: tuple[Instrument, ...]
    bars: tuple[int, int] | None = None
    snapped: bool = False


@dataclass(frozen=True, slots=True)
class Rescore:
    """What a rescored piece keeps of an old score, and what is new.

    source: the folder of the old score. seconds, bars: that are kept whole. notes: that are kept,
    those beside new parts included. parts: that are kept whole. new: what was composed anew.
    seam, old_seam: how little the network expects the bar after the new and the old music, in nats
    a note. NaN where no kept bar follows.
    """

    source: str
    seconds: float
    bars: int
    notes: int
    parts: tuple[KeptPart, ...]
    new: tuple[NewPart, ...]
    seam: float
    old_seam: float


@dataclass(frozen=True, slots=True)
class ReportedChange:
    """A change of a live piece, and when its bar begins in seconds of the score."""

    change: LiveChange
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What ``report.json`` says.

    chords: times of the long chords in the MIDI itself, in seconds. hits: what the film asks for.
    frame, second: share of the boundaries with a chord of their own within 1/30 s and 1 s.
    precision: share of the chords with a boundary within 1 s.
    notes: how many each instrument plays.
    grid: share of onsets on the sixteenths of the tempo map.
    harmony: the measures of :func:`engine.metrics.harmony.evaluate`.
    originality: what each part shares with the songs that the network learnt from; None without
    their fingerprint.
    tempo: quarter notes a minute at the beginning. sections: the film's emotion, and why. dynamics,
    intensity: as requested. recut, rescore: what was kept of an old score; None for a piece that is
    all new. rendered: its sound and film; None without. theme: when the user's theme begins, each
    time, in seconds. changes: of a live piece; with the same seed they make it again.
    Shares are NaN (JSON: null) without boundaries or chords.
    """

    seed: int
    model: Model
    takes: Takes
    chords: tuple[float, ...]
    hits: tuple[MetHit, ...]
    frame: float
    second: float
    precision: float
    notes: dict[str, int]
    grid: float
    harmony: dict[str, float | None]
    originality: Originality | None
    tempo: float
    timings: Timings = field(default_factory=Timings)
    sections: tuple[Section, ...] = ()
    dynamics: float = 0.0
    humanize: float = 0.0
    expression: bool = False
    intensity: float = MU_MAX
    recut: Recut | None = None
    rendered: Rendered | None = None
    rescore: Rescore | None = None
    theme: tuple[float, ...] = ()
    changes: tuple[ReportedChange, ...] = ()


def report(cues: CueSheet, score: Score, seed: int, model: Model, takes: Takes) -> Report:
    """Measure a score against its cue sheet; not yet timed."""
    tempo = tempo_map(score)
    fingerprint = shipped_fingerprint()
    bars = tempo.seconds_at(tempo.bars).tolist()
    chords = find_chords(score.notes, tempo.beat_at)
    near = alignment(cues.boundaries, chords, SECOND)
    return Report(
        seed=seed,
        model=model,
        takes=takes,
        chords=chords,
        hits=tuple(
            MetHit(
                hit.seconds,
                cues.timecode(hit.seconds),
                hit.label,
                hit.must,
                min((chord - hit.seconds for chord in chords), key=abs, default=None),
            )
            for hit in cues.hits
        ),
        frame=alignment(cues.boundaries, chords, FRAME).recall,
        second=near.recall,
        precision=near.precision,
        notes={i.value: len(score.part(i)) for i in Instrument},
        grid=on_grid([note.onset for note in score.notes], tempo),
        harmony=harmony.evaluate(score, tempo),
        originality=None if fingerprint is None else check.originality(score, fingerprint, bars),
        tempo=60e6 / tempo.tempos[0].microseconds,
        sections=cues.sections,
    )
