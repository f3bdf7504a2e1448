"""Is music that is composed anew as good as whole pieces, and does what follows fit it?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from engine.benchmarks.measures import Line, Section
from engine.composing.config import GenerationConfig
from engine.composing.planned import compose_planned_takes
from engine.composing.takes import RatedTake, ranked
from engine.evaluation.request import Request, draw_emotion
from engine.model.runtime import Network
from engine.music.tempo import PPQ
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.plan import Plan
from engine.recut.music import OldMusic
from engine.rescore.regions import Region, clock_of, snapped_region
from engine.rescore.rescore import rescore
from engine.score import Score

SECONDS, GAP, TAKES = 60.0, 10.0, 4
"""The length of a piece and of what is composed anew in it, and the most takes to choose from."""
CHOICES = 2, TAKES
"""Numbers of takes of which the best is kept; the first is what a rescore composes by default."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A piece of which whole bars of some ten seconds were composed anew.

    whole: its rating. kept: whether all other notes stayed as they were. old: the likelihood of the
    bar after the gap before, in nats a note. takes: those composed without a look at what follows.
    ahead: those composed with it. seconds, cpu: what the latter took.
    """

    whole: float
    kept: bool
    old: float
    takes: list[RatedTake]
    ahead: list[RatedTake]
    seconds: float
    cpu: float


def rescoring(weights: Path, pieces: int, threads: int = 0) -> Section:
    """Compose pieces of a minute, and ten seconds of each anew."""
    network = Network(weights, "cpu", threads)
    trials = [trial(network, seed) for seed in range(pieces)]
    lines = [
        Line("kept notes that are identical, share of pieces", mean(t.kept for t in trials)),
        *_ratings(trials),
        *_seams(trials),
        Line("wall time", mean(t.seconds for t in trials), "s", 5),
        Line("CPU time", mean(t.cpu for t in trials), "s"),
    ]
    title = f"{GAP:g} s of a minute anew, {TAKES} takes (the shipped network), {pieces} pieces"
    return Section(title, tuple(lines))


def trial(network: Network, seed: int) -> Trial:
    """Compose a piece with its seed, and ten seconds of it anew with the next one."""
    rng = np.random.default_rng((seed, 22))
    hits = tuple(np.cumsum(rng.uniform(4.0, 11.0, 12)).round(2).tolist())
    request = Request(
        SECONDS, seed, *draw_emotion(rng), tuple(hit for hit in hits if hit < SECONDS - 4)
    )
    cues, plan = request.cues(), request.plan()
    config = GenerationConfig(seed, fingerprint=shipped_fingerprint())
    ((whole, rating),) = compose_planned_takes(cues, plan, network, config, 1)
    music = music_of(whole.score, plan)
    lines = [plan.seconds_at(line) for line in plan.bar_lines()]
    start = float(rng.choice([line for line in lines if 10 <= line <= SECONDS - GAP - 8]))
    region = snapped_region(Region(start, start + GAP), plan)
    again = GenerationConfig(seed + 1, fingerprint=shipped_fingerprint())
    blind = rescore(music, cues, plan, [region], network, again, TAKES, look_ahead=False)
    begun, cpu = time.perf_counter(), time.process_time()
    ahead = rescore(music, cues, plan, [region], network, again, TAKES)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    kept = _outside(music, plan, region)
    same = all(
        _outside(music_of(take.score, plan), plan, region) == kept for take, _ in ahead.takes
    )
    return Trial(rating.total, same, ahead.seam, blind.takes, ahead.takes, seconds, cpu)


def music_of(score: Score, plan: Plan) -> OldMusic:
    """The music of a score as its MIDI file has it."""
    clock = clock_of(plan)

    def ticks(seconds: list[float]) -> list[float]:
        return (clock.tick_at(seconds) / PPQ).tolist()

    onsets, ends = ticks([n.onset for n in score.notes]), ticks([n.end for n in score.notes])
    notes = (
        replace(note, onset=onset, end=end)
        for note, onset, end in zip(score.notes, onsets, ends, strict=True)
    )
    return OldMusic(tuple(notes), tuple(ticks(list(score.chords))), tuple(notes))


def _outside(music: OldMusic, plan: Plan, region: Region) -> list[object]:
    onsets = clock_of(plan).seconds_at([note.onset for note in music.notes]).tolist()
    notes = zip(music.notes, onsets, strict=True)
    return [note for note, at in notes if not region.holds(at)]


def _ratings(trials: list[Trial]) -> Iterator[Line]:
    wholes = [t.whole for t in trials]
    # Without the seam, which whole pieces do not have.
    every = [_plain(take) for t in trials for take in t.ahead]
    gains = [mean(map(_plain, t.ahead)) - t.whole for t in trials]
    yield Line("rating of whole pieces, one take", mean(wholes))
    yield Line("rating of rescored pieces, mean take", mean(every))
    for count in CHOICES:
        kept = [_plain(ranked(t.ahead[:count])[0]) for t in trials]
        yield Line(f"rating of rescored pieces, best of {count} takes", mean(kept))
    yield Line(
        "mean take over the whole piece", mean(gains),
        how=f"standard deviation {stdev(gains):.3f}" if len(gains) > 1 else "",
    )  # fmt: skip


def _plain(take: RatedTake) -> float:
    return replace(take[1], seam=None).total


def _seams(trials: list[Trial]) -> Iterator[Line]:
    yield Line("bar after the gap, nats a note: old music", mean(t.old for t in trials))
    for name, of in (("blind", "takes"), ("looking ahead", "ahead")):
        found = [getattr(t, of) for t in trials]
        every = mean(take.seam for takes in found for take, _ in takes)
        yield Line(f"bar after the gap, nats a note: {name}, mean take", every)
        for count in CHOICES:
            kept = mean(ranked(takes[:count])[0][0].seam for takes in found)
            yield Line(f"bar after the gap, nats a note: {name}, best of {count} takes", kept)
