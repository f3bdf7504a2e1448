from __future__ import annotations

import numpy as np
import pytest

from engine.performance import features, style
from engine.performance.passage import NO_PLACE, bar_places, order, passage
from engine.score import BeatMap


def notes_of(score):
    return passage(sorted(score.notes, key=order), bar_places(score.beat_map))


@pytest.mark.parametrize("planned", [True, False])
def test_every_feature_is_below_its_size(played, planned):
    found = features.features(notes_of(played(planned=planned)))
    assert found.shape == (len(played().notes), features.COUNT)
    assert (found >= 0).all() and (found < features.SIZES).all()


@pytest.mark.parametrize("cut", [1, 17, 40])
def test_features_with_what_is_still_needed_equal_those_of_the_whole(played, cut):
    whole = notes_of(played())
    # Notes of one instant belong together.
    first = int(np.searchsorted(whole.onset, whole.onset[cut]))
    early, later = whole[:first], whole[first:]
    needed = early[features.still_needed(early)]
    found = features.features(needed + later)[len(needed) :]
    assert (found == features.features(whole)[first:]).all()


def test_no_feature_looks_beyond_its_instant(played):
    whole = notes_of(played())
    first = int(np.searchsorted(whole.onset, 5.0))
    assert (features.features(whole[:first]) == features.features(whole)[:first]).all()


def test_places_in_bars_of_a_piece_that_changes_tempo_and_metre():
    places = bar_places(BeatMap((0.0, 4.0, 10.0), (0.0, 4.0, 7.0), ((4, 4), (3, 4))))
    found = places(np.array([0.0, 3.5, 4.0, 5.0, 5.5, 7.5, 9.0]))
    np.testing.assert_allclose(found, [0.0, 3.5, 0.0, 2.0, 0.0, 1.0, 1.0], atol=1e-9)


def test_without_beats_no_place_is_known(played):
    assert (notes_of(played(planned=False)).place == NO_PLACE).all()


def test_a_level_that_is_not_asked_for_has_a_feature_of_its_own():
    part, known = np.arange(5), np.full(5, 80.0)
    asked = style.features(part, known, known)
    open_ = style.features(part, np.full(5, np.nan), np.full(5, np.nan))
    for found in (asked, open_):
        assert (found >= 0).all() and (found < style.SIZES).all()
    assert (asked != open_).all()
