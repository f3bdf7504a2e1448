from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from engine.benchmarks.cut_films.film import REPORTED, SUITES, TUNING, make_film
from engine.benchmarks.cut_films.pictures import HEIGHT, WIDTH
from engine.video.reader import open_video


def test_no_seed_is_both_tuned_on_and_reported():
    assert not set(TUNING) & set(REPORTED)


@pytest.mark.parametrize("seed", range(12))
def test_transitions_lie_apart_within_the_film(seed):
    film = make_film(seed)
    assert film.suite == SUITES[seed % 3]
    edges = [0, *(edge for each in film.truth for edge in (each.start, each.end)), film.frames]
    assert edges == sorted(edges)
    assert all(one.end < other.start for one, other in pairwise(film.truth))
    kinds = {each.kind for each in film.truth}
    assert kinds <= {"hard cuts": {"cut"}, "no cuts": set()}.get(
        film.suite, {"cut", "dissolve", "fade"}
    )


def test_a_seed_draws_the_same_film_every_time():
    first, second = (list(islice(make_film(4).pictures(), 3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert first[0].shape == (HEIGHT, WIDTH, 3) and first[0].dtype == np.uint8


def test_a_film_is_written_with_all_its_frames(tmp_path):
    film = make_film(2)
    reader = open_video(film.write(tmp_path))
    assert sum(1 for _ in reader.frames()) == film.frames
    assert reader.fps == pytest.approx(film.fps, rel=1e-3)
