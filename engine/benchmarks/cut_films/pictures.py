"""The size of the made films, and the type of their pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 180

Picture = NDArray[np.float32]
"""[HEIGHT, WIDTH, 3], 0..255."""
