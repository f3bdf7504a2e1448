"""Tests of :mod:`engine.emotion.experts.faces`."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from engine.emotion import networks
from engine.emotion.experts import faces
from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.faces import FACES, INTERVAL, MOST, RELIABILITY, FacesTrack
from engine.emotion.face_expression import EXPRESSIONS
from engine.emotion.mapping import UNIFORM
from engine.emotion.reading import NOTHING
from engine.errors import EmsyncError
from engine.section import EKMAN

FILM = FilmContext(cuts=(), duration=60)


def track(expressions, weight=1.0, count=1, start=0.0):
    """A track with one face in each look; None for a look without any."""
    shown = [expression for expression in expressions if expression]
    probabilities = np.full((len(shown), len(EXPRESSIONS)), 0.05, dtype=np.float32)
    for row, expression in zip(probabilities, shown, strict=True):
        row[EXPRESSIONS.index(expression)] = 1 - 0.05 * (len(EXPRESSIONS) - 1)
    present = np.array([expression is not None for expression in expressions])
    return FacesTrack(
        seen=start + INTERVAL * np.arange(len(expressions)),
        counts=(present * count).astype(np.int32),
        looks=np.flatnonzero(present).astype(np.int32),
        weights=np.full(len(shown), weight, dtype=np.float32),
        probabilities=probabilities,
    )


def likeliest(reading):
    return max(reading.probabilities, key=reading.probabilities.get)


def distance(reading):
    """How far the probabilities are from equal ones."""
    return sum(abs(p - UNIFORM[name]) for name, p in reading.probabilities.items()) / 2


@pytest.mark.parametrize("expression", EKMAN)
def test_an_expression_that_lasts_is_evidence_of_its_emotion(expression):
    reading = track([expression] * 40).reading(0, 20, FILM)
    assert likeliest(reading) == expression
    assert sum(reading.probabilities.values()) == pytest.approx(1)
    assert reading.confidence == pytest.approx(RELIABILITY)


def test_smiles_are_pleasant_and_neutral_faces_are_calm():
    smiling, angry, neutral = (
        track([expression] * 40).reading(0, 20, FILM).point
        for expression in ("joy", "anger", "neutral")
    )
    assert smiling.valence > 0.3 and angry.valence < -0.2
    assert neutral.arousal < smiling.arousal - 0.4 and abs(neutral.valence) < 0.1


def test_neutral_faces_favour_no_emotion():
    reading = track(["neutral"] * 40).reading(0, 20, FILM)
    assert distance(reading) < 0.06


def test_one_detection_counts_little_and_many_count_much():
    one = track([None] * 10 + ["joy"] + [None] * 29).reading(0, 20, FILM)
    few = track(["joy"] * 6 + [None] * 34).reading(0, 20, FILM)
    many = track(["joy"] * 40).reading(0, 20, FILM)
    assert 0 < distance(one) < 0.05
    assert distance(one) < distance(few) / 3 and distance(few) < distance(many)
    assert one.confidence < few.confidence < many.confidence
    assert one.point.valence_sd > few.point.valence_sd > many.point.valence_sd > 0


def test_no_emotion_is_ever_certain():
    reading = track(["joy"] * 7200).reading(0, 3600, FILM)
    assert max(reading.probabilities.values()) < 0.62
    assert min(reading.probabilities.values()) > 0.06


def test_large_faces_count_more_than_small_ones():
    mixed = track(["joy", "joy"])
    mixed = FacesTrack(
        seen=mixed.seen[:1],
        counts=np.array([2], dtype=np.int32),
        looks=np.array([0, 0], dtype=np.int32),
        weights=np.array([1.0, 0.2], dtype=np.float32),
        probabilities=np.stack([track([name]).probabilities[0] for name in ("sadness", "joy")]),
    )
    assert likeliest(mixed.reading(0, 0.5, FILM)) == "sadness"
    near, far = (track(["joy"] * 8, weight=w).reading(0, 4, FILM) for w in (1.0, 0.2))
    assert distance(near) > 2 * distance(far)


def test_a_stretch_without_faces_says_nothing():
    some = track([None] * 10 + ["joy"] * 10)
    assert some.reading(0, 5, FILM) == NOTHING
    assert some.reading(5, 10, FILM).confidence > 0
    assert some.reading(30, 40, FILM) == NOTHING
    assert track([]).reading(0, 1, FILM) == NOTHING


def test_a_gap_in_the_looks_is_not_filled_with_the_last_face():
    sparse = track(["joy"])
    assert sparse.reading(0, 60, FILM).confidence <= RELIABILITY * 2 * INTERVAL / 60


def test_evidence_names_the_strongest_moments():
    seen = track(["sadness"] * 4 + [None] * 4 + ["joy"] * 12, count=2)
    first, second = seen.reading(0, 10, FILM).evidence
    assert (first.time, first.expert) == (4.0, "faces")
    assert first.text.startswith("two faces, smiling .")
    assert second.text.startswith("two faces, sad .") and second.time == 0
    assert 1 >= first.weight > second.weight > 0
    assert track(["joy"] * 4, count=40).reading(0, 2, FILM).evidence[0].text.startswith("40 faces")
    assert track(["fear"] * 4).reading(0, 2, FILM).evidence[0].text.startswith("one face, afraid")


def test_one_odd_look_within_a_shot_is_smoothed_but_a_cut_is_kept():
    seen = track(["joy"] * 4 + ["surprise"] + ["joy"] * 4)
    assert len(seen.reading(0, 4.5, FILM).evidence) == 1
    halves = track(["joy"] * 2 + ["sadness"] * 2)
    cut = halves.reading(0, 2, FilmContext(cuts=(0.9,), duration=2))
    assert [each.text for each in cut.evidence] == ["one face, smiling .7", "one face, sad .7"]


def test_a_track_survives_a_file(tmp_path):
    original = track(["joy", None, "fear"])
    np.savez(tmp_path / "track.npz", **original.arrays())
    with np.load(tmp_path / "track.npz") as arrays:
        loaded = FACES.load(arrays)
    assert loaded.reading(0, 2, FILM) == original.reading(0, 2, FILM)


@pytest.mark.parametrize("change", ["counts", "weights", "probabilities"])
def test_arrays_that_do_not_fit_are_refused(change):
    arrays = dict(track(["joy", "fear"]).arrays())
    with pytest.raises(ValueError, match="needs its"):
        FACES.load({**arrays, change: arrays[change][:1]})
    with pytest.raises(ValueError, match="needs its look"):
        FACES.load({**arrays, "looks": arrays["looks"] + 2})
    with pytest.raises(KeyError):
        FACES.load({})


def test_a_film_with_a_face_is_watched(scene):
    watcher = FACES.watch()
    empty = np.full_like(scene, 90)
    for number in range(50):
        watcher.picture(number * 0.1, scene if number < 25 else empty)
    seen = watcher.finish({})
    assert seen.counts.tolist() == [1] * 5 + [0] * 5
    assert np.allclose(seen.seen, np.arange(10) * INTERVAL)
    assert seen.texts == () and seen.activity(0, 5, FILM) == {}
    reading = seen.reading(0, 5, FILM)
    assert 0 < distance(reading) < 0.3 and reading.point.arousal < 0.2
    assert seen.reading(2.5, 5, FILM) == NOTHING


def test_of_forty_faces_the_largest_are_read_and_all_are_counted(portrait):
    small = cv2.resize(portrait, (77, 90), interpolation=cv2.INTER_AREA)
    crowd = np.tile(small, (5, 8, 1))
    watcher = FACES.watch()
    watcher.picture(0, crowd)
    seen = watcher.finish({})
    assert seen.counts[0] >= 30
    assert len(seen.looks) == len(seen.weights) == len(seen.probabilities) == MOST
    assert seen.reading(0, 1, FILM).evidence[0].text.startswith(f"{seen.counts[0]} faces")


def test_a_grey_film_gives_an_answer(scene):
    grey = cv2.cvtColor(cv2.cvtColor(scene, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    watcher = FACES.watch()
    watcher.picture(0, grey)
    reading = watcher.finish({}).reading(0, 0.5, FILM)
    assert reading.confidence > 0 and all(map(math.isfinite, reading.probabilities.values()))


def test_without_the_runtime_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(networks, "find_spec", lambda name: None)
    assert "install emsync-bridge[cpu]" in faces.FACES.missing()
    with pytest.raises(EmsyncError, match=r"install emsync-bridge\[cpu\]"):
        FACES.watch()


def test_where_the_runtime_is_installed_nothing_is_missing():
    pytest.importorskip("onnxruntime")
    assert FACES.missing() == ""
