"""Tests of :mod:`engine.emotion.experts.titles` on drawn text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.emotion import text_recognition
from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.titles import INTERVAL, MOST, TITLES, TitlesTrack
from engine.emotion.mapping import UNIFORM
from engine.emotion.reading import NOTHING, Text
from engine.errors import EmsyncError

FILM = FilmContext(cuts=(), duration=60)


def picture(*lines, ground=0, left=60, top=300):
    """Lines of white text on a plain ground or on a given picture."""
    image = np.full((360, 640, 3), ground, dtype=np.uint8)
    for number, text in enumerate(lines):
        place = (left, top + 30 * number)
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)
    return image


def meadow(seed):
    """A picture without text: a soft pattern in colours."""
    small = np.random.default_rng(seed).integers(40, 180, (9, 16, 3), dtype=np.uint8)
    return cv2.resize(small, (640, 360), interpolation=cv2.INTER_CUBIC)


def watched(*pictures):
    pytest.importorskip("rapidocr", reason="needs rapidocr, of the extra emotion")
    pytest.importorskip("onnxruntime", reason="needs ONNX Runtime")
    watcher = TITLES.watch()
    for number, image in enumerate(pictures):
        watcher.picture(number * INTERVAL, image)
    return watcher.finish({})


def test_subtitles_are_read_as_one_text_and_once():
    image = picture("We have to leave", "before it rains.", ground=meadow(1))
    seen = watched(meadow(1), image, image, meadow(2))
    assert [text.text for text in seen.texts] == ["We have to leave before it rains."]
    assert (seen.texts[0].start, seen.texts[0].end) == (INTERVAL, 3 * INTERVAL)
    assert not seen.titles.any()
    assert seen.reading(0, 8, FILM) == NOTHING
    assert seen.activity(0, 8, FILM) == {}


def test_titles_on_black_are_marked_and_say_no_emotion():
    seen = watched(picture("THE LONG WAR", top=180), meadow(1))
    assert [text.text for text in seen.texts] == ["THE LONG WAR"]
    reading = seen.reading(0, 2 * INTERVAL, FILM)
    assert reading.probabilities == UNIFORM and reading.point is None
    assert reading.confidence == pytest.approx(0.5)
    assert reading.evidence[0].text == "credits or titles, 2 s"
    assert seen.reading(INTERVAL, 2 * INTERVAL, FILM) == NOTHING


def test_the_names_of_credits_are_not_read():
    names = [f"Person Number {letter}" for letter in "ABCDEFGHIJ"]
    seen = watched(picture(*names, ground=meadow(1), top=40))
    assert len(names) > MOST
    assert seen.texts == () and seen.titles.all()
    assert seen.reading(0, INTERVAL, FILM).confidence == 1


def test_what_has_not_changed_is_not_looked_at_again(monkeypatch):
    looked = []
    image = picture("SAMPLE COPY", ground=meadow(1))
    pytest.importorskip("rapidocr", reason="needs rapidocr, of the extra emotion")
    watcher = TITLES.watch()
    find, read = watcher._reader.find, watcher._reader.read
    monkeypatch.setattr(watcher._reader, "find", lambda *a: looked.append("find") or find(*a))
    monkeypatch.setattr(watcher._reader, "read", lambda *a: looked.append("read") or read(*a))
    elsewhere = image.copy()
    elsewhere[:100] = meadow(2)[:100]
    for number, shown in enumerate([image, image, elsewhere, picture(ground=7)]):
        watcher.picture(number * INTERVAL, shown)
        watcher.picture(number * INTERVAL + 0.5, meadow(3))
    assert looked == ["find", "read", "find"]


def test_a_film_without_text_has_none():
    seen = watched(meadow(1), meadow(2), picture(), picture(ground=255))
    assert seen.texts == () and not seen.titles.any()
    assert watched().reading(0, 10, FILM) == NOTHING


def test_a_grey_film_is_read():
    grey = cv2.cvtColor(picture("We won!", ground=meadow(4)), cv2.COLOR_BGR2GRAY)
    seen = watched(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    assert [text.text for text in seen.texts] == ["We won!"]


def test_a_track_survives_a_file(tmp_path):
    original = TitlesTrack(
        seen=np.arange(4) * 2.0,
        titles=np.array([True, True, False, False]),
        texts=(Text(0, 4, "DER KRIEG"), Text(4, 6, "戦争は終わった")),
    )
    for track in (original, TitlesTrack(np.zeros(0), np.zeros(0, dtype=np.bool_), ())):
        np.savez(tmp_path / "track.npz", **track.arrays())
        with np.load(tmp_path / "track.npz") as arrays:
            loaded = TITLES.load(arrays)
        assert loaded.texts == track.texts
        assert loaded.reading(0, 8, FILM) == track.reading(0, 8, FILM)


def test_arrays_that_do_not_fit_are_refused():
    arrays = dict(TitlesTrack(np.zeros(2), np.zeros(2, dtype=np.bool_), ()).arrays())
    with pytest.raises(ValueError, match="needs a mark"):
        TITLES.load({**arrays, "titles": arrays["titles"][:1]})
    with pytest.raises(ValueError, match="shorter"):
        TITLES.load({**arrays, "starts": np.zeros(1)})
    with pytest.raises(KeyError):
        TITLES.load({"seen": np.zeros(1)})


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(text_recognition, "find_spec", lambda name: None)
    assert TITLES.missing() == "rapidocr is missing; install emsync-bridge[emotion]"
    with pytest.raises(EmsyncError, match=r"install emsync-bridge\[emotion\]"):
        TITLES.watch()
