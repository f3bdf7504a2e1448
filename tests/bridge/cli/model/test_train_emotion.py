"""``emsync model train-emotion`` on features of the published layout and on films."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.emotion.fusion_features import EXPERTS
from engine.emotion.fusion_network import PAPER, FusionNetwork
from engine.section import EKMAN

pytest.importorskip("torch")
pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """Features of a known rule: CLIP's and the faces' feature of the emotion is raised."""
    folder, rng = tmp_path_factory.mktemp("record"), np.random.default_rng(0)
    widths = {"clip": ("clip", 512), "face_emotion": ("faces", 768)}
    for number in range(90):
        emotion = EKMAN[number % 6]
        split = ("train", "train", "train", "val", "test")[number // 6 % 5]
        for name, (_, width) in widths.items():
            array = 0.1 * rng.normal(size=(16, width)).astype(np.float32)
            array[:, number % 6 :: 6] += 1
            place = folder / name / split / emotion
            place.mkdir(parents=True, exist_ok=True)
            np.save(place / f"{number}.npy", array.astype(np.float16))
    return folder


def test_published_features_become_a_network_that_beats_a_guess(emsync, record, tmp_path):
    out = tmp_path / "run"
    words = ("model", "train-emotion", record, "-o", out, "--width", 16, "--rate", 0.003)
    result = emsync(*words, "--epochs", 2)
    assert result.status == 0, result.err
    assert "train 54 videos: anger 9, disgust 9" in result.out
    result = emsync(*words, "--epochs", 10)
    assert result.status == 0, result.err
    assert "epoch 2:" not in result.out and "epoch 3:" in result.out and "n 18" in result.out
    assert (out / "log.csv").read_text().count("\n") == 11
    network = FusionNetwork(out / "emotion.onnx")
    assert network.card.modalities == PAPER and len(network.card.code_hash) == 64
    assert set(network.card.ranges) == {"clip", "faces"}
    assert network.card.figures["top_1"]["value"] > 0.8
    assert network.card.figures["log_loss"]["value"] < 1.4
    features = np.zeros((16, 512), np.float32)
    features[:, 3::6] = 1
    found = network.probabilities({"clip": features})
    assert max(found, key=found.get) == "joy"


def test_the_spelling_of_the_issue_works_and_videos_can_be_left_out(emsync, record, tmp_path):
    (tmp_path / "blacklist.txt").write_text("0.mp4\n6\n\n")
    result = emsync(
        "train-emotion", record, "-o", tmp_path / "run", "--width", 4, "--epochs", 1,
        "--exclude", tmp_path / "blacklist.txt",
    )  # fmt: skip
    assert result.status == 0, result.err
    assert "emsync train-emotion is now emsync model train-emotion" in result.err
    assert "train 52 videos: anger 7" in result.out


def test_films_become_a_network_on_what_the_experts_read(emsync, copies, tmp_path):
    folder, out = copies(4), tmp_path / "run"
    splits = ("train", "train", "val", "test")
    lines = ["file,emotion,split", "broken.mp4,joy,train"]
    for number, path in enumerate(sorted(folder.rglob("*.mp4"))):
        lines.append(f"{path.relative_to(folder)},{path.parent.name},{splits[number % 4]}")
    (folder / "labels.csv").write_text("\n".join(lines))
    (folder / "broken.mp4").write_bytes(b"nonsense")
    words = ("model", "train-emotion", folder, "-o", out, "--width", 8, "--epochs", 1)
    result = emsync(*words)
    assert result.status == 0, result.err
    assert "broken.mp4" in result.err and "left out" in result.err
    network = FusionNetwork(out / "emotion.onnx")
    assert network.card.modalities == EXPERTS and "look" in network.card.ranges
    assert network.card.figures["videos"] == {"train": 6, "val": 3, "test": 3}
    assert json.loads((out / "emotion.json").read_text())["emotions"] == list(EKMAN)
    # What was watched is not watched again.
    assert len(list((out / "features").glob("*.npz"))) == 12
    assert emsync(*words, "--patience", 5).status == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--hide", 1), "--hide must be 0 or more and below 1"),
        (("--rate", 0), "--rate above 0"),
        (("--width", 6), "a multiple of 4"),
    ],
)
def test_options_out_of_range_are_one_line(emsync, record, tmp_path, words, message):
    result = emsync("model", "train-emotion", record, "-o", tmp_path / "run", *words)
    assert result.status == 2 and message in result.err and not (tmp_path / "run").exists()


def test_a_folder_of_nothing_is_one_line(emsync, tmp_path):
    (tmp_path / "source").mkdir()
    result = emsync("model", "train-emotion", tmp_path / "source", "-o", tmp_path / "run")
    assert result.status == 2 and "no labelled films" in result.err
    result = emsync("model", "train-emotion", tmp_path / "none", "-o", tmp_path / "run")
    assert result.status == 2 and "is no folder" in result.err
