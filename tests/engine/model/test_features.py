"""The features for whole windows tell what the ones that listen tell."""

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
    """Tokens [B, T] in any order, of few pitches and many BARs."""
    rng = np.random.default_rng(3)
    shares = np.full(voc.SIZE, 0.2 / voc.SIZE)
    shares[voc.BAR] = 0.1
    shares[voc.FIRST_SHIFT : voc.FIRST_NOTE] += 0.4 / voc.MAX_SHIFT
    shares[voc.FIRST_NOTE : voc.FIRST_NOTE + 20] += 0.3 / 20
    return rng.choice(voc.SIZE, (8, 400), p=shares / shares.sum())


@pytest.fixture(scope="module")
def told(windows) -> dict[str, np.ndarray]:
    """By the features that listen: [B, T, n] each."""
    everything: dict[str, list] = {name: [] for name in features.ALL}
    for row in windows.tolist():
        trace = FeatureState(features.ALL)
        for token in row:
            trace.push(token)
            for name, values in trace.value.items():
                everything[name].append(values)
    return {name: np.reshape(v, (*windows.shape, -1)) for name, v in everything.items()}


def inputs(windows) -> tuple:
    return torch.from_numpy(windows), torch.from_numpy(voc.STEPS[windows]).cumsum(1)


def test_all_are_known_by_name() -> None:
    assert tuple(INPUTS) == features.ALL


def test_the_clock(windows, told) -> None:
    since, part = bar_positions(*inputs(windows))
    assert np.array_equal(np.stack([since, part], 2), told["bar_position"])
    assert len(np.unique(since)) > 100 and len(np.unique(part)) > 90


def test_the_echo(windows, told) -> None:
    tokens, cursor = inputs(windows)
    is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT)
    heard = lookbacks(tokens, cursor, torch.from_numpy(ORDER)[tokens], is_shift)
    assert np.array_equal(heard, told["lookback"])
    assert len(np.unique(heard)) > 100 and (heard.numpy() > 0).mean() > 0.5


def test_the_notes_that_sound(windows, told) -> None:
    sounds = active_notes_of(*inputs(windows))
    assert np.allclose(sounds, told["active_notes"], atol=1e-6)
    assert sounds.max() > 1


def test_a_window_tells_nothing_of_what_comes(windows, told) -> None:
    tokens, cursor = inputs(windows[:, :150])
    is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT)
    heard = lookbacks(tokens, cursor, torch.from_numpy(ORDER)[tokens], is_shift)
    assert np.array_equal(
        torch.stack(bar_positions(tokens, cursor), 2), told["bar_position"][:, :150]
    )
    assert np.array_equal(heard, told["lookback"][:, :150])
    assert np.allclose(active_notes_of(tokens, cursor), told["active_notes"][:, :150], atol=1e-6)
