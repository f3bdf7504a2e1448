"""Finds and reads lines of text in a picture by PP-OCR, as the package ``rapidocr`` packs it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Image
from engine.emotion.networks import missing_runtime
from engine.errors import EmsyncError

SIDE = 480
"""Pixels of the picture's longer side in which lines are looked for."""
SCORE = 0.8
"""The least score of a line that was read."""

Boxes = NDArray[np.int32]
"""Upright boxes in pixels: [n, 4], left, top, right and bottom."""

_MARGIN = 0.15
"""What is added around a line, as a share of its height."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its box, left, top, right and bottom, in pixels."""

    text: str
    box: tuple[int, int, int, int]


def missing_reader() -> str:
    """What to install so that text can be read, as a sentence; empty if it can."""
    if not find_spec("rapidocr"):
        return "rapidocr is missing; install emsync-bridge[emotion]"
    return missing_runtime()


class TextReader:
    """Reads text. Raises EmsyncError if its package or its networks are missing."""

    def __init__(self) -> None:
        if absent := missing_reader():
            raise EmsyncError(absent)
        import rapidocr

        # With paths given, rapidocr loads nothing from the internet.
        models = Path(rapidocr.__file__).parent / "models"
        paths = {}
        for part in ("det", "rec"):
            found = sorted(models.glob(f"*_{part}_*.onnx"))
            if not found:
                raise EmsyncError(f"{models}: has no network *_{part}_*.onnx; reinstall rapidocr")
            paths[part] = str(found[0])
        self._engine: Any = rapidocr.RapidOCR(
            params={
                "Det.model_path": paths["det"],
                "Det.limit_type": "max",
                "Det.limit_side_len": SIDE,
                "Rec.model_path": paths["rec"],
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Global.log_level": "critical",
            }
        )

    def find(self, image: Image) -> Boxes:
        """The boxes of lines, from the top down.

        image: upright BGR uint8 [height, width, 3].
        """
        result = self._engine(image, use_det=True, use_cls=False, use_rec=False)
        if result.boxes is None or not len(result.boxes):
            return np.zeros((0, 4), dtype=np.int32)
        corners = np.asarray(result.boxes)
        boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
        return boxes[np.argsort(boxes[:, 1], kind="stable")].astype(np.int32)

    def read(self, image: Image, box: NDArray[np.int32]) -> Line | None:
        """The line in a box of the picture, or None if it can't be read surely."""
        left, top, right, bottom = box.tolist()
        margin = round(_MARGIN * (bottom - top))
        crop = image[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin]
        result = self._engine(
            np.ascontiguousarray(crop), use_det=False, use_cls=False, use_rec=True
        )
        if not result.txts or result.scores[0] < SCORE:
            return None
        return Line(result.txts[0].strip(), (left, top, right, bottom))
