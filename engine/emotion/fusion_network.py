"""The paper's fusion network at work: features of a film's modalities to six probabilities.

The network is an ONNX graph with a JSON card beside it. ``emsync model train-emotion`` writes both.
The card names the modalities and has what the graph lacks: the range of each modality's features,
and the temperature.

Source: Sulun, Viana and Davies (2024), VEMOCLAP, which the paper uses (III-A1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import EmsyncError
from engine.files import read_text
from engine.section import EKMAN

STEPS = 16
"""Steps of every sequence: the paper takes 16 equidistant frames."""

Array = npt.NDArray[np.float32]

Features = Mapping[str, Array]
"""Features of a film by modality: [n, width] for a sequence with any n, else [width].

A modality that the film lacks, such as a silent film's speech, is left out.
"""

Range = tuple[float, float]
"""The least and the greatest feature of a modality in the training videos."""


@dataclass(frozen=True, slots=True)
class Modality:
    """One input of the network. sequence: whether it goes along in time."""

    name: str
    width: int
    sequence: bool


PAPER = (
    Modality("clip", 512, True),
    Modality("beats", 768, True),
    Modality("faces", 768, True),
    Modality("speech", 768, False),
    Modality("titles", 768, False),
)
"""The paper's modalities. They are CLIP ViT-B/32 of the picture, BEATs of the sound, expressions of
faces, and the sentiment of what is spoken and written."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a trained network.

    ranges: by modality; one that no training video had has no range. temperature: the logits are
    divided by it. code_hash: of the code that trained it. figures: of the test videos.
    """

    modalities: tuple[Modality, ...]
    ranges: Mapping[str, Range]
    temperature: float
    code_hash: str
    figures: Mapping[str, Any]

    def to_json(self) -> str:
        """The card as text, with the emotions in the order of the outputs."""
        return json.dumps({"emotions": EKMAN, **asdict(self)}, indent=1) + "\n"


def card_path(network: Path) -> Path:
    """The card of a network: the file of the same name that ends in .json."""
    return network.with_suffix(".json")


def read_card(path: Path) -> Card:
    """Read a card; raises EmsyncError if it can't be read or is no card."""
    try:
        entries = json.loads(read_text(path))
        if tuple(entries["emotions"]) != EKMAN:
            raise ValueError
        card = Card(
            tuple(Modality(**entry) for entry in entries["modalities"]),
            {name: (float(low), float(high)) for name, (low, high) in entries["ranges"].items()},
            float(entries["temperature"]),
            str(entries["code_hash"]),
            entries["figures"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EmsyncError(
            f"{path}: is no card of an emotion network; train it again (emsync model train-emotion)"
        ) from error
    if not card.temperature > 0:
        raise EmsyncError(f"{path}: temperature {card.temperature:g}; it must be above 0")
    return card


def card_of(network: Path) -> Card:
    """The card of a network. Raises EmsyncError if either file is missing or can't be read."""
    remedy = "give the .onnx file that emsync model train-emotion wrote"
    card = card_path(network)
    if not network.is_file():
        raise EmsyncError(f"{network}: no such emotion network; {remedy}")
    if not card.is_file():
        raise EmsyncError(f"{network}: has no card {card.name} beside it; {remedy}")
    return read_card(card)


def check(features: Features, modalities: Sequence[Modality], where: str) -> None:
    """Raise EmsyncError unless the features have the modalities' shapes and are finite.

    where: the film, for the error. Names that the network does not know are an error too.
    """
    known = {modality.name: modality for modality in modalities}
    for name, array in features.items():
        if name not in known:
            raise EmsyncError(f"{where}: features {name!r}; the network takes {', '.join(known)}")
        modality = known[name]
        wanted = f"[n, {modality.width}]" if modality.sequence else f"[{modality.width}]"
        fits = array.ndim == 1 + modality.sequence and array.shape[-1] == modality.width
        if not fits or not array.size:
            raise EmsyncError(
                f"{where}: features {name!r} have the shape {list(array.shape)}; give {wanted}"
            )
        if not np.isfinite(array).all():
            raise EmsyncError(f"{where}: features {name!r} are not all finite; make them again")


def prepare(
    videos: Sequence[Features], modalities: Sequence[Modality], ranges: Mapping[str, Range]
) -> dict[str, Array]:
    """A batch: [videos, STEPS, width] of each sequence, [videos, width] of each other modality.

    Features are moved to 0..1 by their modality's range, and clipped. A missing modality is zero.
    """
    batch = {}
    for modality in modalities:
        shape = (STEPS, modality.width) if modality.sequence else (modality.width,)
        batch[modality.name] = np.zeros((len(videos), *shape), np.float32)
        if modality.name not in ranges:
            continue
        low, high = ranges[modality.name]
        for row, features in zip(batch[modality.name], videos, strict=True):
            if modality.name in features:
                array = features[modality.name]
                array = equidistant(array) if modality.sequence else array
                row[:] = np.clip((array - low) / max(high - low, 1e-9), 0, 1)
    return batch


def equidistant(sequence: Array) -> Array:
    """``STEPS`` equidistant rows of a sequence [n, width]; some come twice if it is shorter."""
    return sequence[np.linspace(0, len(sequence) - 1, STEPS).round().astype(np.int64)]


class FusionNetwork:
    """A trained network, on one processor core.

    Raises EmsyncError if a file is missing or is no network, and ImportError without onnxruntime.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        self.card = card_of(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                path.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except OSError as error:
            raise EmsyncError(
                f"{path}: can't be read ({error.strerror}); check the path"
            ) from error
        except Exception as error:  # onnxruntime has classes of its own for each fault of a graph.
            raise EmsyncError(f"{path}: is no ONNX network; export it again") from error
        names = {entry.name for entry in self._session.get_inputs()}
        if names != {modality.name for modality in self.card.modalities}:
            raise EmsyncError(f"{path}: does not fit its card; keep the two files together")

    def logits(self, videos: Sequence[Features]) -> Array:
        """The logits [videos, 6] of each emotion, before the temperature.

        Raises EmsyncError for features of other shapes than the card's.
        """
        for features in videos:
            check(features, self.card.modalities, "the film")
        batch = prepare(videos, self.card.modalities, self.card.ranges)
        return np.asarray(self._session.run(["logits"], batch)[0], np.float32)

    def probabilities(self, features: Features) -> dict[str, float]:
        """The probability of each emotion, in Ekman's order.

        Without any features all six are equal. Raises what :meth:`logits` does.
        """
        if not features:
            return dict.fromkeys(EKMAN, 1 / len(EKMAN))
        logits = self.logits([features])[0].astype(np.float64) / self.card.temperature
        weights = np.exp(logits - logits.max())
        return dict(zip(EKMAN, (weights / weights.sum()).tolist(), strict=True))
