"""The features of whole windows equal those computed token by token."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from engine.model.features import active_notes_of, bar_positions, lookbacks  # noqa: E402
from engine.music import features  # noqa: E402
from engine.music import vocabulary as voc  # noqa: E402
from engine.music.features.lookback import ORDER  # noqa: E402
from engine.music.features.state import INPUTS, FeatureState  # noqa: E402
from engine.music.vocabulary import Kind  # noqa: E402


@pytest.fixture(scope="module")
def windows() -> np.ndarray:
    """Random tokens [B, T], with few pitches and many BARs."""
    rng = np.random.default_rng(3)
    shares = np.full(voc.SIZE, 0.2 / voc.SIZE)
    shares[voc.BAR] = 0.1
    shares[voc.FIRST_SHIFT : voc.FIRST_NOTE] += 0.4 / voc.MAX_SHIFT
    shares[voc.FIRST_NOTE : voc.FIRST_NOTE + 20] += 0.3 / 20
    return rng.choice(voc.SIZE, (8, 400), p=shares / shares.sum())


@pytest.fixture(scope="module")
def stepwise(windows) -> dict[str, np.ndarray]:
    """The features computed token by token: [B, T, n] each."""
    everything: dict[str, list] = {name: [] for name in features.ALL}
    for row in windows.tolist():
        state = FeatureState(features.ALL)
        for token in row:
            state.push(token)
            for name, values in state.value.items():
                everything[name].append(values)
    return {name: np.reshape(v, (*windows.shape, -1)) for name, v in everything.items()}


def inputs(windows) -> tuple:
    return torch.from_numpy(windows), torch.from_numpy(voc.STEPS[windows]).cumsum(1)


def test_the_names_are_those_of_the_inputs() -> None:
    assert tuple(INPUTS) == features.ALL


def test_bar_positions_equal_those_of_single_tokens(windows, stepwise) -> None:
    since, part = bar_positions(*inputs(windows))
    assert np.array_equal(np.stack([since, part], 2), stepwise["bar_position"])
    assert len(np.unique(since)) > 100 and len(np.unique(part)) > 90


def test_lookbacks_equal_those_of_single_tokens(windows, stepwise) -> None:
    tokens, cursor = inputs(windows)
    is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT)
    earlier = lookbacks(tokens, cursor, torch.from_numpy(ORDER)[tokens], is_shift)
    assert np.array_equal(earlier, stepwise["lookback"])
    assert len(np.unique(earlier)) > 100 and (earlier.numpy() > 0).mean() > 0.5


def test_active_notes_equal_those_of_single_tokens(windows, stepwise) -> None:
    active = active_notes_of(*inputs(windows))
    assert np.allclose(active, stepwise["active_notes"], atol=1e-6)
    assert active.max() > 1


def test_features_do_not_depend_on_later_tokens(windows, stepwise) -> None:
    tokens, cursor = inputs(windows[:, :150])
    is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT)
    earlier = lookbacks(tokens, cursor, torch.from_numpy(ORDER)[tokens], is_shift)
    assert np.array_equal(
        torch.stack(bar_positions(tokens, cursor), 2), stepwise["bar_position"][:, :150]
    )
    assert np.array_equal(earlier, stepwise["lookback"][:, :150])
    active = active_notes_of(tokens, cursor)
    assert np.allclose(active, stepwise["active_notes"][:, :150], atol=1e-6)
