from __future__ import annotations

import math

import numpy as np
import pytest

from engine.composing.sampling import Sampling, choose, surprise
from engine.errors import EmsyncError

LOGITS = np.log(np.array([0.1, 0.5, 0.05, 0.35], np.float32))
ANY = np.ones(4, bool)


def one(logits: np.ndarray, allowed: np.ndarray, sampling: Sampling, rng) -> int:
    """A token of a single row."""
    (token,) = choose(np.where(allowed, logits, -np.inf)[None], [sampling], [rng])
    return token


def drawn(sampling: Sampling, allowed=ANY, times: int = 400) -> list[float]:
    """Share of draws for each token."""
    rng = np.random.default_rng(0)
    draws = [one(LOGITS, allowed, sampling, rng) for _ in range(times)]
    return (np.bincount(draws, minlength=4) / times).tolist()


def test_tokens_are_drawn_as_often_as_they_are_likely():
    assert drawn(Sampling(1.0, 1.0), times=4000) == pytest.approx([0.1, 0.5, 0.05, 0.35], abs=0.03)


@pytest.mark.parametrize(
    ("top_p", "tokens"),
    [(0.01, {1}), (0.6, {1}), (0.84, {1}), (0.86, {1, 3}), (0.96, {0, 1, 3}), (1.0, {0, 1, 2, 3})],
)
def test_the_token_that_crosses_top_p_is_out(top_p, tokens):
    assert {t for t, share in enumerate(drawn(Sampling(1.0, top_p))) if share} == tokens


def test_temperature_bends_the_odds():
    likeliest = [drawn(Sampling(t, 1.0), times=2000)[1] for t in (0.25, 1.0, 4.0)]
    squares = [p**4 for p in (0.1, 0.5, 0.05, 0.35)]
    assert likeliest[0] == pytest.approx(squares[1] / sum(squares), abs=0.04)
    assert likeliest[0] > likeliest[1] > likeliest[2]


def test_only_allowed_tokens():
    shares = drawn(Sampling(1.0, 1.0), np.array([True, False, True, False]))
    assert shares == pytest.approx([2 / 3, 0, 1 / 3, 0], abs=0.08)


def test_top_p_counts_allowed_tokens_only():
    assert drawn(Sampling(1.0, 0.6), np.array([True, False, True, False]))[2] == 0


def test_one_draw_a_call():
    rng, other = np.random.default_rng(3), np.random.default_rng(3)
    for _ in range(5):
        one(LOGITS, ANY, Sampling(1.0, 0.01), rng)
        other.random()
    assert rng.random() == other.random()


def test_far_apart_logits_do_not_overflow():
    logits = np.array([-1e4, 1e4, -np.inf, 0], np.float32)
    assert one(logits, ANY, Sampling(0.01, 1.0), np.random.default_rng(0)) == 1


def test_each_row_has_its_own_generator_and_sampling():
    logits = np.stack([LOGITS, LOGITS[::-1], LOGITS])
    allowed = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 1, 0]], bool)
    samplings = [Sampling(1.0, 1.0), Sampling(4.0, 1.0), Sampling(1.0, 0.6)]
    together = [np.random.default_rng(seed) for seed in range(3)]
    alone = [np.random.default_rng(seed) for seed in range(3)]
    for _ in range(50):
        rows = zip(logits, allowed, samplings, alone, strict=True)
        masked = np.where(allowed, logits, -np.inf)
        assert choose(masked, samplings, together) == [one(*row) for row in rows]


def test_the_nll_counts_allowed_tokens_only():
    some = np.where([True, False, True, False], LOGITS, -np.inf)
    nll = surprise(np.stack([LOGITS + 5, some]), [1, 2])
    assert nll == pytest.approx([-math.log(0.5), math.log(3)], abs=1e-6)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_bad_temperature(temperature):
    with pytest.raises(EmsyncError, match=r"^temperature .*0\.01 to 100"):
        Sampling(temperature=temperature)


@pytest.mark.parametrize("top_p", [0.0, -0.1, 1.1, math.nan])
def test_bad_top_p(top_p):
    with pytest.raises(EmsyncError, match=r"^top_p .*at most 1"):
        Sampling(top_p=top_p)


def test_min_p_leaves_out_tokens_far_below_the_likeliest():
    logits = np.log(np.array([[0.5, 0.3, 0.15, 0.05]], np.float32))
    rng = np.random.default_rng(0)

    def drawn(min_p: float) -> set[int]:
        return {choose(logits, [Sampling(top_p=1.0, min_p=min_p)], [rng])[0] for _ in range(200)}

    assert [drawn(p) for p in (0.0, 0.2, 0.5, 0.7)] == [{0, 1, 2, 3}, {0, 1, 2}, {0, 1}, {0}]


@pytest.mark.parametrize("min_p", [-0.1, 1.0, math.nan])
def test_bad_min_p(min_p):
    with pytest.raises(EmsyncError, match=r"^min_p .*below 1"):
        Sampling(min_p=min_p)


@pytest.mark.parametrize("guidance", [-1.0, 11.0, math.nan])
def test_bad_guidance(guidance):
    with pytest.raises(EmsyncError, match=r"^guidance .*0 to 10"):
        Sampling(guidance=guidance)


@pytest.mark.parametrize("repetition", [-0.1, 5.1, math.nan])
def test_bad_repetition(repetition):
    with pytest.raises(EmsyncError, match=r"^repetition .*0 to 5"):
        Sampling(repetition=repetition)
