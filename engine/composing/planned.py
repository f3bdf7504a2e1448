"""Compose a planned piece: in music time, with the plan's arrangement, and back in film time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.infill import with_given
from engine.composing.listener import Listener
from engine.composing.loop import compose_all
from engine.composing.takes import RatedTake, asked_of, rating_of
from engine.cues import CueSheet
from engine.model.runtime import Network
from engine.music.arrangement import Recall
from engine.music.conditions import UNKNOWN
from engine.music.vocabulary import INSTRUMENTS
from engine.plan.plan import Plan, mean_density
from engine.plan.timing import Timing
from engine.rating.rating import Asked, Players
from engine.score import Note


def planned_config(
    plan: Plan, config: GenerationConfig, recall: Recall | None = None
) -> GenerationConfig:
    """How to compose for a plan, in music time.

    config: seed, sampling, and given music in film time; the plan says the rest. recall: the piece
    that this one varies; None for a piece of its own.
    """
    timing = Timing(plan)
    given = config.given
    players = {instrument for phrase in plan.phrases for instrument in phrase.instruments}
    return replace(
        config,
        instruments=tuple(i for i in INSTRUMENTS if not plan.phrases or i in players),
        conditions=timing.conditions,
        sections=timing.phrase_conditions(),
        arrangement=replace(timing.arrangement, recall=recall),
        given=None if given is None else given.moved(timing.music_time),
        seams=tuple((timing.music_time(a), timing.music_time(b)) for a, b in config.seams),
    )


def compose_planned_takes(
    cues: CueSheet,
    plan: Plan,
    network: Network,
    config: GenerationConfig,
    count: int,
    progress: Callable[[float], None] | None = None,
    listener: Listener | None = None,
    recall: Recall | None = None,
) -> list[RatedTake]:
    """Compose ``count`` takes for a plan, each with its rating. All times are those of the film.

    config: seed, sampling, and given music, whose notes are kept to the letter. progress, listener:
    as for :func:`engine.composing.takes.compose_takes`. recall: as for ``planned_config``.
    """
    configs = [replace(config, take=take) for take in range(count)]
    takes = planned_takes(cues, plan, network, configs, progress, listener, recall)
    asked = planned_asked(plan, cues)
    rated = []
    for take in takes:
        if config.given is not None:
            take = replace(take, score=with_given(take.score, config.given))
        rated.append((take, rating_of(take, asked, config.fingerprint)))
    return rated


def planned_takes(
    cues: CueSheet,
    plan: Plan,
    network: Network,
    configs: Sequence[GenerationConfig],
    progress: Callable[[float], None] | None = None,
    listener: Listener | None = None,
    recall: Recall | None = None,
) -> list[Take]:
    """Compose a piece for a plan by each config, all at once; not rated. Times are the film's.

    Arguments else as for :func:`compose_planned_takes`. Given notes are at the nearest steps.
    """
    timing = Timing(plan)
    pace = cues.duration / timing.music_time(cues.duration)
    music_cues = timing.music_cues(cues)
    takes = compose_all(
        [(music_cues, planned_config(plan, config, recall)) for config in configs],
        network,
        None if progress is None else lambda seconds: progress(seconds * pace),
        None if listener is None else in_film_time(listener, timing, cues.duration),
    )
    return [replace(take, score=timing.film_score(take.score)) for take in takes]


def planned_asked(plan: Plan, cues: CueSheet) -> Asked:
    """What takes for a plan are rated against, in film time."""
    starts = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]
    stretches = pairwise([*starts, plan.duration])
    players = tuple(
        Players(start, end, phrase.instruments)
        for phrase, (start, end) in zip(plan.phrases, stretches, strict=True)
    )
    density = mean_density(plan) if plan.phrases else UNKNOWN
    return asked_of(cues, players, density, plan.last_chord is not None)


def in_film_time(listener: Listener, timing: Timing, duration: float) -> Listener:
    """A listener of music time that hands on everything in film time.

    duration: of the film, in seconds. The last call gives exactly this time.
    """
    end = timing.music_time(duration)

    def listen(notes: tuple[Note, ...], chords: tuple[float, ...], until: float) -> None:
        film = duration if until >= end else min(timing.film_time(until), duration)
        listener(timing.film_notes(notes), tuple(map(timing.film_time, chords)), film)

    return listen
