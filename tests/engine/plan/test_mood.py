from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from engine.music.conditions import DENSEST, SPARSEST
from engine.plan import mood
from engine.plan.plan import DYNAMICS, REGISTERS
from engine.score import Instrument

AROUSALS = np.linspace(-1, 1, 41).tolist()
MARKS = list(DYNAMICS)


def test_pleasant_is_major_and_unpleasant_is_minor():
    assert mood.minor_share(-1.0) == mood.minor_share(-0.5) == 1.0
    assert mood.minor_share(1.0) == mood.minor_share(0.5) == 0.0
    assert 0 < mood.minor_share(0.0) < 1
    shares = [mood.minor_share(valence) for valence in AROUSALS]
    assert shares == sorted(shares, reverse=True)


def test_density_rises_with_arousal_and_players_within_what_the_network_knows():
    for players in range(1, 6):
        found = [mood.density(0.0, arousal, players) for arousal in AROUSALS]
        assert all(a < b for a, b in pairwise(found))
        assert found[0] > SPARSEST and found[-1] < DENSEST
    for arousal in AROUSALS:
        found = [mood.density(0.0, arousal, players) for players in range(1, 6)]
        assert all(a < b for a, b in pairwise(found))


def test_unpleasant_lies_low_and_pleasant_lies_high():
    found = [mood.register(valence) for valence in (-0.8, 0.0, 0.8)]
    assert found == list(REGISTERS)


def test_calm_is_sparse_and_has_fewer_players_however_pleasant_it_is():
    calm, excited = (mood.players(mood.level(0.8, arousal), 5) for arousal in (-0.8, 0.8))
    assert calm < excited == 5
    assert mood.players(mood.level(-0.8, 0.8), 5) == 5
    assert 1.8 * mood.density(0.8, -0.8, calm) < mood.density(-0.8, 0.8, 5)


def test_pleasant_music_is_denser_and_has_more_players():
    assert mood.density(0.6, 0.1, 5) > mood.density(-0.6, 0.1, 5)
    assert mood.level(0.6, -0.2) > mood.level(-0.6, -0.2)
    assert mood.players(mood.level(0.6, 0.0), 5) >= mood.players(mood.level(-0.8, -0.1), 5)


def test_excited_is_loud():
    found = [MARKS.index(mood.dynamics(arousal)) for arousal in AROUSALS]
    assert found == sorted(found) and found[0] < found[-1]


def test_louder_is_a_step_and_ends_at_the_marks_there_are():
    for arousal in AROUSALS:
        mark = MARKS.index(mood.dynamics(arousal))
        assert mood.dynamics(arousal, 1) == MARKS[min(mark + 1, len(MARKS) - 1)]
        assert mood.dynamics(arousal, -9) == "pp" and mood.dynamics(arousal, 9) == "ff"


PITCHED = tuple(instrument for instrument in Instrument if instrument is not Instrument.DRUMS)


def test_everyone_who_may_play_enters_once():
    for arousal in AROUSALS:
        for count in range(1, 5):
            for available in combinations(PITCHED, count):
                order = mood.entry_order(arousal, available)
                assert set(order) == set(available) and len(order) == count


def test_drums_play_more_where_music_is_pleasant_or_excited():
    grid = (-1.0, -0.5, 0.0, 0.5, 1.0)
    shares = [[mood.drum_bars(v, a) for v in grid] for a in grid]
    assert all(row == sorted(row) for row in shares)
    assert all(list(column) == sorted(column) for column in zip(*shares, strict=True))
    assert shares[0][0] == mood.FEWEST_DRUM_BARS and shares[-1][-1] == 1.0


@pytest.mark.parametrize(
    "emotion", [(-0.8, -0.8), (0.8, -0.8), (0.0, 0.0), (-0.8, 0.8), (0.8, 0.8)]
)
def test_a_phrase_alone_has_somebody_to_play_it_and_drums_where_most_bars_have_them(emotion):
    for count in range(1, 6):
        for available in combinations(Instrument, count):
            playing = mood.phrase_players(*emotion, available)
            assert playing and set(playing) <= set(available)
            assert list(playing) == [i for i in Instrument if i in playing]
            if available != (Instrument.DRUMS,):
                many = mood.drum_bars(*emotion) > 0.5 and Instrument.DRUMS in available
                assert (Instrument.DRUMS in playing) == many
    assert len(mood.phrase_players(-0.8, -0.8, tuple(Instrument))) == 3
    assert mood.phrase_players(0.8, 0.8, tuple(Instrument)) == tuple(Instrument)


@pytest.mark.parametrize("available", range(1, 5))
def test_calm_has_fewer_players_and_someone_always_plays(available):
    counts = [mood.players(arousal, available) for arousal in AROUSALS]
    assert counts == sorted(counts)
    assert counts[0] >= 1 and counts[-1] == available
    assert available < 4 or counts[0] < available


def test_notes_are_detached_where_music_is_joyful_and_connected_where_it_is_sad():
    assert mood.brightness(1.0, 1.0) == pytest.approx(1.0)
    assert mood.brightness(-1.0, -1.0) == pytest.approx(-1.0)
    assert mood.brightness(np.nan, np.nan) == 0.0
    # Valence counts for more.
    assert mood.brightness(0.5, -0.5) > 0.0 > mood.brightness(-0.5, 0.5)
