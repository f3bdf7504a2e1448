import math

import pytest

from engine.metrics.features import FEATURES, describe
from engine.score import Instrument, Note, Score

B, D, G, P = Instrument.BASS, Instrument.DRUMS, Instrument.GUITAR, Instrument.PIANO
MAJOR, MINOR = (0, 4, 7), (0, 3, 7)


def chords(piece, shape: tuple[int, ...], roots: tuple[int, ...] = (60, 65, 67, 60)) -> Score:
    return piece(
        *((P, 2.0 * n, 2.0, root + step) for n, root in enumerate(roots) for step in shape)
    )


@pytest.mark.parametrize(("shape", "minor"), [(MAJOR, 0), (MINOR, 1)])
def test_triads_tell_the_mode(piece, shape: tuple[int, ...], minor: int) -> None:
    found = describe(chords(piece, shape))
    assert (found["minor"], found["minor_triads"]) == (minor, minor)
    assert found["triad_fit"] == pytest.approx(1)
    assert found["chord_changes"] == 3 / 15


def test_nothing_depends_on_the_key(piece) -> None:
    low = describe(chords(piece, MINOR, (60, 65, 67, 60)))
    high = describe(chords(piece, MINOR, (62, 67, 69, 62)))
    assert {n for n in FEATURES if low[n] != pytest.approx(high[n], nan_ok=True)} == {
        "piano_height", "highest",
    }  # fmt: skip


def test_note_density_does_not_matter(piece) -> None:
    """A piece at half the speed has the same features, except for its tempo."""
    notes = [(P, n * 0.5, 0.5, 60 + n % 3) for n in range(16)]
    fast = describe(piece(*notes))
    slow = describe(piece(*((who, 2 * t, 2 * n, p) for who, t, n, p in notes), seconds=16, bar=4.0))
    assert slow["bar_rate"] == fast["bar_rate"] - 1
    slow["bar_rate"] = fast["bar_rate"]
    different = {n for n in FEATURES if slow[n] != pytest.approx(fast[n], nan_ok=True)}
    assert different <= {"chord_changes", "chord_kinds", "triad_fit", "minor_triads"}


def test_power_chords_have_fifths_and_no_thirds(piece) -> None:
    found = describe(piece(*((G, 0, 2, pitch) for pitch in (40, 47, 52))))
    assert found["guitar_interval_5"] == 1 and found["guitar_interval_3"] == 0


def test_drums_and_positions_in_the_bar(piece) -> None:
    kit = [(D, t, 0.1, p) for t, p in ((0, 36), (0.5, 38), (1, 36), (1.5, 38))]
    found = describe(piece(*kit, (B, 0.25, 0.25, 40), (B, 2, 0.25, 40)))
    assert (found["drums_kick"], found["drums_snare"]) == (0.5, 0.5)
    assert (found["kick_on_one_and_three"], found["snare_on_two_and_four"]) == (1, 1)
    assert (found["bass_on_eighth"], found["bass_on_bar"]) == (0.5, 0.5)
    assert found["drums_bars"] == 1 / 4
    assert found["bass_repeats"] == 1


def test_features_of_what_is_absent_are_unknown() -> None:
    score = Score((Note(P, 0, 1, 60),), (), (), 4)
    found = describe(score)
    assert tuple(found) == FEATURES
    assert math.isnan(found["drums_kick"]) and math.isnan(found["bar_rate"])
    assert (found["piano_plays"], found["bass_plays"]) == (1, 0)
