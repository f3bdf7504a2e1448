"""Videos whose features follow a known rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.emotion.fusion_network import Modality

SMALL = (
    Modality("clip", 12, True),
    Modality("faces", 8, True),
    Modality("speech", 6, False),
)


@pytest.fixture(scope="session")
def small() -> tuple[Modality, ...]:
    """The modalities of the videos."""
    return SMALL


@pytest.fixture(scope="session")
def made_up() -> Callable[..., list]:
    """Videos of a rule: ``made_up(60)``.

    The emotion is that of the modality's feature which is raised in half of the steps. A fifth of
    the videos have no speech, and a fifth no faces; noise is everywhere.
    """

    def make(count: int, seed: int = 0, noise: float = 0.3) -> list:
        from engine.training.emotion.dataset import Video

        rng = np.random.default_rng(seed)
        videos = []
        for number in range(count):
            emotion = number % 6
            features = {
                m.name: noise * rng.normal(size=(20, m.width) if m.sequence else m.width)
                for m in SMALL
            }
            for array in features.values():
                array[..., emotion] += 1
            features["clip"][::2] = noise * rng.normal(size=features["clip"][::2].shape)
            if number % 5 == 0:
                del features["speech"]
            if number % 5 == 1:
                del features["faces"]
            features = {name: array.astype(np.float32) for name, array in features.items()}
            videos.append(Video(f"video{seed}_{number}", emotion, features))
        return videos

    return make
