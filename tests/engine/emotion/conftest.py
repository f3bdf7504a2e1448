"""A real face: the portrait of Grace Hopper, in the public domain, that Matplotlib ships."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.arrays import Image


@pytest.fixture(scope="session")
def portrait() -> Image:
    """The portrait in uniform, BGR [600, 512, 3]."""
    matplotlib = pytest.importorskip("matplotlib", reason="needs Matplotlib's portrait")
    pytest.importorskip("onnxruntime", reason="needs ONNX Runtime")
    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return np.asarray(cv2.imread(str(path)), dtype=np.uint8)


@pytest.fixture(scope="session")
def scene(portrait: Image) -> Image:
    """The portrait on the left of a wide picture, BGR [360, 640, 3]."""
    picture = np.full((360, 640, 3), 60, dtype=np.uint8)
    picture[30:330, 50:306] = cv2.resize(portrait, (256, 300), interpolation=cv2.INTER_AREA)
    return picture
