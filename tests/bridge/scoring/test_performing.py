"""The velocities of a score: the same in its files and live, and flat on request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.play.midi_reader import read_piece
from bridge.scoring.network import NetworkOptions
from bridge.scoring.performing import performance_config
from bridge.scoring.pipeline import score_film
from bridge.scoring.request import Request
from engine.cues import CueSheet, Section, Video
from engine.score import Note


@contextmanager
def phases(*_: object) -> Iterator[Callable[[float], None]]:
    yield lambda share: None


def scored(request: Request, network_file: Path, folder: Path) -> list[Note]:
    """Score a film into a folder; the notes that somebody receives who follows it."""
    received: list[Note] = []
    load = NetworkOptions(network_file, "cpu", 1).load
    score_film(request, load, folder, phases, lambda cues: lambda notes, *_: received.extend(notes))
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


def test_takes_are_struck_differently():
    film = Video("film.mp4", 9.0, 25.0, 64, 48)
    cues = CueSheet(film, 0.0, 9.0, (), (), (Section(0, 9, {}, 0.0, 0.0, "calm"),))
    request = Request("film.mp4", seed=4)
    assert (
        performance_config(request, cues, None, 0).seed
        != performance_config(request, cues, None, 1).seed
    )
