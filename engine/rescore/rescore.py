"""Compose regions of a score anew, and choose the take that what follows fits best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.composing.config import SHORT_CONTEXT, GenerationConfig
from engine.composing.infill import Given, with_given
from engine.composing.planned import planned_asked, planned_takes
from engine.composing.takes import RatedTake, rating_of
from engine.cues import CueSheet
from engine.model.runtime import Network
from engine.plan.plan import Plan
from engine.recut.music import OldMusic
from engine.rescore.following import following_models
from engine.rescore.regions import Region, given_music


@dataclass(frozen=True, slots=True)
class Rescored:
    """takes: in the order of their numbers. given: what was kept. seam: the likelihood of what
    follows in the old score, in nats a note as in the takes; NaN where nothing follows, and where
    the old score has other beats."""

    takes: list[RatedTake]
    given: Given
    seam: float


def rescore(
    music: OldMusic,
    cues: CueSheet,
    plan: Plan,
    regions: Sequence[Region],
    network: Network,
    config: GenerationConfig,
    count: int,
    progress: Callable[[float], None] | None = None,
    look_ahead: bool = True,
) -> Rescored:
    """Compose ``count`` takes of some regions of a score, each with its rating.

    music: of the old score. plan: has the beats of the old score's plan; the rest may differ.
    config: seed and sampling. progress: called with the seconds of music so far, of ``count + 1``
    times the film. look_ahead: take up themes that come again later
    (:func:`~engine.rescore.following.following_models`).

    The bar after each region is kept music. The network says how likely it finds that bar after
    each take, and after the old music. The part ``seam`` of a take's rating compares both.
    """
    given = given_music(music, plan, regions)
    old = given_music(music, plan, ())
    return compose_regions(
        given, cues, plan, regions, network, config, count, progress, look_ahead, old
    )


def compose_regions(
    given: Given,
    cues: CueSheet,
    plan: Plan,
    regions: Sequence[Region],
    network: Network,
    config: GenerationConfig,
    count: int,
    progress: Callable[[float], None] | None = None,
    look_ahead: bool = True,
    old: Given | None = None,
) -> Rescored:
    """Compose ``count`` takes of some regions around given music, each with its rating.

    old: all of the old music, if its beats are those of the plan; then ``count + 1`` times the film
    is played. None leaves the part ``seam`` out of the rating. Arguments else as for ``rescore``.
    """
    around = tuple(seams(plan, regions))
    config = replace(config, given=given, seams=around, context=SHORT_CONTEXT, keep_reading=True)
    takes = [replace(config, take=number) for number in range(count)]
    compared = [] if old is None else [replace(config, given=old)]
    models = following_models(plan, regions, given) if look_ahead else None
    played = planned_takes(cues, plan, network, [*takes, *compared], progress, recall=models)
    usual = played[-1].seam if compared else math.nan
    asked = planned_asked(plan, cues)
    rated = []
    for take in played[:count]:
        take = replace(take, score=with_given(take.score, given))
        rating = rating_of(take, asked, config.fingerprint)
        rated.append((take, replace(rating, seam=seam_worth(take.seam, usual))))
    return Rescored(rated, given, usual)


def seams(plan: Plan, regions: Sequence[Region]) -> list[tuple[float, float]]:
    """The bar after each region, in seconds, up to the next region."""
    found = []
    for region in regions:
        beat = float(plan.clock.ticks(region.end))
        following = [other.start for other in regions if other.start >= region.end]
        end = min([plan.seconds_at(beat + plan.usual_bar), plan.duration, *following])
        if end > region.end:
            found.append((region.end, end))
    return found


def seam_worth(nll: float, usual: float) -> float | None:
    """How good a seam is, 0..1: 1 where what follows is as likely as after the old music.

    nll, usual: of both, in nats a note. None if one is unknown.
    """
    if math.isnan(nll) or math.isnan(usual):
        return None
    return min(1.0, math.exp(usual - nll))
