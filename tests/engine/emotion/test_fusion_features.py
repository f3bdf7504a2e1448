"""Features of the fusion network, made of tracks with known readings."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from engine.emotion.experts.expert import FilmContext
from engine.emotion.fusion_features import EXPERTS, READING, film_features
from engine.emotion.fusion_network import PAPER, check
from engine.emotion.mapping import Gaussian
from engine.emotion.reading import NOTHING, Reading
from engine.section import EKMAN

FILM = FilmContext((), 32.0)


@dataclass
class Known:
    """A track that is certain of joy until 16 s, and says nothing from then on."""

    held: dict = field(default_factory=dict)

    def reading(self, start, end, film):
        if end > 16:
            return NOTHING
        joyful = {name: float(name == "joy") for name in EKMAN}
        return Reading(joyful, Gaussian(0.5, 0.2, 0.25, float("inf")), 0.75)

    def arrays(self):
        return self.held


def test_readings_become_sequences_and_single_vectors():
    tracks = {"faces": Known(), "sound": Known(), "words": Known()}
    found = film_features(tracks, 0, 16, FILM)
    check(found, EXPERTS, "film")
    assert set(found) == {"faces", "sound"} | {"words"}
    joyful = [0, 0, 0, 1, 0, 0, 0.5, 0, 0.75]
    assert found["words"].tolist() == joyful
    assert found["faces"].shape == (16, READING) and (found["faces"] == joyful).all()
    # The other half of the sound is speech, which is not there.
    assert (found["sound"][:, READING:] == [1 / 6] * 6 + [0] * 3).sum() == 16 * 3
    assert found["sound"][:, READING:].sum(1) == pytest.approx(1)


def test_windows_follow_the_stretch():
    found = film_features({"faces": Known()}, 0, 32, FILM)["faces"]
    # Windows of 4 s round steps of 2 s, so the last one that ends by 16 s begins at 12 s.
    assert found[:, -1].tolist() == [0.75] * 7 + [0] * 9
    long = film_features({"faces": Known()}, 0, 16 * 8, FILM)["faces"]
    assert long[:, -1].tolist() == [0.75] * 2 + [0] * 14


def test_the_windows_of_a_short_stretch_overlap_and_stay_inside():
    seen = []

    class Watched(Known):
        def reading(self, start, end, film):
            seen.append((start, end))
            return NOTHING

    film_features({"look": Watched()}, 2, 5, FILM)
    assert set(seen) == {(2, 5)}
    seen.clear()
    film_features({"look": Watched()}, 10, 20, FILM)
    assert len(seen) == 16 and all(10 <= a < b <= 20 and b - a >= 2 for a, b in seen)
    assert seen == sorted(seen) and seen[0][0] == 10 and seen[-1][1] == 20


def test_modalities_without_evidence_are_left_out():
    assert film_features({"faces": Known(), "words": Known()}, 16, 32, FILM) == {}
    assert film_features({}, 0, 32, FILM) == {}


def test_pictures_of_the_stretch_are_clip_s_also_for_the_paper_s_network():
    vectors = (np.arange(8 * 512).reshape(8, 512) / 1e5).astype(np.float16)
    scene = Known({"times": np.arange(0, 32, 4.0), "embeddings": vectors})
    tracks = {"scene": scene, "faces": Known()}
    found = film_features(tracks, 8, 20, FILM, PAPER)
    check(found, PAPER, "film")
    assert set(found) == {"clip"} and found["clip"].dtype == np.float32
    assert np.array_equal(found["clip"], vectors[2:5].astype(np.float32))
