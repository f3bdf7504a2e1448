from __future__ import annotations

import numpy as np
import pytest

from engine.video.blends import FEATURES
from engine.video.dissolve_network import SCALE, DissolveNetwork, from_json, shipped


def test_a_score_of_one_is_a_logit_of_zero():
    network = DissolveNetwork(np.array([[1.0]]), np.zeros(1), np.array([2.0]), 0.0)
    scores = network.scores(np.array([[0.0], [5.0], [-5.0]]))
    assert scores == pytest.approx([1, np.exp(2 / SCALE), np.exp(-2 / SCALE)], rel=1e-3)


def test_a_network_survives_its_text():
    rng = np.random.default_rng(0)
    network = DissolveNetwork(rng.normal(size=(3, 4)), rng.random(4), rng.random(4), -1.5)
    features = rng.normal(size=(5, 3))
    assert (from_json(network.to_json()).scores(features) == network.scores(features)).all()


def test_the_shipped_network_knows_every_trait():
    network = shipped()
    assert len(network.hidden) == len(FEATURES)
    assert np.isfinite(network.scores(np.zeros((2, len(FEATURES))))).all()
