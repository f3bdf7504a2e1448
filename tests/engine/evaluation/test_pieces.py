from dataclasses import replace

import pytest

from engine.composing.sampling import Sampling
from engine.evaluation.pieces import PieceCache, Request


@pytest.fixture(scope="module")
def pieces(tiny, random_model, exported, tmp_path_factory) -> PieceCache:
    weights = exported(random_model(tiny()))
    return PieceCache(weights, tmp_path_factory.mktemp("pieces"), device="cpu", threads=1)


REQUESTS = [Request(3.0, seed, 0.5, -0.5, (1.0,)) for seed in range(3)]


def test_pieces_are_composed_once(pieces: PieceCache) -> None:
    first = pieces.record(REQUESTS[:2])
    kept = {path: path.stat().st_mtime_ns for path in pieces.folder.iterdir()}
    seen: list[float] = []
    assert pieces.record(REQUESTS, seen.append)[:2] == first
    assert seen == [2, 3]
    assert len(kept) == 2 and all(path.stat().st_mtime_ns == t for path, t in kept.items())
    assert first[0] != first[1] and first[0].duration == 3.0


def test_another_sampling_is_another_piece(pieces: PieceCache) -> None:
    bold = replace(pieces, sampling=Sampling(temperature=2.0))
    assert bold.path(REQUESTS[0]) != pieces.path(REQUESTS[0])


def test_processes_compose_the_same(pieces: PieceCache, tmp_path) -> None:
    many = replace(pieces, folder=tmp_path, workers=2)
    assert many.record(REQUESTS[:2]) == pieces.record(REQUESTS[:2])
