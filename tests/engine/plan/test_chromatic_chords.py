from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from engine.plan.chromatic_chords import (
    MOST,
    RAREST_STEP,
    draw_share,
    is_chromatic,
    with_chromatic_chords,
)
from engine.plan.harmony import draw_progression, draw_qualities

COUNTED = json.loads(files("engine.plan").joinpath("progressions.json").read_text("utf-8"))


@pytest.fixture(params=[False, True], ids=["major", "minor"])
def minor(request) -> bool:
    return request.param


def progression(rng: np.random.Generator, minor: bool):
    return draw_qualities(rng, minor, draw_progression(rng, minor, True))


@pytest.mark.parametrize(
    ("name", "minor", "chromatic"),
    [
        ("0", False, False),
        ("9:m", False, False),
        ("7:7", False, False),
        ("2:7", False, True),
        ("5:m", False, True),
        ("10", False, True),
        ("10", True, False),
        ("7:7", True, True),
        ("1:maj7", True, True),
    ],
)
def test_a_chord_is_chromatic_if_a_note_is_outside_the_key(name, minor, chromatic):
    assert is_chromatic(name, minor) == chromatic


def test_every_chromatic_chord_comes_and_goes_as_in_songs(minor):
    rng = np.random.default_rng(0)
    steps = COUNTED["minor" if minor else "major"]["steps"]
    changed = 0
    for _ in range(200):
        before = progression(rng, minor)
        after = with_chromatic_chords(rng, minor, before, 1.0)
        assert after[0] == before[0] and len(after) == len(before)
        line = [name for bar in (*after, after[0]) for name in bar]
        kept = {name for bar in before for name in bar}
        for last, name, following in zip(line, line[1:], line[2:], strict=False):
            if name not in kept:
                assert is_chromatic(name, minor)
                assert name in steps[last]
                assert steps[name][following] >= RAREST_STEP * sum(steps[name].values())
                changed += 1
    assert changed > 200


def test_no_share_changes_nothing(minor):
    rng = np.random.default_rng(0)
    before = progression(rng, minor)
    assert with_chromatic_chords(rng, minor, before, 0.0) == before


def test_pieces_differ_in_how_chromatic_they_are():
    rng = np.random.default_rng(0)
    shares = [draw_share(rng) for _ in range(1000)]
    assert min(shares) < 0.01 and 0.95 * MOST < max(shares) <= MOST
