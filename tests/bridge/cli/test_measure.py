from __future__ import annotations

import json
import wave
from importlib.util import find_spec
from pathlib import Path

import mido
import numpy as np
import pytest

from engine.metrics.onsets import RATE


def write_chords(path: Path, seconds: list[float]) -> None:
    """A piano that plays long triads at these times, at 120 a minute (480 ticks a beat)."""
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    messages = []
    for time in seconds:
        tick = round(time * 960)
        for pitch in (60, 64, 67):
            messages.append((tick, "note_on", pitch))
            messages.append((tick + 1200, "note_off", pitch))
    now = 0
    for tick, kind, pitch in sorted(messages, key=lambda m: (m[0], m[1] == "note_on")):
        track.append(mido.Message(kind, note=pitch, velocity=80, time=tick - now))
        now = tick
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(path)


def write_clicks(path: Path, seconds: list[float], duration: float) -> None:
    """A WAV with a decaying tone at each of these times."""
    sound = np.zeros(int(RATE * duration))
    at = np.arange(RATE // 2) / RATE
    for time in seconds:
        first = int(time * RATE)
        part = sound[first : first + len(at)]
        part += (0.5 * np.sin(2 * np.pi * 440 * at) * np.exp(-20 * at))[: len(part)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32767).astype("<i2").tobytes())


@pytest.fixture
def measured(emsync, tmp_path):
    """Measure; returns the report and what was printed."""

    def run(*words):
        path = tmp_path / "report.json"
        result = emsync("measure", *words, "--json", path, "--force")
        assert result.status == 0, result.err
        return json.loads(path.read_text()), result

    return run


def test_a_midi_file_is_measured_against_the_cuts_of_the_film(measured, clip, tmp_path):
    write_chords(tmp_path / "score.mid", [0.02, 4.0, 6.5])
    report, result = measured(clip, tmp_path / "score.mid")
    cuts, every = (report["alignment"][name] for name in ("cuts", "boundaries"))
    assert (cuts["frame"]["recall"]["value"], cuts["frame"]["recall"]["n"]) == (1.0, 1)
    assert cuts["frame"]["precision"]["value"] == pytest.approx(1 / 3)
    assert (every["frame"]["recall"]["value"], every["frame"]["recall"]["n"]) == (1.0, 2)
    assert every["frame"]["iou"]["value"] == pytest.approx(2 / 3)
    assert every["second"]["median_delta"] == pytest.approx(0.01, abs=0.01)
    assert report["chords"] == 3 and report["fps"] == 12
    found = report["av_align"]
    assert found["onsets_from"] == "notes" and found["onsets"] == 3
    assert 0 <= found["frame"]["score"]["value"] <= found["second"]["score"]["value"] <= 1
    assert "not the published definition" in result.out
    assert set(report["left_out"]) == {"tag_kl", "runtime"}


def test_sound_has_onsets_but_no_chords(measured, clip, tmp_path):
    write_clicks(tmp_path / "score.wav", [1.0, 2.5, 4.0], 9.0)
    report, result = measured(clip, tmp_path / "score.wav")
    assert "alignment" not in report and "needs notes" in report["left_out"]["alignment"]
    assert (report["av_align"]["onsets_from"], report["av_align"]["onsets"]) == ("sound", 3)
    assert "not the published definition" not in result.out


def test_own_boundaries_replace_the_cuts(measured, clip, tmp_path):
    write_chords(tmp_path / "score.mid", [2.0, 7.5])
    (tmp_path / "hits.txt").write_text("2.0\n5.0\n7.0\n")
    report, _ = measured(
        clip, tmp_path / "score.mid", "--boundaries", tmp_path / "hits.txt", "--no-av-align"
    )
    (found,) = report["alignment"].values()
    assert found["frame"]["recall"]["value"] == pytest.approx(1 / 3)
    assert found["second"]["recall"]["value"] == pytest.approx(2 / 3)
    assert report["left_out"]["av_align"] == "not asked for"


def test_a_result_is_measured_with_its_own_cue_sheet_and_runtime(
    measured, emsync, clip, network_file, tmp_path
):
    words = ("--model", network_file, "--takes", 1, "--start", 1)
    assert emsync("score", clip, "-o", tmp_path / "out", *words).status == 0
    report, result = measured(clip, tmp_path / "out", "--no-av-align")
    assert report["duration"] == pytest.approx(8.0)
    timings = json.loads((tmp_path / "out" / "report.json").read_text())["timings"]
    assert report["runtime"]["total"] == timings["total"]
    assert report["runtime"]["a_minute_of_film"] == pytest.approx(timings["total"] * 60 / 8)
    assert "runtime:" in result.out


def test_what_does_not_fit_is_refused_in_a_line(emsync, clip, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "noise.txt").write_text("no music")
    write_chords(tmp_path / "score.mid", [1.0])
    for score, complaint in (
        ("missing.mid", "no such file"),
        ("empty", "holds no score.mid"),
        ("noise.txt", "no sound can be decoded"),
    ):
        result = emsync("measure", clip, tmp_path / score)
        assert result.status == 2 and complaint in result.err
        assert len(result.err.splitlines()) == 1
    (tmp_path / "kept.json").write_text("{}")
    result = emsync("measure", clip, tmp_path / "score.mid", "--json", tmp_path / "kept.json")
    assert result.status == 2 and "--force" in result.err
    assert (tmp_path / "kept.json").read_text() == "{}"


@pytest.mark.skipif(find_spec("musicnn") is not None, reason="musicnn is installed")
def test_tag_kl_says_what_is_missing(emsync, clip, tmp_path):
    write_clicks(tmp_path / "score.wav", [1.0, 2.5, 4.0], 9.0)
    words = (clip, tmp_path / "score.wav", "--reference", tmp_path / "score.wav", "--no-av-align")
    result = emsync("measure", *words)
    assert result.status == 2
    assert "pip install --no-deps musicnn" in result.err and len(result.err.splitlines()) == 1
