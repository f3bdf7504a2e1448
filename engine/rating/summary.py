"""How a take differs from others, in a few words."""

from __future__ import annotations

from collections import Counter

from engine.music.conditions import KEYS
from engine.music.key import find_key
from engine.rating.rating import Rating
from engine.score import Instrument, Score

AUDIBLE = 0.05
"""By how much a part of two ratings must differ to be named."""


def describe(score: Score) -> str:
    """The key, the density and who leads: ``A minor, 9.8 notes a second, guitar leads``.

    The key is that of the plan, else the one that fits. The part with the most notes leads; drums
    and bass do not count.
    """
    words = [*_key(score), f"{len(score.notes) / score.duration:.1f} notes a second"]
    rhythm = (Instrument.DRUMS, Instrument.BASS)
    counts = Counter(n.instrument for n in score.notes if n.instrument not in rhythm)
    if counts:
        leader = max(counts, key=lambda instrument: counts[instrument])
        verb = "lead" if leader is Instrument.STRINGS else "leads"
        words.append(f"{leader.value} {verb}")
    return ", ".join(words)


def weakest(rating: Rating, best: Rating) -> str:
    """The part of the rating that costs a take most beside the best one; empty if none does."""
    mine, theirs = rating.parts, best.parts
    losses = {
        name: (theirs[name] - value) * rating.weights[name]
        for name, value in mine.items()
        if name in theirs and theirs[name] - value >= AUDIBLE
    }
    return max(losses, key=lambda name: losses[name], default="")


def _key(score: Score) -> list[str]:
    if score.keys:
        return [score.keys[-1][1]]
    notes = [n for n in score.notes if n.instrument is not Instrument.DRUMS]
    found = find_key([n.pitch for n in notes], [n.end - n.onset for n in notes])
    return [] if found != found else [KEYS[int(found)]]
