"""Chords from outside the key: secondary dominants, and chords borrowed from the other mode.

Four bars that many songs share have few of them: the commonest phrases are the plainest ones. In
songs, one chord in ten has a note from outside the key. So some chords of a progression give way
to such a chord, in the whole bar or in its second half. It is drawn from the chords to which songs
go from the chord before, and from which they go to the chord after (``steps`` of
``progressions.json``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.music.chord_symbols import QUALITIES
from engine.music.key import scale
from engine.plan.harmony import Bar, draw, progressions, root_of

MOST = 0.6
"""The most of a piece's bars that get such a chord. Pieces differ: some have none."""
WHOLE_BAR = 0.5
"""How often the chord takes the whole bar."""
RAREST_STEP = 0.05
"""The least share of songs' steps from such a chord that go to the next one. A dominant, for
instance, does not go to the subdominant."""
UP_A_FOURTH = 5
"""Semitones by which a dominant's root leads up."""


def draw_share(rng: np.random.Generator) -> float:
    """How many of a piece's bars get a chromatic chord, 0..1."""
    return float(rng.uniform(0, MOST))


def is_chromatic(name: str, minor: bool) -> bool:
    """Whether a chord, such as ``2:7``, has a note from outside the key."""
    _, _, quality = name.partition(":")
    notes = {(root_of(name) + step) % 12 for step in QUALITIES[quality]}
    return not notes <= scale(12 if minor else 0)


def with_chromatic_chords(
    rng: np.random.Generator, minor: bool, phrase: Sequence[Bar], share: float
) -> tuple[Bar, ...]:
    """A progression with chromatic chords in this share of its bars; its first bar stays.

    phrase: bars of chords, roots in semitones above the tonic. It counts as repeated: after the
    last bar comes the first.
    """
    bars = list(phrase)
    changed = False
    for number in range(1, len(bars)):
        drawn, whole = rng.random() < share, rng.random() < WHOLE_BAR
        # The chord before was chosen to go to the first chord of this bar, which then stays.
        whole = whole and not changed
        changed = False
        if not drawn or len(bars[number]) > 1:
            continue
        before = (bars[number - 1] if whole else bars[number])[-1]
        after = bars[(number + 1) % len(bars)][0]
        fitting = _between(minor, before, after)
        if fitting:
            chord = draw(rng, fitting)
            bars[number] = (chord,) if whole else (*bars[number], chord)
            changed = True
    return tuple(bars)


def _between(minor: bool, before: str, after: str) -> dict[str, float]:
    """The chromatic chords that songs have between two chords, and their weights."""
    steps = progressions(minor).steps
    found = {}
    for name, count in steps.get(before, {}).items():
        onward = steps.get(name, {})
        share = onward.get(after, 0) / max(sum(onward.values()), 1)
        if share >= RAREST_STEP and is_chromatic(name, minor) and _differs(name, before, after):
            found[name] = count * share
    return found


def _differs(name: str, before: str, after: str) -> bool:
    """Whether a chord is more than another form of a chord beside it."""
    if name in (before, after):
        return False
    leads = (root_of(name) + UP_A_FOURTH) % 12 == root_of(after)
    return leads or root_of(name) not in (root_of(before), root_of(after))
