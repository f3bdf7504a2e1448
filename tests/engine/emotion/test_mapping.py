import math

import numpy as np
import pytest

from engine.emotion.mapping import (
    SCALED,
    TABLE_I,
    UNIFORM,
    Gaussian,
    compare,
    mixture,
    mixture_mean,
    nearest_emotion,
    sample,
    scale,
)
from engine.errors import EmsyncError
from engine.section import EKMAN

METHODS = ("euclidean", "mahalanobis", "likelihood")


def chances(**given: float) -> dict[str, float]:
    return dict.fromkeys(EKMAN, 0.0) | given


def test_tables_list_the_emotions_in_ekmans_order() -> None:
    assert tuple(TABLE_I) == tuple(SCALED) == EKMAN


@pytest.mark.parametrize(
    ("emotion", "valence", "valence_sd", "arousal", "arousal_sd"),
    [  # Table I times 0.8 / 0.76 = 1.0526316, by hand
        ("anger", -0.536842, 0.210526, 0.621053, 0.305263),
        ("disgust", -0.631579, 0.210526, 0.368421, 0.431579),
        ("fear", -0.673684, 0.210526, 0.631579, 0.336842),
        ("joy", 0.8, 0.231579, 0.505263, 0.273684),
        ("sadness", -0.663158, 0.242105, -0.284211, 0.357895),
        ("surprise", 0.421053, 0.315789, 0.705263, 0.284211),
    ],
)
def test_scale_multiplies_means_and_deviations_by_one_coefficient(
    emotion: str, valence: float, valence_sd: float, arousal: float, arousal_sd: float
) -> None:
    g = SCALED[emotion]
    found = (g.valence, g.valence_sd, g.arousal, g.arousal_sd)
    assert found == pytest.approx((valence, valence_sd, arousal, arousal_sd), abs=1e-6)


def test_scaling_to_the_largest_mean_changes_nothing() -> None:
    assert scale(0.76) == TABLE_I


@pytest.mark.parametrize("mu_max", [0, -0.5, 1.01, math.nan])
def test_scale_refuses_a_mean_outside_0_to_1(mu_max: float) -> None:
    with pytest.raises(EmsyncError, match="mu_max"):
        scale(mu_max)


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        (chances(joy=1), (0.76, 0.48)),
        (chances(joy=0.5, sadness=0.5), (0.065, 0.105)),
        (chances(fear=0.25, surprise=0.75), (0.14, 0.6525)),
        (UNIFORM, (-0.203333, 0.403333)),
    ],
)
def test_mixture_mean_is_the_weighted_average_of_the_means(
    probabilities: dict[str, float], expected: tuple[float, float]
) -> None:
    assert mixture_mean(probabilities, TABLE_I) == pytest.approx(expected, abs=1e-6)


def test_mixture_deviation_includes_variance_within_and_between_emotions() -> None:
    whole = mixture(chances(joy=0.5, sadness=0.5), TABLE_I)
    # within: (0.22^2 + 0.23^2) / 2; between: (1.39 / 2)^2
    assert whole.valence_sd == pytest.approx(math.sqrt(0.05065 + 0.483025))


def test_rounded_probabilities_are_normalised() -> None:
    assert mixture_mean(dict.fromkeys(EKMAN, 0.166)) == pytest.approx(mixture_mean(UNIFORM))


@pytest.mark.parametrize(
    "probabilities",
    [
        {},
        {"joy": 1.0},
        chances(joy=1) | {"calm": 0.0},
        chances(joy=0.9),
        chances(joy=1.2, fear=-0.2),
        chances(joy=math.nan),
        chances(joy=math.inf),
    ],
)
def test_bad_probabilities_are_one_line_errors(probabilities: dict[str, float]) -> None:
    for use in (mixture_mean, lambda p: sample(p, np.random.default_rng(0))):
        with pytest.raises(EmsyncError, match=r"^probabilities [^\n]+$"):
            use(probabilities)


def test_samples_have_the_moments_of_the_mixture() -> None:
    rng = np.random.default_rng(1)
    drawn = np.array([sample(chances(anger=0.5, surprise=0.5), rng) for _ in range(4000)])
    whole = mixture(chances(anger=0.5, surprise=0.5))
    assert drawn.mean(axis=0) == pytest.approx((whole.valence, whole.arousal), abs=0.04)
    assert drawn[:, 0].std() == pytest.approx(whole.valence_sd, abs=0.04)


def test_samples_stay_on_the_plane_and_repeat_with_their_seed() -> None:
    def draws(seed: int) -> list[tuple[float, float]]:
        rng = np.random.default_rng(seed)
        return [sample(chances(joy=1), rng, scale(1)) for _ in range(200)]

    assert np.max(draws(3)) == 1.0
    assert draws(3) == draws(3) != draws(4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("table", [TABLE_I, SCALED])
@pytest.mark.parametrize("emotion", EKMAN)
def test_a_mean_maps_back_to_its_emotion(method, table, emotion: str) -> None:
    mean = table[emotion]
    assert nearest_emotion(mean.valence, mean.arousal, method, table) == emotion


@pytest.mark.parametrize(
    ("point", "nearest"),
    [
        ((0.9, 0.4), ("joy", "joy", "joy")),
        ((-0.65, -0.5), ("sadness", "sadness", "sadness")),
        ((-0.61, 0.51), ("anger", "disgust", "anger")),
        ((-0.63, 0.42), ("disgust", "disgust", "anger")),
        ((-0.12, 0.29), ("disgust", "surprise", "anger")),
    ],
)
def test_the_methods_differ_between_the_means(
    point: tuple[float, float], nearest: tuple[str, ...]
) -> None:
    assert tuple(nearest_emotion(*point, method) for method in METHODS) == nearest


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("euclidean", 0.5),
        ("mahalanobis", math.hypot(0.3 / 0.22, 0.4 / 0.26)),
        ("likelihood", math.exp(-0.5 * 4.226368) / (2 * math.pi * 0.22 * 0.26)),
    ],
)
def test_compare_agrees_with_values_computed_by_hand(method, expected: float) -> None:
    compared = compare(0.46, 0.08, method, TABLE_I)
    assert tuple(compared) == EKMAN
    assert compared["joy"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("point", [(1.1, 0), (0, -3), (math.nan, 0)])
def test_points_off_the_plane_are_refused(point: tuple[float, float]) -> None:
    with pytest.raises(EmsyncError, match="plane"):
        nearest_emotion(*point)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="cosine"):
        compare(0, 0, "cosine")  # type: ignore[arg-type]


def test_widened_adds_variances() -> None:
    wide = Gaussian(0.1, 0.3, 0.2, 0.5).widened(0.4, 1.2)
    assert (wide.valence_sd, wide.arousal_sd) == pytest.approx((0.5, 1.3))
