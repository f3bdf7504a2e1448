"""Several takes of one piece, and the best of them.

Takes of one seed differ: one moves where another stands still, or fits its emotion better.
:mod:`engine.rating` states what counts as good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.listener import Listener
from engine.composing.loop import compose_all
from engine.cues import CueSheet
from engine.model.runtime import Network
from engine.music.conditions import UNKNOWN
from engine.originality.check import originality
from engine.originality.fingerprint import Fingerprint
from engine.plan.section_emotion import mean_emotion
from engine.rating.rating import Asked, Felt, Players, Rating, rate

RatedTake = tuple[Take, Rating]
GUIDED = 1.24, 0.03
"""Slope and start of the line from a take's NLL to what the network alone gives its tokens.

Guidance and rules make tokens likelier. Of 28 takes the network read both ways, r = .99.
"""


def compose_takes(
    cues: CueSheet,
    network: Network,
    config: GenerationConfig,
    count: int,
    progress: Callable[[float], None] | None = None,
    listener: Listener | None = None,
) -> list[RatedTake]:
    """Compose ``count`` takes at once in free time, each with its rating.

    progress: called with the seconds of music composed so far, all takes together.
    listener: follows the first take while it is composed.
    """
    takes = drawn_takes(cues, network, config, count, progress, listener)
    asked = free_asked(cues, config)
    return [(take, rating_of(take, asked, config.fingerprint)) for take in takes]


def rating_of(take: Take, asked: Asked, fingerprint: Fingerprint | None) -> Rating:
    """Rate a take. fingerprint: of the songs that it should not share passages with."""
    original = None if fingerprint is None else originality(take.score, fingerprint).share
    return rate(take.score, asked, surprise(take), original)


def drawn_takes(
    cues: CueSheet,
    network: Network,
    config: GenerationConfig,
    count: int,
    progress: Callable[[float], None] | None = None,
    listener: Listener | None = None,
) -> list[Take]:
    """Compose ``count`` takes at once, in the time of the cue sheet; not rated."""
    requests = [(cues, replace(config, take=take)) for take in range(count)]
    return compose_all(requests, network, progress, listener)


def surprise(take: Take) -> float:
    """The network's NLL of a take as songs are measured, in nats a token; NaN if none was drawn."""
    slope, start = GUIDED
    return slope * take.nll + start if take.nll > 0 else UNKNOWN


def free_asked(cues: CueSheet, config: GenerationConfig) -> Asked:
    """What takes in free time are rated against."""
    return asked_of(cues, (Players(0.0, cues.duration, config.instruments),))


def asked_of(
    cues: CueSheet, players: tuple[Players, ...], density: float = UNKNOWN, ends: bool = True
) -> Asked:
    """What takes for a cue sheet are rated against: its boundaries, and its emotion."""
    valence, arousal = mean_emotion(cues.sections)
    felt = tuple(Felt(s.start, s.end, s.valence, s.arousal) for s in cues.sections)
    sections = felt if len(felt) > 1 else ()
    return Asked(players, cues.boundaries, density, valence, arousal, ends, sections)


def ranked(takes: Sequence[RatedTake]) -> list[RatedTake]:
    """The takes, the best first; of equals, the earlier first."""
    return sorted(takes, key=lambda take: -take[1].total)
