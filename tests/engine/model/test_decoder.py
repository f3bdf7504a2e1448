"""The decoder on the ONNX graph gives the logits of the PyTorch network."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from engine.model.decoder import Decoder  # noqa: E402
from engine.model.runtime import Network  # noqa: E402
from engine.music import vocabulary as voc  # noqa: E402
from engine.music.features import ALL  # noqa: E402
from engine.music.features.state import FeatureState  # noqa: E402

KINDS = ("relative", "rotary")
CONTEXT = 96


@pytest.fixture(scope="module", params=KINDS)
def pair(request, tiny, random_model, exported):
    """A random network twice: (PyTorch, ONNX)."""
    model = random_model(tiny(request.param))
    return model, Network(exported(model), "cpu", threads=1, precision="fp32")


def example(model, length: int, batch: int = 2, seed: int = 0):
    """Random tokens with BARs among them and offsets [B, T], and conditions [B, C] with a NaN in
    each row."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(0, voc.SIZE, (batch, length))
    tokens[rng.random(tokens.shape) < 0.2] = voc.BAR
    tokens[:, 2::3] = rng.integers(voc.FIRST_SHIFT, voc.FIRST_NOTE, tokens[:, 2::3].shape)
    offsets = rng.choice([0.0, 0.008, 0.504, 1.0, 1.008, 7.9, 8.0], (batch, length))
    conditions = rng.uniform(0, 1, (batch, len(model.config.controls)))
    for row in range(batch):
        conditions[row, row :: max(2, batch)] = np.nan
    return tokens, offsets.astype(np.float32), conditions.astype(np.float32)


def expected(model, *arrays: np.ndarray) -> np.ndarray:
    return model(*map(torch.from_numpy, arrays)).numpy()


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.abs(a - b).max() < 1e-4) and bool(np.abs(b).max() > 0.1)


def rows(*arrays: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    return list(zip(*arrays, strict=True))


@pytest.mark.parametrize("batch", [1, 2])
def test_prefill_then_steps_equal_pytorch(pair, batch):
    model, network = pair
    tokens, offsets, conditions = example(model, 30, batch)
    truth = expected(model, tokens, offsets, conditions)
    decoder = Decoder(network, batch)
    for row, window in enumerate(rows(tokens[:, :11], offsets[:, :11], conditions)):
        assert close(decoder.prefill(*window, row), truth[row, :11])
    for t in range(11, 30):
        assert close(decoder.step(tokens[:, t], offsets[:, t]), truth[:, t])


def test_rows_step_together_from_their_own_places(pair):
    model, network = pair
    tokens, offsets, conditions = example(model, 60, 3)
    truth = expected(model, tokens, offsets, conditions)
    decoder = Decoder(network, 3)
    begins = np.array([7, 40, 12])
    every = np.arange(3)
    for row, begin in enumerate(begins):
        decoder.prefill(tokens[row, :begin], offsets[row, :begin], conditions[row], row)
    for t in range(10):
        here = begins + t
        logits = decoder.step(tokens[every, here], offsets[every, here])
        assert close(logits, truth[every, here])
    # An idle row has read nothing. The last row takes the number of one that ends.
    decoder.step(tokens[every, begins + 10], offsets[every, begins + 10], idle=[2])
    decoder.end(1)
    here, left = np.array([18, 22]), np.array([0, 2])
    assert close(decoder.step(tokens[left, here], offsets[left, here]), truth[left, here])
    assert decoder.rows == 2


def test_a_row_reads_several_tokens_at_once(pair):
    model, network = pair
    tokens, offsets, conditions = example(model, 30)
    truth = expected(model, tokens, offsets, conditions)
    decoder = Decoder(network, 2)
    for row, read in enumerate((7, 12)):
        decoder.prefill(tokens[row, :read], offsets[row, :read], conditions[row], row)
    logits = decoder.extend(tokens[1, 12:25], offsets[1, 12:25], row=1)
    assert close(logits, truth[1, 12:25])
    here = np.array([7, 25])
    both = decoder.step(tokens[[0, 1], here], offsets[[0, 1], here])
    assert close(both, truth[[0, 1], here])
    more = decoder.room() + 1
    with pytest.raises(ValueError, match=f"{more} places asked for"):
        decoder.extend(np.zeros(more, np.int64), np.zeros(more, np.float32))


@pytest.mark.parametrize("precision", ["fp32", "int8", "fp16"])
def test_a_slid_window_equals_one_read_again(tiny, random_model, exported, precision):
    # With a single layer and no features, keys depend on their own tokens alone.
    # So nothing of what was dropped may remain.
    model = random_model(tiny(layers=1, features=()))
    network = Network(exported(model), "cpu", threads=1, precision=precision)
    (window,) = rows(*example(model, 60, 1))
    (tokens, offsets, conditions), head, dropped = window, 2, 23
    kept = np.r_[:head, head + dropped : 60]
    sliding, reading = Decoder(network, 2), Decoder(network)
    sliding.prefill(*window, row=1)
    sliding.slide(dropped, tokens[:head], offsets[:head], conditions, row=1)
    assert sliding.slides
    reading.prefill(tokens[kept], offsets[kept], conditions)
    assert sliding.places[1] == reading.places[0]
    sliding.end(0)
    (slid,), (read,) = (d.step(tokens[-1:], offsets[-1:]) for d in (sliding, reading))
    bound = {"fp32": 1e-4, "fp16": 0.02, "int8": 0.05}[precision]
    assert np.abs(slid - read).max() < bound * read.std()
    with pytest.raises(ValueError, match="37 tokens to drop, 36 read"):
        sliding.slide(37, tokens[:head], offsets[:head], conditions)


def test_a_row_resumes_what_another_decoder_read(pair):
    model, network = pair
    tokens, offsets, conditions = example(model, 20)
    source, decoder = Decoder(network, 2), Decoder(network, 2)
    source.prefill(tokens[0, :15], offsets[0, :15], conditions[0], 1)
    reading = source.reading(1)
    source.step([9, 9], [1.0, 1.0], idle=[0])  # leaves the reading as it was
    decoder.prefill(tokens[1, :5], offsets[1, :5], conditions[1], 1)
    for row in (0, 1):
        decoder.resume(reading, row)
    for place in range(15, 20):
        both = decoder.step([tokens[0, place]] * 2, [offsets[0, place]] * 2)
    assert np.array_equal(both[0], both[1])
    assert close(both[1:], expected(model, tokens[:1], offsets[:1], conditions[:1])[:, -1])


def test_a_network_with_learned_positions_does_not_slide(tiny, random_model, exported):
    network = Network(exported(random_model(tiny("relative"))), "cpu", threads=1)
    assert not Decoder(network).slides


def test_bars_are_remembered_when_a_window_slides(tiny, random_model, exported):
    # Without attention, only the features depend on the past.
    model = random_model(tiny(layers=1))
    model.blocks[0].attention.out.weight.zero_()
    sliding = Decoder(Network(exported(model), "cpu", threads=1, precision="fp32"), 2)
    bar = [voc.BAR, 300, voc.shift(60), 299, 302, voc.shift(40), 301]
    tokens = np.array([voc.MORE_INSTRUMENTS, *bar * 5])
    offsets, unknown = np.full(len(tokens), 8.0, np.float32), np.full(6, np.nan, np.float32)
    sliding.prefill(tokens, offsets, unknown, row=1)
    sliding.slide(3 * len(bar), tokens[:1], offsets[:1], unknown, row=1)
    sliding.end(0)
    (slid,) = sliding.step([voc.BAR], [8.0])
    whole = np.append(tokens, voc.BAR)[None]
    truth = expected(model, whole, np.full(whole.shape, 8.0, np.float32), unknown[None])
    assert close(slid, truth[0, -1])


def test_a_note_that_began_in_a_dropped_part_is_not_active():
    state = FeatureState(ALL)
    for token in (300, voc.BAR, voc.shift(50), 302, voc.shift(50)):
        state.push(token)
    assert np.count_nonzero(state.value["active_notes"]) == 4
    state.slide(2)
    assert np.count_nonzero(state.value["active_notes"]) == 2
    assert next(iter(state.value["bar_position"])) == 100


def test_conditions_may_all_be_unknown(pair):
    model, network = pair
    tokens, offsets, conditions = example(model, 5, 1)
    conditions[:] = math.nan
    logits = Decoder(network).prefill(tokens[0], offsets[0], conditions[0])
    assert close(logits, expected(model, tokens, offsets, conditions)[0])


def test_every_category_is_read(pair):
    model, network = pair
    tokens, offsets, conditions = example(model, 3, 1)
    for i, name in enumerate(model.config.controls):
        if name in ("metre", "key"):
            conditions[:, i] = 4.0
    logits = Decoder(network).prefill(tokens[0], offsets[0], conditions[0])
    assert close(logits, expected(model, tokens, offsets, conditions)[0])


def test_a_prefill_clears_its_row(pair):
    model, network = pair
    used, fresh = Decoder(network), Decoder(network)
    used.prefill(*rows(*example(model, 60, 1, seed=1))[0])
    (window,) = rows(*example(model, 7, 1, seed=2))
    assert used.prefill(*window).tolist() == fresh.prefill(*window).tolist()
    assert used.step([5], [0.5]).tolist() == fresh.step([5], [0.5]).tolist()


def test_the_context_fills_to_the_last_place(pair):
    model, network = pair
    window = CONTEXT - len(model.config.controls)
    batch = example(model, window, 1)
    (truth,) = expected(model, *batch)
    ((tokens, offsets, conditions),) = rows(*batch)
    stepping, reading = Decoder(network), Decoder(network)
    stepping.prefill(tokens[:-2], offsets[:-2], conditions)
    assert stepping.room() == 2
    stepping.step(tokens[-2:-1], offsets[-2:-1])
    assert close(stepping.step(tokens[-1:], offsets[-1:])[0], truth[-1])
    assert close(reading.prefill(tokens, offsets, conditions), truth)
    assert stepping.room() == reading.room() == 0
    with pytest.raises(ValueError, match="0 left"):
        stepping.step([1], [8.0])
    with pytest.raises(ValueError, match=f"{CONTEXT + 1} places"):
        reading.prefill(*rows(*example(model, window + 1, 1))[0])


@pytest.mark.parametrize("precision", ["int8", "fp16"])
def test_rounded_arithmetic_gives_nearly_the_same_logits(pair, tmp_path, precision):
    model, fp32 = pair
    network = Network(fp32.weights, "cpu", threads=1, precision=precision)
    (window,) = rows(*example(model, 60, 1))
    exact, rounded = Decoder(fp32).prefill(*window), Decoder(network).prefill(*window)
    spread = exact.std()
    assert 0 < np.abs(exact - rounded).max() < 0.25 * spread
    assert np.sqrt(np.mean((exact - rounded) ** 2)) < 0.05 * spread
    assert np.corrcoef(exact.ravel(), rounded.ravel())[0, 1] > 0.999
    decoder = Decoder(network)
    tokens, offsets, conditions = window
    decoder.prefill(tokens[:50], offsets[:50], conditions)
    for t in range(50, 60):
        (step,) = decoder.step(tokens[t : t + 1], offsets[t : t + 1])
        assert np.sqrt(np.mean((exact[t] - step) ** 2)) < 0.05 * spread
