"""CLIP ViT-B/32 at work: pictures and prompts as vectors of one space.

Source: Radford et al. (2021), Learning transferable visual models from natural language
supervision. The networks are OpenAI's, exported to ONNX with weights of 8 bits.

The prompts are fixed, so their tokens are stored and no tokeniser is needed. Tokens and their
meaning for emotion are in ``scene_prompts.json``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.arrays import Image
from engine.errors import EmsyncError
from engine.files import replacing
from engine.hub import Bundle, HubFile

_REPOSITORY = "Xenova/clip-vit-base-patch32"
_REVISION = "d15189d7028b43f1d3e65039190477f6af591c2a"

BUNDLE = Bundle(
    "scene",
    "MIT",
    (
        HubFile(
            _REPOSITORY, _REVISION, "onnx/vision_model_quantized.onnx", 89_117_001,
            "583fd1110a514667812fee7d684952aaf82a99b959760c8d7dca7e0ab9839299",
        ),
        HubFile(
            _REPOSITORY, _REVISION, "onnx/text_model_quantized.onnx", 64_504_507,
            "73baab855d406190da9faa498cfedf65f15cf309f4cc7385b7b032e6d08e5c3a",
        ),
    ),
)  # fmt: skip
"""The two networks: of pictures, then of texts."""

WIDTH = 512
"""Features of a picture or text."""
SIZE = 224
"""Rows and columns of a picture."""

Vectors = npt.NDArray[np.float32]
"""Vectors [n, WIDTH]."""

_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
"""CLIP's own, of red, green and blue."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A kind of scene in words, and what it says of emotion.

    tokens: CLIP's, of "a film still of" and the text. valence, arousal, sd: its place on the plane
    and the deviation of both axes. emotions: probabilities of some emotions; the rest is uniform.
    The figures are judgements.
    """

    text: str
    tokens: tuple[int, ...]
    valence: float
    arousal: float
    sd: float
    emotions: Mapping[str, float]


@cache
def prompts() -> tuple[Prompt, ...]:
    """All prompts."""
    rows = json.loads(Path(__file__).with_name("scene_prompts.json").read_text(encoding="utf-8"))
    return tuple(Prompt(**{**row, "tokens": tuple(row["tokens"])}) for row in rows)


def missing(bundle: Bundle = BUNDLE) -> str:
    """What is not there, then "; " and what to do; empty where CLIP works."""
    if find_spec("onnxruntime") is None:
        return "onnxruntime is not installed; pip install 'emsync-bridge[cpu]'"
    if not bundle.is_here():
        return (
            f"its networks are not in {bundle.folder}; emsync model download {bundle.name} "
            f"({bundle.size / 1e6:.0f} MB, once)"
        )
    return ""


class PictureEncoder:
    """The network of pictures. Raises EmsyncError if its file is spoilt."""

    def __init__(self, bundle: Bundle = BUNDLE) -> None:
        self._session = _session(bundle, 0, "pixel_values")

    def encode(self, image: Image) -> Vectors:
        """The vector [1, WIDTH] of an upright picture, BGR uint8 [height, width, 3].

        Its length is CLIP's, about 10: the paper's fusion network takes it like that.
        """
        return _checked(self._session.run(["image_embeds"], {"pixel_values": pixels(image)})[0])


def prompt_vectors(bundle: Bundle = BUNDLE) -> Vectors:
    """The unit vectors of :func:`prompts`, computed once and then kept beside the networks.

    Raises EmsyncError if the network's file is spoilt.
    """
    sentences = [prompt.tokens for prompt in prompts()]
    key = hashlib.sha256(f"{bundle.files[1].sha256}\n{sentences}".encode()).hexdigest()[:16]
    kept = bundle.folder / f"prompts-{key}.npy"
    with suppress(OSError, ValueError, EOFError):
        vectors = np.load(kept)
        if vectors.shape == (len(sentences), WIDTH):
            return vectors
    vectors = _encode_texts(bundle, sentences)
    # A cache that can't be written costs a second the next time.
    with suppress(EmsyncError), replacing(kept) as beside:
        np.save(beside, vectors)
    return vectors


def pixels(image: Image) -> npt.NDArray[np.float32]:
    """The middle square of a picture as CLIP takes it: RGB [1, 3, SIZE, SIZE], standardised."""
    height, width = image.shape[:2]
    scale = SIZE / min(height, width)
    size = max(SIZE, round(width * scale)), max(SIZE, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = np.asarray(cv2.resize(image, size, interpolation=method))
    top, left = (size[1] - SIZE) // 2, (size[0] - SIZE) // 2
    square = resized[top : top + SIZE, left : left + SIZE, ::-1].astype(np.float32) / 255
    standard = (square - _MEAN) / _DEVIATION
    return np.ascontiguousarray(standard.transpose(2, 0, 1)[None], np.float32)


def _encode_texts(bundle: Bundle, sentences: Sequence[Sequence[int]]) -> Vectors:
    session = _session(bundle, 1, "input_ids")
    takes_mask = "attention_mask" in {entry.name for entry in session.get_inputs()}
    rows = []
    for tokens in sentences:
        # One at a time: without padding no network can take it for words.
        ids = np.array([tokens], np.int64)
        inputs = {"input_ids": ids} | ({"attention_mask": np.ones_like(ids)} if takes_mask else {})
        rows.append(unit(_checked(session.run(["text_embeds"], inputs)[0])))
    return np.concatenate(rows)


def unit(vectors: Vectors) -> Vectors:
    """Vectors with the length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _checked(vectors: Any) -> Vectors:
    found = np.asarray(vectors, np.float32)
    if found.ndim != 2 or found.shape[1] != WIDTH or not np.isfinite(found).all():
        raise EmsyncError("the network of scenes gives no usable vectors; download it again")
    return found


def _session(bundle: Bundle, place: int, wanted: str) -> Any:
    import onnxruntime

    path = bundle.path(bundle.files[place])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        if wanted in {entry.name for entry in session.get_inputs()}:
            return session
    except Exception as error:  # onnxruntime has classes of its own for each fault of a file.
        raise _spoilt(path, bundle) from error
    raise _spoilt(path, bundle)


def _spoilt(path: Path, bundle: Bundle) -> EmsyncError:
    return EmsyncError(
        f"{path}: can't be loaded; delete it, then run: emsync model download {bundle.name}"
    )
