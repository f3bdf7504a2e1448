from __future__ import annotations

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.performance import features, history, style
from engine.performance.bins import BINS, EDGES, bin_of, within
from engine.performance.history import History
from engine.performance.network import OFFSETS, SHIPPED, SIZES, read_network, write_network


def test_the_logits_of_a_note_are_those_of_its_rows(network):
    rng = np.random.default_rng(0)
    rows = rng.integers(0, SIZES, (20, len(SIZES)))
    split = features.COUNT + style.COUNT
    sums = network.sums(rows[:, :split])
    for place, row in enumerate(rows):
        first = np.maximum(network.table[row + OFFSETS].sum(0), 0)
        second = np.maximum(first @ network.inner + network.inner_bias, 0)
        expected = second @ network.outer + network.outer_bias
        found = network.logits(sums[place], row[split:].tolist())
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_a_network_is_read_as_it_was_written(network, tmp_path):
    write_network(network, tmp_path / "small.npz")
    read = read_network(tmp_path / "small.npz")
    for name in ("table", "inner", "inner_bias", "outer", "outer_bias"):
        np.testing.assert_array_equal(getattr(read, name), getattr(network, name))


@pytest.mark.parametrize("content", [None, b"", b"PK\3\4 half a file", "table"])
def test_a_file_that_is_no_network_is_a_one_line_error(tmp_path, content):
    path = tmp_path / "network.npz"
    if content == "table":
        np.savez(path, table=np.zeros((3, 4)))
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(EmsyncError) as caught:
        read_network(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_the_shipped_network_is_small():
    assert SHIPPED.stat().st_size < 2_000_000
    assert read_network().table.shape[0] == sum(SIZES)


def test_the_history_has_a_feature_for_every_state():
    past, rng = History(), np.random.default_rng(0)
    for onset in range(300):
        part, pitch = int(rng.integers(5)), int(rng.integers(128))
        twelfth = int(rng.integers(256))
        found = past.features(onset // 3, part, pitch, twelfth)
        assert all(0 <= row < size for row, size in zip(found, history.SIZES, strict=True))
        velocity = int(rng.integers(1, 128))
        past.push(part, pitch, twelfth, int(bin_of(velocity)), velocity)


def test_nothing_is_known_before_a_first_note():
    for part in range(5):
        first = History().features(0.0, part, 60, 0)
        assert history.nothing(np.array([part])).tolist() == [first]


def test_a_place_within_a_bin_is_a_velocity_of_that_bin():
    for number in range(BINS):
        for place in (0.0, 0.5, 1.0):
            assert int(bin_of(round(within(number, place)))) == number
    assert EDGES[0] == 1 and bin_of([1, 127]).tolist() == [0, BINS - 1]
