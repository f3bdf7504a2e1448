"""A trained network, opened on ONNX Runtime; :mod:`engine.model.decoder` composes with it."""

from __future__ import annotations

import hashlib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import onnxruntime as ort

from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.model.devices import DEVICES, choose_device, cpu_instead
from engine.model.header import REMEDY, read_header
from engine.model.precision import GRAPH_VERSION, Precision, graph_path
from engine.threads import usable_cores

SHIPPED = Path(__file__).parents[1] / "weights" / "model.safetensors"
"""The network that comes with the product."""

NO_FLASH_ATTENTION = "ORT_GQA_DISABLE_FLASH_ATTENTION"
"""The environment variable that ONNX Runtime reads when it makes a session. Flash attention is
faster for long prompts, but takes a sixth more time for the single query of a step."""


@dataclass(frozen=True, slots=True)
class Card:
    """What identifies a network. sha256: digest of the weights; graph: digest of the graph."""

    name: str
    sha256: str
    graph: str
    parameters: int


class Network:
    """A loaded network.

    weights: the safetensors file, with the graphs of :mod:`engine.model.export` beside it.
    device: "auto" (CUDA if it works, else the CPU) or one of :mod:`engine.model.devices`. If it is
        missing, there is a warning, and the CPU is used.
    threads: that may compose at once on a CPU; 0 for as many as there are cores.
    precision: of the arithmetic; None for the fastest on the device.

    Raises EmsyncError if a file is missing or broken, or of another version.
    """

    def __init__(
        self,
        weights: Path,
        device: str = "auto",
        threads: int = 0,
        precision: Precision | None = None,
    ) -> None:
        self.weights = weights
        self.device = choose_device(device)
        self.session, graph = self._open(precision)
        if DEVICES[self.device].provider not in self.session.get_providers():
            # The package has the provider, the machine lacks its card, driver or libraries.
            self.device = cpu_instead("its driver or libraries can't be loaded", self.device)
            self.session, graph = self._open(precision)
        self.precision = precision or DEVICES[self.device].precision
        metadata = self.session.get_modelmeta().custom_metadata_map
        if "config" not in metadata:
            raise EmsyncError(f"{graph}: not a network of EMSYNC; give one that it exported")
        if metadata.get("version") != GRAPH_VERSION:
            raise EmsyncError(f"{graph}: of another version of EMSYNC; export it again")
        self.config = ModelConfig.from_json(metadata["config"], str(graph))
        # Graphs of former versions have the features' former names.
        if not set(self.config.features) <= {given.name for given in self.session.get_inputs()}:
            raise EmsyncError(f"{graph}: of another version of EMSYNC; export it again")
        self.card = _card(weights, graph)
        self.threads = (threads or usable_cores()) if self.device == "cpu" else 1
        """How many threads may run the session at once."""

    def _open(self, precision: Precision | None) -> tuple[ort.InferenceSession, Path]:
        """A session on the device, and the path of its graph.

        Sets ``NO_FLASH_ATTENTION`` in the environment, unless the user has set it.
        """
        device = DEVICES[self.device]
        graph = graph_path(self.weights, precision or device.precision)
        read_header(self.weights)
        if not graph.is_file():
            raise EmsyncError(f"{self.weights}: has no graph {graph.name} beside it; {REMEDY}")
        options = ort.SessionOptions()
        # Threads that share a step wait for each other at every product. Beside another busy
        # program they wait long. So a step takes one thread, and each thread has its own pieces.
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_mem_pattern = self.device != "directml"  # which does not support it
        os.environ.setdefault(NO_FLASH_ATTENTION, "1")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about a provider that fails; __init__ checks that
                return ort.InferenceSession(str(graph), options, [device.provider]), graph
        except Exception as error:  # the runtime raises many kinds on broken files
            raise EmsyncError(
                f"{graph}: broken, or not of the weights beside it; export it again"
            ) from error


def _card(weights: Path, graph: Path) -> Card:
    header = read_header(weights)
    name = header.metadata.get("name", weights.stem)
    return Card(name, _sha256(weights), _sha256(graph), header.parameters)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
