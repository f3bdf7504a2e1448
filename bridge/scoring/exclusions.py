"""Options of a piece that do not go together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from engine.errors import EmsyncError


class Exclusion(NamedTuple):
    """Options that do not go with another one, and the reason, as an error ends."""

    option: str
    others: tuple[str, ...]
    reason: str


EXCLUSIONS = (
    Exclusion("cues", ("start", "end"), "the cue sheet has its own; leave out one or the other"),
    Exclusion(
        "cues",
        ("sensitivity", "min_distance"),
        "the cue sheet has its own cuts; leave it out, or analyze the film again",
    ),
    Exclusion(
        "cues",
        ("experts", "mapping", "listen_to_music", "emotion_network"),
        "the cue sheet has its own emotions; leave it out, or analyze the film again",
    ),
    Exclusion(
        "boundaries",
        ("min_distance",),
        "boundaries are used as given; leave out one or the other",
    ),
    Exclusion(
        "plan",
        ("bpm", "time_signature", "feel", "key", "density", "chords", "instruments", "tempo_map"),
        "the plan has its own; leave it out, or change the plan",
    ),
    Exclusion("plan", ("free",), "a plan has its own time; leave out one or the other"),
    Exclusion(
        "free",
        ("bpm", "time_signature", "feel", "chords", "tempo_map"),
        "a piece in free time has none; leave it out, or leave out free",
    ),
    Exclusion(
        "spotting",
        ("plan", "tempo_map"),
        "a film with a spotting list is planned cue by cue; leave it out",
    ),
    Exclusion(
        "spotting",
        ("theme",),
        "a film with a spotting list has pieces of their own; score one cue by itself",
    ),
    Exclusion(
        "spotting",
        ("live",),
        "a film with a spotting list plays once it is done; leave it out",
    ),
    Exclusion("spotting", ("changes",), "a film with a spotting list has none; leave it out"),
    Exclusion("theme", ("free",), "a theme needs a plan; leave out one of them"),
    Exclusion("theme", ("live",), "a piece with a theme plays once it is done; leave it out"),
    Exclusion("theme", ("changes",), "a piece with a theme has none; leave it out"),
    Exclusion("changes", ("free",), "a piece in free time has no bars to change at; leave it out"),
    Exclusion("changes", ("live",), "with changes a piece plays once it is done; leave it out"),
)


def check_exclusions(given: Collection[str]) -> None:
    """Raises EmsyncError for the first two of these options that do not go together."""
    for option, others, reason in EXCLUSIONS:
        if option in given:
            refuse(given, others, reason)


def refuse(given: Collection[str], names: Iterable[str], reason: str) -> None:
    """Raises EmsyncError for the first of these options that was given."""
    for name in names:
        if name in given:
            raise EmsyncError(f"{name}: {reason}")
