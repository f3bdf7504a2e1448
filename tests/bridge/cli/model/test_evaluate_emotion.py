"""``emsync model evaluate-emotion`` on three drawn films."""

from __future__ import annotations

import json

import pytest

from engine.emotion.calibration import UNIFORM_LOSS


def test_films_in_folders_are_read_and_measured(emsync, labelled, tmp_path):
    report = tmp_path / "report.json"
    words = ("model", "evaluate-emotion", labelled, "--experts", "look", "-o", report)
    result = emsync(*words)
    assert result.status == 0, result.err
    assert "films with an emotion: 3" in result.out and "a guess has 1.792" in result.out
    assert "look      alone: log loss" in result.out
    found = json.loads(report.read_text())
    assert found["films"] == 3 and found["categories"]["uniform"] == UNIFORM_LOSS
    assert 0.5 < found["categories"]["log_loss"]["value"] < 3
    assert sum(map(sum, found["categories"]["confusion"].values())) == 3
    assert found["axes"]["arousal"]["n"] == 3 and found["axes"]["arousal"]["labelled"] == 0
    assert found["experts"]["look"]["without"] is None
    assert [entry["labels"]["emotion"] for entry in found["each"]] == ["fear", "joy", "sadness"]
    again = emsync(*words)
    assert again.status == 2 and "exists" in again.err


def test_labels_of_valence_and_arousal_are_compared(emsync, labelled):
    table = labelled / "labels.csv"
    table.write_text(
        "file,valence,arousal\njoy/1.mp4,.8,.5\nfear/1.mp4,-.6,.7\nsadness/1.mp4,,-.5\n"
    )
    try:
        result = emsync("model", "evaluate-emotion", labelled, "--experts", "look")
    finally:
        table.unlink()
    assert result.status == 0, result.err
    assert "of 2 labels: r" in result.out and "of 3 labels: r" in result.out
    assert "log loss" not in result.out


def test_films_that_can_t_be_read_are_left_out_with_a_line(emsync, tmp_path):
    (tmp_path / "joy").mkdir()
    (tmp_path / "joy/a.mp4").write_bytes(b"nonsense")
    result = emsync("model", "evaluate-emotion", tmp_path)
    assert result.status == 2
    assert "a.mp4" in result.err and "left out" in result.err
    assert "none of the films can be analyzed" in result.err


@pytest.mark.parametrize("experts", ["nobody", ""])
def test_an_unknown_expert_is_one_line(emsync, labelled, experts):
    result = emsync("model", "evaluate-emotion", labelled, "--experts", experts)
    assert result.status == 2 and result.err.count("\n") == 1
    assert "look, faces, scene, sound, speech, titles, words" in result.err
