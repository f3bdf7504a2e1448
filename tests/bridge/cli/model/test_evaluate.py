import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("symusic")
pytest.importorskip("matplotlib")

from engine.metrics import statistics
from engine.music.events import encode, normalise
from engine.score import Instrument, Note, Score


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token cache of made-up songs of 64 s."""
    folder = tmp_path_factory.mktemp("cache")
    rng = np.random.default_rng(0)
    songs = []
    for _ in range(8):
        notes = tuple(
            Note(who, t / 2, t / 2 + 0.5, int(rng.integers(40, 80)))
            for who in Instrument
            for t in range(128)
        )
        bars = tuple(np.arange(0, 64, 2.0).tolist())
        songs.append(encode(normalise(Score(notes, bars, (), 64))))
    np.save(folder / "tokens.npy", np.concatenate(songs))
    np.savez(
        folder / "songs.npz",
        start=np.append(0, np.cumsum([len(song) for song in songs])),
        names=np.array([f"{n}.mid" for n in range(8)]),
        conditions=np.tile(np.array([0, 0, 0, 2, 0, 0], np.float32), (8, 1)),
        families=np.full(8, 5, np.int8),
        validation=np.arange(8) >= 4,
    )
    return folder


@pytest.fixture(scope="module")
def paper_network(tiny, random_model, exported) -> Path:
    return exported(random_model(tiny("relative")))


def test_report_and_plots(
    emsync: Callable, cache: Path, paper_network: Path, tmp_path: Path
) -> None:
    words = (
        *("model", "evaluate", cache, "--model", paper_network, "-o", tmp_path),
        *("--quick", "--boundaries", 1),
        "--device", "cpu", "--threads", 1,
    )  # fmt: skip
    done = emsync(*words)
    assert done.status == 0, done.err
    assert "chord recall within 1 s" in done.out and "left out: emotion" in done.out
    assert (tmp_path / "evaluation.png").read_bytes().startswith(b"\x89PNG")
    text = (tmp_path / "evaluation.json").read_text()
    report = json.loads(text)
    assert statistics.finite(report) == report
    assert report["boundaries"]["films"] == 2 and report["plan"]["pieces"] == 4
    assert report["plan"]["boundaries_on_beat"]["n"] > 0
    assert report["plan"]["unplanned_tempo_changes"] == 0
    assert report["harmony"]["still"]["songs"]["n"] == 4
    assert report["harmony"]["still"]["n"] == 1 and "pitch range" in done.out
    assert report["sections"]["pieces"] == 1 and "arousal" not in report["sections"]["turning"]
    assert report["likelihood"]["emotion"]["tokens"] > 500
    assert len(list((cache / "evaluation").glob("*.npy"))) == 4
    again = emsync(*words)
    assert again.status == 2 and "evaluation.json exists" in again.err
    emsync(*words, "--force")
    assert (tmp_path / "evaluation.json").read_text() == text


def test_some_parts_of_pieces_in_free_time(
    emsync: Callable, cache: Path, network_file: Path, tmp_path: Path
) -> None:
    done = emsync(
        *("model", "evaluate", cache, "--model", network_file, "-o", tmp_path, "--work", tmp_path),
        *("--quick", "--boundaries", 1, "--only", "boundaries", "--free"),
        *("--device", "cpu", "--threads", 1),
    )  # fmt: skip
    assert done.status == 0, done.err
    report = json.loads((tmp_path / "evaluation.json").read_text())
    assert report["free"] is True and "plan" not in report
    assert set(report["left_out"]) == {"likelihood", "controls", "emotion", "sections", "plan"}
    assert report["amounts"]["parts"] == ["boundaries"]
    assert "left out: controls (not asked for)" in done.out
    assert report["harmony"]["still"]["songs"]["n"] == 4


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--emopia", "e.tar"), "give both"),
        (("--model", "none.onnx"), "no such network"),
        (("--top-p", "2"), "top_p"),
        (("--boundaries", "0"), "at least 1"),
        (("--seeds", "0"), "seeds 0: ask for at least 1"),
        (("--index", "none.tsv"), "no such file"),
    ],
)
def test_bad_input(
    emsync: Callable, cache: Path, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    done = emsync("model", "evaluate", cache, "-o", tmp_path, *words)
    assert done.status == 2
    assert complaint in done.err and done.err.count("\n") == 1


def test_no_cache(emsync: Callable, tmp_path: Path) -> None:
    done = emsync("model", "evaluate", tmp_path, "-o", tmp_path)
    assert done.status == 2 and "no token cache" in done.err
