import math

import numpy as np
import pytest

from engine.evaluation.controls import (
    evaluate,
    main_metre,
    main_tempo,
    measure_conditions,
    requests,
)
from engine.music.conditions import ALL, EMOTION, KEYS, METRES, Conditions
from engine.music.tempo import Metre, Tempo, TempoMap


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_requests_ask_for_density_alone_and_only_for_known_controls(
    rng: np.random.Generator,
) -> None:
    asked = requests(3, ALL, rng)
    assert len(asked) == 6
    assert not math.isnan(asked[0].conditions.tempo + asked[0].conditions.key)
    assert math.isnan(asked[0].conditions.density) and math.isnan(asked[5].conditions.tempo)
    assert requests(3, EMOTION, rng) == []


def test_main_tempo_and_metre_are_those_that_last_longest() -> None:
    tempi = TempoMap(
        (Tempo(0, 500_000), Tempo(960 * 8, 1_000_000)),
        (Metre(0, 4, 4), Metre(960 * 8, 3, 4)),
        (0.0,),
    )
    assert main_tempo(tempi, 6) == main_tempo(tempi, 7.9) == 120
    assert main_tempo(tempi, 8.1) == 60
    assert (main_metre(tempi, 11), main_metre(tempi, 13)) == ("4/4", "3/4")


def test_conditions_are_measured(scale) -> None:
    found = measure_conditions(scale(0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0, 0, 7, 4, 0, 0))
    assert KEYS[int(found.key)] == "C major"
    assert METRES[int(found.metre)] == "4/4"
    assert (found.tempo, found.density) == (pytest.approx(120), 2.0)


def test_found_conditions_are_compared_with_the_requested(scale, rng: np.random.Generator) -> None:
    c_major = scale(0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0, 0, 7, 4, 0, 0)
    conditions = [
        Conditions(tempo=118, key=KEYS.index("C major"), density=2),
        Conditions(tempo=60, key=KEYS.index("A minor"), density=4),
        Conditions(tempo=90, key=KEYS.index("C minor"), metre=METRES.index("3/4")),
        Conditions(),
    ]
    label = Conditions(tempo=120).vector(ALL)
    report = evaluate([(asked, c_major) for asked in conditions], [(label, c_major)], rng)
    assert report["tempo"]["value"] == report["key"]["value"] == pytest.approx(1 / 3)
    assert report["tempo"]["half_or_double"]["value"] == pytest.approx(1 / 3)
    assert report["key"]["same_scale"]["value"] == pytest.approx(2 / 3)
    assert (report["metre"]["value"], report["metre"]["n"]) == (0, 1)
    assert report["density"]["median_ratio"] == pytest.approx(2**-0.5)
    assert report["tempo"]["pairs"][0] == [118, pytest.approx(120)]
    assert report["songs"]["tempo"]["value"] == 1
