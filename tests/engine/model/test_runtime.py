"""A network is identified and opened; broken files are refused."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper  # noqa: E402

from engine.errors import EmsyncError  # noqa: E402
from engine.model.precision import PRECISIONS, graph_path  # noqa: E402
from engine.model.runtime import NO_FLASH_ATTENTION, Network  # noqa: E402

ROOT = Path(__file__).parents[3]


def test_the_card_names_and_counts_the_weights(tiny, random_model, exported):
    model = random_model(tiny())
    weights = exported(model)
    card = Network(weights, "cpu").card
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert (card.name, card.sha256) == ("tiny", digest)
    assert card.parameters == sum(p.numel() for p in model.parameters())


def test_the_graphs_hold_no_weights_of_their_own(tiny, random_model, exported):
    weights = exported(random_model(tiny(layers=8)))
    graphs = [graph_path(weights, precision) for precision in PRECISIONS]
    assert sorted(weights.parent.iterdir()) == sorted([weights, *graphs])
    for graph in graphs:
        assert graph.stat().st_size < 0.5 * weights.stat().st_size


def missing(graph, weights):
    graph.unlink()


def text(graph, weights):
    graph.write_text("not a graph")


def half(graph, weights):
    graph.write_bytes(graph.read_bytes()[: graph.stat().st_size // 2])


def without_weights(graph, weights):
    weights.unlink()


def half_the_weights(graph, weights):
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])


def foreign(graph, weights):
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    other = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    node = helper.make_node("Neg", ["x"], ["y"])
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(
        helper.make_graph([node], "g", [value], [other]), opset_imports=[opset], ir_version=10
    )
    onnx.save(model, graph)


@pytest.mark.parametrize("harm", [missing, text, half, without_weights, half_the_weights, foreign])
def test_a_broken_network_is_an_error_of_one_line(tiny, random_model, exported, tmp_path, harm):
    for file in exported(random_model(tiny())).parent.iterdir():
        shutil.copy(file, tmp_path)
    weights = tmp_path / "model.safetensors"
    harm(graph_path(weights, "int8"), weights)
    with pytest.raises(EmsyncError) as error:
        Network(weights, "cpu")
    assert str(tmp_path / "model.") in str(error.value)
    assert "\n" not in str(error.value)


FRESH = """
import os, sys
from pathlib import Path

before = dict(os.environ)
from engine.model.runtime import NO_FLASH_ATTENTION, Network

assert dict(os.environ) == before, "the import changed the environment"
Network(Path(sys.argv[1]), "cpu", threads=1)
print(os.environ[NO_FLASH_ATTENTION])
"""


@pytest.mark.parametrize(("given", "then"), [({}, "1"), ({NO_FLASH_ATTENTION: "0"}, "0")])
def test_opening_a_network_sets_the_environment_and_importing_does_not(
    tiny, random_model, exported, given, then
):
    weights = exported(random_model(tiny(layers=1)))
    plain = {name: value for name, value in os.environ.items() if name != NO_FLASH_ATTENTION}
    done = subprocess.run(
        [sys.executable, "-c", FRESH, weights],
        env={**plain, **given}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == then


def test_a_graph_whose_inputs_have_former_names_is_an_error(tiny, random_model, exported, tmp_path):
    weights = exported(random_model(tiny(layers=1)))
    for file in weights.parent.iterdir():
        shutil.copy(file, tmp_path)
    graph = graph_path(tmp_path / weights.name, "int8")
    model = onnx.load(graph, load_external_data=False)
    former = {"bar_position": "clock", "lookback": "echo", "active_notes": "sounding"}
    for value in model.graph.input:
        value.name = former.get(value.name, value.name)
    for node in model.graph.node:
        names = [former.get(name, name) for name in node.input]
        del node.input[:]
        node.input.extend(names)
    onnx.save(model, graph)
    with pytest.raises(EmsyncError, match=r"int8\.onnx: of another version.*export it again"):
        Network(tmp_path / weights.name, "cpu")
