import subprocess
import sys
from dataclasses import replace

import pytest

from engine.composing.config import GenerationConfig
from engine.composing.loop import compose
from engine.composing.planned import compose_planned_takes
from engine.composing.sampling import Sampling
from engine.composing.takes import ranked
from engine.evaluation.code_hash import imported_modules
from engine.evaluation.pieces import COMPOSING_CODE, PieceCache
from engine.evaluation.request import Request
from engine.music.conditions import Conditions


@pytest.fixture(scope="module")
def pieces(tiny, random_model, exported, tmp_path_factory) -> PieceCache:
    weights = exported(random_model(tiny()))
    return PieceCache(weights, tmp_path_factory.mktemp("pieces"), device="cpu", threads=1)


REQUESTS = [Request(3.0, seed, 0.5, -0.5, (1.0,)) for seed in range(3)]


def test_pieces_are_composed_once(pieces: PieceCache) -> None:
    first = pieces.compose(REQUESTS[:2])
    times = {path: path.stat().st_mtime_ns for path in pieces.folder.iterdir()}
    seen: list[float] = []
    assert pieces.compose(REQUESTS, seen.append)[:2] == first
    assert seen == [2, 3]
    assert len(times) == 2 and all(path.stat().st_mtime_ns == t for path, t in times.items())
    assert first[0] != first[1] and first[0].duration == 3.0


def test_another_sampling_gives_another_file(pieces: PieceCache) -> None:
    bold = replace(pieces, sampling=Sampling(temperature=2.0))
    assert bold.path(REQUESTS[0]) != pieces.path(REQUESTS[0])


def test_several_processes_compose_the_same(pieces: PieceCache, tmp_path) -> None:
    many = replace(pieces, folder=tmp_path, workers=2)
    assert many.compose(REQUESTS[:2]) == pieces.compose(REQUESTS[:2])


def test_a_piece_is_the_one_that_a_user_gets(pieces: PieceCache) -> None:
    request = Request(9.0, 7, 0.5, 0.6, (2.1, 5.3), Conditions(density=8.0))
    (read,) = pieces.compose([request])
    ((take, _),) = compose_planned_takes(
        request.cues(), request.plan(), pieces.network, GenerationConfig(7), 1
    )
    assert read == take.score
    assert read.beat_map is not None and read.keys and read.harmony
    assert {note.velocity for note in read.notes} != {80, 120}


def test_pieces_in_free_time_have_no_plan(pieces: PieceCache) -> None:
    free = replace(pieces, free=True)
    request = REQUESTS[0]
    (read,) = free.compose([request])
    assert free.path(request) != pieces.path(request)
    assert read.beat_map is None
    assert read == compose(request.cues(), free.network, request.config(Sampling()))


def test_another_plan_gives_another_file(pieces: PieceCache, monkeypatch) -> None:
    before = pieces.path(REQUESTS[0])
    assert before == pieces.path(REQUESTS[0])
    plan = Request.plan

    def louder(request: Request):
        made = plan(request)
        return replace(made, phrases=tuple(replace(p, dynamics="ff") for p in made.phrases))

    monkeypatch.setattr(Request, "plan", louder)
    assert pieces.path(REQUESTS[0]) != before


def test_a_change_of_any_module_that_composing_loads_discards_pieces() -> None:
    script = "import sys, engine.composing.planned; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if name.split(".")[0] == "engine"}
    assert {"engine.composing.loop", "engine.model.runtime", "engine.model.rotary"} < loaded
    assert {"engine.music.events", "engine.composing.logits.grammar"} < loaded
    assert {"engine.composing.planned", "engine.plan.timing"} < loaded
    assert loaded <= imported_modules(*COMPOSING_CODE)


def test_of_several_takes_the_best_is_kept(pieces: PieceCache) -> None:
    request = Request(20.0, 3, 0.5, 0.6, (9.0,))
    three = replace(pieces, takes=3)
    assert three.path(request) != pieces.path(request)
    (read,) = three.compose([request])
    takes = compose_planned_takes(
        request.cues(), request.plan(), pieces.network, request.config(Sampling()), 3
    )
    assert read == ranked(takes)[0][0].score
