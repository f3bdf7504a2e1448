"""The array types of the engine. Docstrings give shapes and units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Image = npt.NDArray[np.uint8]
"""A picture: BGR [height, width, 3]."""
Samples = npt.NDArray[np.float32]
"""Mono sound, -1..1 [n]."""
Tokens = npt.NDArray[np.uint16]
"""Ids of :mod:`engine.music.vocabulary`."""
Offsets = npt.NDArray[np.float32]
"""Boundary offsets in seconds, one a token."""
Logits = npt.NDArray[np.float32]
"""Unnormalised log probabilities of the next token; the last axis is the vocabulary."""
