"""Sound and film of scored pieces, and what happens where they can't be made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import av
import pytest

from bridge.scoring import rendering
from bridge.scoring.context import ScoringContext
from bridge.scoring.network import NetworkOptions
from bridge.scoring.pipeline import score_film
from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request
from engine.errors import EmsyncError


@contextmanager
def phases(phase: str, part: object = None) -> Iterator[Callable[[float], None]]:
    yield lambda share: None


@pytest.fixture
def score(clip, network_file, tmp_path):
    """Scores the clip; returns the report, and the folder."""
    network = NetworkOptions(network_file, "cpu", 1)

    def run(soundfont=None, **options):
        request = Request(str(clip), takes=1, **options)
        _, report = score_film(request, ScoringContext(network.load, tmp_path, phases, soundfont))
        return report, tmp_path

    return run


def duration(path) -> float:
    with av.open(str(path)) as container:
        return float(container.duration / 1_000_000)


def test_a_score_has_sound_and_a_film(score):
    report, folder = score()
    assert duration(folder / "score.wav") == pytest.approx(9.0, abs=1e-4)
    assert duration(folder / "film.mp4") == pytest.approx(9.0, abs=0.05)
    values = json.loads((folder / "report.json").read_text())
    assert values["sound"]["mix"] == "score.wav"
    assert all((folder / name).is_file() for name in values["sound"]["stems"])
    assert values["sound"]["peak"] <= -2.99
    assert values["film"] == {"name": "film.mp4", "begin": 0.0, "original": False, "speech": 0.0}
    assert values["timings"]["total"] == pytest.approx(report.timings.total, abs=0.001)


def test_the_sound_of_a_result_is_found_by_its_report(score, tmp_path):
    report, folder = score(film=False)
    values = json.loads((folder / "report.json").read_text())
    found = rendering.older_sound(folder, values)
    assert found.level == report.rendered.sound.level and found.mix == "score.wav"
    for wrong in ({}, {"mix": "../score.wav"}, {"recipe": 3}, {"level": "loud"}):
        sound = {**values["sound"], **wrong} if wrong else {}
        assert rendering.older_sound(folder, {"sound": sound}) is None


def test_a_part_of_a_film(score):
    report, folder = score(start=2.0, end=6.0, audio="flac", chapters="cuts")
    assert duration(folder / "score.flac") == pytest.approx(4.0, abs=1e-4)
    begin = report.rendered.film.begin
    assert 0.0 <= begin <= 2.0
    assert duration(folder / "film.mp4") == pytest.approx(6.0 - begin, abs=0.2)
    with av.open(str(folder / "film.mp4")) as film:
        assert film.chapters()[0]["metadata"]["title"].startswith("Shot 1 ")


def test_sound_alone_and_nothing_at_all(score):
    report, folder = score(film=False)
    assert report.rendered.film is None and not (folder / "film.mp4").exists()
    (folder / "score.wav").unlink()
    report, _ = score(audio="none")
    assert report.rendered is None and not (folder / "score.wav").exists()
    assert "sound" not in json.loads((folder / "report.json").read_text())


def test_without_a_synthesizer_the_music_is_there_as_midi(score, monkeypatch):
    monkeypatch.setattr("export.sound.synthesizer.find_synthesizer", lambda: None)
    with pytest.warns(UserWarning, match="no synthesizer is installed"):
        report, folder = score()
    assert report.rendered is None and (folder / "score.mid").is_file()


def test_a_font_that_is_none_is_refused_before_composing(score, tmp_path):
    font = tmp_path / "font.sf2"
    font.write_text("no font")
    with pytest.raises(EmsyncError, match=r"font.sf2: is no sound font"):
        score(soundfont=font)
    assert not (tmp_path / "score.mid").exists()


def test_a_film_that_can_not_be_made_leaves_the_sound(score, monkeypatch):
    def failing(*_: object) -> None:
        raise EmsyncError("clip.mp4: its picture can't be copied")

    monkeypatch.setattr(rendering, "_film", failing)
    with pytest.warns(UserWarning, match="no film: clip.mp4: its picture can't be copied"):
        report, folder = score()
    assert report.rendered.film is None and (folder / "score.wav").is_file()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("audio", "mp3", "audio must be wav or flac or none"),
        ("mix_original", 40.0, "mix_original is 40"),
        ("film", "yes", "film must be true or false"),
        ("chapters", "scenes", "chapters must be cuts"),
    ],
)
def test_options_of_sound_are_checked(field, value, error):
    with pytest.raises(EmsyncError, match=error):
        parse_request({"video": "a.mp4", field: value})
