from dataclasses import replace

import pytest

from engine.metrics.pieces import Request, Studio
from engine.music.sampling import Sampling


@pytest.fixture(scope="module")
def studio(tiny, random_model, exported, tmp_path_factory) -> Studio:
    weights = exported(random_model(tiny()))
    return Studio(weights, tmp_path_factory.mktemp("pieces"), device="cpu", threads=1)


REQUESTS = [Request(3.0, seed, 0.5, -0.5, (1.0,)) for seed in range(3)]


def test_pieces_are_composed_once(studio: Studio) -> None:
    first = studio.record(REQUESTS[:2])
    kept = {path: path.stat().st_mtime_ns for path in studio.folder.iterdir()}
    seen: list[float] = []
    assert studio.record(REQUESTS, seen.append)[:2] == first
    assert seen == [2, 3]
    assert len(kept) == 2 and all(path.stat().st_mtime_ns == t for path, t in kept.items())
    assert first[0] != first[1] and first[0].duration == 3.0


def test_another_sampling_is_another_piece(studio: Studio) -> None:
    bold = replace(studio, sampling=Sampling(temperature=2.0))
    assert bold.path(REQUESTS[0]) != studio.path(REQUESTS[0])


def test_processes_compose_the_same(studio: Studio, tmp_path) -> None:
    many = replace(studio, folder=tmp_path, workers=2)
    assert many.record(REQUESTS[:2]) == studio.record(REQUESTS[:2])
