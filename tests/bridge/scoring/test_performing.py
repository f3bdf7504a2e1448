"""The performance of a score: the same in its files and live, and none on request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.play.midi_reader import read_midi, read_piece
from bridge.scoring.context import ScoringContext
from bridge.scoring.network import NetworkOptions
from bridge.scoring.performing import performance_config
from bridge.scoring.pipeline import score_film
from bridge.scoring.request import Request
from engine.cues import CueSheet, Video
from engine.score import Instrument, Note
from engine.section import Section

from .follower import Follower


@contextmanager
def phases(*_: object) -> Iterator[Callable[[float], None]]:
    yield lambda share: None


def scored(request: Request, network_file: Path, folder: Path) -> list[Note]:
    """Score a film into a folder; the notes that somebody receives who follows it."""
    received: list[Note] = []
    load = NetworkOptions(network_file, "cpu", 1).load
    follower = Follower(lambda cues: lambda notes, *_: received.extend(notes))
    score_film(request, ScoringContext(load, folder, phases), follower)
    return received


def velocities(notes: Iterable[Note]) -> list[tuple[str, int, int]]:
    """The velocities of every part and pitch, in time order; files round onsets to ticks."""
    by_onset = sorted(notes, key=lambda note: (note.instrument.value, note.pitch, note.onset))
    return [(note.instrument.value, note.pitch, note.velocity) for note in by_onset]


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("emotion", ["auto", "calm, 0:04 v=-0.4 a=0.9"])
def test_a_live_piece_has_the_velocities_of_its_files(clip, network_file, tmp_path, free, emotion):
    request = Request(str(clip), emotion, seed=2, live=True, free=free)
    received = scored(request, network_file, tmp_path)
    piece = read_piece(tmp_path)
    assert velocities(received) == velocities(piece.notes)
    assert len({note.velocity for note in received}) > 8
    (tmp_path / "score.mid").unlink()
    assert velocities(read_piece(tmp_path).notes) == velocities(received), "stems"


def test_without_dynamics_a_score_is_flat(clip, network_file, tmp_path):
    received = scored(
        Request(str(clip), live=True, free=True, dynamics=0.0), network_file, tmp_path
    )
    assert {note.velocity for note in received} <= {80, 120}


def test_arousal_sets_the_level_of_a_piece_without_a_plan():
    film = Video("film.mp4", 9.0, 25.0, 64, 48)
    sections = (Section(0, 5, {}, 0.0, -0.9, "calm"), Section(5, 9, {}, 0.0, 0.9, "excited"))
    cues = CueSheet(film, 0.0, 9.0, (), (), sections)
    levels = performance_config(Request("film.mp4"), cues, None).levels
    assert [start for start, _ in levels] == [0, 5]
    assert levels[0][1] < 1 < levels[1][1]


def times(notes: Iterable[Note]) -> list[float]:
    by_onset = sorted(notes, key=lambda note: (note.instrument.value, note.pitch, note.onset))
    return [time for note in by_onset for time in (note.onset, note.end)]


@pytest.mark.parametrize("free", [False, True])
def test_a_live_piece_has_the_lengths_of_its_files(clip, network_file, tmp_path, free):
    received = scored(Request(str(clip), seed=2, live=True, free=free), network_file, tmp_path)
    found = times(read_piece(tmp_path).notes)
    assert found == pytest.approx(times(received), abs=0.003), "files round to ticks"
    assert found != pytest.approx(times(read_midi(tmp_path / "written.mid").notes), abs=0.003)


def test_what_is_printed_is_what_was_composed(clip, network_file, tmp_path):
    folders = tmp_path / "played", tmp_path / "written"
    for folder, humanize in zip(folders, (1.0, 0.0), strict=True):
        folder.mkdir()
        scored(Request(str(clip), seed=2, takes=1, humanize=humanize), network_file, folder)
    played, written = folders
    for name in ("score.musicxml", "score.svg"):
        assert (played / name).read_bytes() == (written / name).read_bytes()
    assert (played / "written.mid").read_bytes() == (written / "score.mid").read_bytes()
    assert (played / "score.mid").read_bytes() != (written / "score.mid").read_bytes()
    assert not (written / "written.mid").exists()


def test_swells_and_pedal_are_in_all_files_and_live(clip, network_file, tmp_path):
    plan = Request(str(clip), seed=2, takes=1, expression=True, audio="none", exports=("rpp",))
    scored(plan, network_file, tmp_path)
    score = read_piece(tmp_path)
    assert {(c.instrument, c.controller) for c in score.controls} == {
        (Instrument.STRINGS, 11), (Instrument.PIANO, 64),
    }  # fmt: skip
    pedals = [change for change in score.controls if change.controller == 64]
    assert pedals[-1].value == 0
    assert "b2 40 7f" in (tmp_path / "score.rpp").read_text(), "channel 3, pedal, down"
    assert read_piece(tmp_path, expressive=True).controls == score.controls
    (tmp_path / "score.mid").unlink()
    assert read_piece(tmp_path).controls == score.controls, "stems"


def test_a_score_without_controllers_gets_them_live(clip, network_file, tmp_path):
    folders = tmp_path / "with", tmp_path / "without"
    for folder, expression in zip(folders, (True, False), strict=True):
        folder.mkdir()
        scored(Request(str(clip), seed=2, takes=1, expression=expression), network_file, folder)
    written, live = (read_piece(folder, expressive=True).controls for folder in folders)
    assert read_piece(folders[1]).controls == ()
    for number in (11, 64):
        expected, found = (
            [(c.seconds, c.value) for c in controls if c.controller == number]
            for controls in (written, live)
        )
        assert [value for _, value in found] == [value for _, value in expected]
        times = [seconds for seconds, _ in expected]
        assert [seconds for seconds, _ in found] == pytest.approx(times, abs=0.01)


def test_takes_are_struck_differently():
    film = Video("film.mp4", 9.0, 25.0, 64, 48)
    cues = CueSheet(film, 0.0, 9.0, (), (), (Section(0, 9, {}, 0.0, 0.0, "calm"),))
    request = Request("film.mp4", seed=4)
    assert (
        performance_config(request, cues, None, 0).seed
        != performance_config(request, cues, None, 1).seed
    )
