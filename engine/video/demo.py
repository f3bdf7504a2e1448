"""The demo film: half a minute of silent cartoon, so that a first score needs no other file.

A girl with a red scarf sails at dawn and walks through a sunny town. She is caught by a storm, sees
the lighthouse and runs from a shadow in the wood. She mourns in the snow and comes home to
fireworks. The seven scenes have different moods and hard cuts at ``CUTS``; the lightning is no cut.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Image
from engine.files import replacing
from engine.video.cartoon.canvas import vignette
from engine.video.cartoon.scenes import SCENES
from engine.video.writer import write_film

CUTS = (6.0, 11.0, 16.0, 17.5, 22.0, 26.5)
"""First frames of the scenes after the first, in seconds; one follows closer than t_diff."""

DURATION = 32.0
"""Length in seconds."""

FPS = 24


def draw_demo(path: str | Path, seconds: float = DURATION) -> None:
    """Draw the film's first ``seconds`` into the MP4 file ``path``, whole or not at all.

    The pixels are the same every time. Raises EmsyncError if ``path`` can't be written.
    """
    count = round(min(seconds, DURATION) * FPS)
    with replacing(path) as beside:
        write_film(beside, (draw_frame(number / FPS) for number in range(count)), FPS)


def draw_frame(time: float) -> Image:
    """The film's picture at ``time`` seconds: BGR uint8 [HEIGHT, WIDTH, 3]."""
    number = sum(cut <= time for cut in CUTS)
    canvas = SCENES[number](time - (0.0, *CUTS)[number])
    return np.asarray(cv2.multiply(canvas, vignette(), scale=1 / 255), dtype=np.uint8)
