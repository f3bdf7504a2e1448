from __future__ import annotations

import warnings
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.analysis import analyze, cue_sheet, measure
from engine.benchmarks.emotion_films import DrawnFilm, draw, scene
from engine.cues import CueSheet
from engine.emotion.experts.registry import by_name, chosen
from engine.errors import EmsyncError
from engine.measurements import Measurements, read_measurements, write_measurements

FPS = 24
CUTS = (1.5, 3.0, 6.0)
DURATION = 8.0


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Eight seconds of four made-up places."""
    path = tmp_path_factory.mktemp("films") / "film.avi"
    dice = np.random.default_rng(0)
    coarse = dice.random((4, 5, 8, 3)).astype(np.float32)
    places = [cv2.resize(place, (160, 90), interpolation=cv2.INTER_LINEAR) for place in coarse]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", FPS, width=160, height=90, pix_fmt="yuvj420p")
        for frame in range(int(DURATION * FPS)):
            place = places[np.searchsorted(CUTS, frame / FPS, "right")] * 255
            picture = av.VideoFrame.from_ndarray(place.astype(np.uint8), format="bgr24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def times(cues: CueSheet) -> list[float]:
    return [cut.time for cut in cues.cuts]


def test_a_whole_film_is_analyzed(film):
    cues = analyze(film)
    assert (cues.start, cues.end) == (0.0, pytest.approx(DURATION))
    assert cues.video.path == str(film)
    assert (cues.video.width, cues.video.height, cues.video.fps) == (160, 90, FPS)
    assert times(cues) == pytest.approx(CUTS, abs=0.01)
    assert cues.boundaries[1:] == pytest.approx((6.0,), abs=0.01)


def test_times_of_a_part_count_from_its_start(film):
    cues = analyze(film, 1.0, 7.25)
    assert (cues.start, cues.end, cues.duration) == (1.0, 7.25, 6.25)
    assert times(cues) == pytest.approx((0.5, 2.0, 5.0), abs=0.01)
    assert cues.boundaries == pytest.approx((0.0, 5.0), abs=0.01)
    assert cues.video.duration == pytest.approx(DURATION)


@pytest.mark.parametrize(("start", "end"), [(0.0, None), (2.0, None), (0.0, 2.5), (1.0, 6.5)])
def test_sections_cover_the_part(film, start, end):
    cues = analyze(film, start, end)
    edges = [0.0, *(section.end for section in cues.sections)]
    assert [section.start for section in cues.sections] == edges[:-1]
    assert edges[-1] == cues.duration == pytest.approx((end or DURATION) - start)
    assert all(a < b for a, b in pairwise(edges))
    for section in cues.sections:
        assert sum(section.probabilities.values()) == pytest.approx(1)
        assert -1 <= section.valence <= 1 and -1 <= section.arousal <= 1


def test_progress_rises_to_one(film):
    received: list[float] = []
    analyze(film, progress=received.append)
    assert received == sorted(received)
    assert 0 <= received[0] < 0.1 and received[-1] == 1.0


@pytest.mark.parametrize(
    ("start", "end", "what"),
    [
        (-1.0, None, "start -1 s"),
        (-1.0, 5.0, "start -1 s"),
        (3.0, 3.5, "at least 1 s"),
        (5.0, 3.0, "at least 1 s"),
        (7.5, None, "start earlier"),
        (20.0, None, "lasts 8"),
        (0.0, 9.0, "end 9 s lies beyond the film, which lasts 8"),
        (20.0, 30.0, "lasts 8"),
    ],
)
def test_a_part_that_the_film_does_not_have_is_refused(film, start, end, what):
    with pytest.raises(EmsyncError, match=rf"^[^\n]*{what}[^\n]*$"):
        analyze(film, start, end)


def test_a_film_that_ends_early_is_analyzed_as_far_as_it_decodes(film, tmp_path):
    broken = tmp_path / "broken.avi"
    broken.write_bytes(film.read_bytes()[: int(film.stat().st_size * 0.6)])
    with pytest.warns(UserWarning, match=r"ends [23]\.\d s before"):
        cues = analyze(broken)
    assert 4 < cues.duration < 6
    assert times(cues) == pytest.approx(CUTS[:2], abs=0.01)
    assert cues.sections[-1].end == cues.duration


def test_a_stretch_without_hits_has_no_boundary_and_its_cuts_take_no_place(film):
    measured = measure(film)
    assert cue_sheet(measured, distance=2.0).boundaries == pytest.approx((1.5, 6.0), abs=0.01)
    found = cue_sheet(measured, distance=2.0, no_hits=[(1.0, 2.0)])
    assert times(found) == pytest.approx(CUTS, abs=0.01)
    # The cut at 1.5 s no longer takes the place of the one at 3 s.
    assert found.boundaries == pytest.approx((0.0, 3.0, 6.0), abs=0.01)
    found = cue_sheet(measured, distance=2.0, no_hits=[(0.0, 5.0)])
    assert found.boundaries == pytest.approx((6.0,), abs=0.01)
    assert found.no_hits == ((0.0, 5.0),)


def test_all_experts_that_can_work_watch_a_film(monkeypatch, tmp_path):
    monkeypatch.delenv("EMSYNC_EXPERTS")
    drawn = DrawnFilm("two", (scene("dawn", 4.0), scene("chase", 4.0, 2.0, 1.0)))
    draw(drawn, tmp_path / "film.mp4")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measured = measure(tmp_path / "film.mp4")
    assert list(measured.tracks) == [expert.name for expert in chosen()]
    assert {"look", "sound"} <= measured.tracks.keys()
    again = read_back(measured, tmp_path)
    assert cue_sheet(again) == cue_sheet(measured)


def test_the_environment_names_the_usual_experts(monkeypatch):
    monkeypatch.setenv("EMSYNC_EXPERTS", "sound, look")
    assert [expert.name for expert in chosen()] == ["look", "sound"]
    assert [expert.name for expert in chosen(("look",))] == ["look"]
    monkeypatch.setenv("EMSYNC_EXPERTS", "looks")
    with pytest.raises(EmsyncError, match=r"^EMSYNC_EXPERTS: no expert 'looks': give look, "):
        chosen()


def read_back(measured: Measurements, folder: Path) -> Measurements:
    """What is measured, after a stay in a file."""
    write_measurements(measured, folder / "scores.npz")
    return read_measurements(folder / "scores.npz", Path(measured.video.path))


@pytest.mark.skipif(not by_name("scene").missing(), reason="the networks of scene are here")
def test_an_expert_that_is_asked_for_and_missing_is_named(film):
    with pytest.warns(UserWarning, match=r"^the expert scene is left out: .*emsync model download"):
        measured = measure(film, experts=("look", "scene"))
    assert list(measured.tracks) == ["look"]
