from __future__ import annotations

import pytest

from bridge.play.options import PlaybackOptions
from bridge.play.velocity import Dynamics
from engine.cues import CueSheet, Video
from engine.cues_json import write_cues
from engine.errors import EmsyncError
from engine.score import Instrument, Note, Score
from engine.section import Section
from export.midi import write_midi

SCORE = Score(
    (Note(Instrument.PIANO, 0.0, 0.5, 60), Note(Instrument.BASS, 1.0, 1.5, 40)), (), (), 2
)
FILM = Video("film.mp4", 2.0, 25.0, 64, 48)
CUES = CueSheet(FILM, 0.0, 2.0, (), (), (Section(0, 2, {}, 0.0, 1.0, "test"),))


@pytest.fixture
def folder(tmp_path):
    write_midi(SCORE, tmp_path / "score.mid")
    write_cues(CUES, tmp_path / "cues.json")
    return tmp_path


@pytest.mark.parametrize("expressive", [False, True])
def test_a_piece_is_read_with_its_options(folder, expressive):
    piece = PlaybackOptions(Dynamics(base=70), expressive).read(folder)
    assert [note.velocity for note in piece.notes] == [70, 70]
    assert bool(piece.controls) == expressive


def test_a_folder_without_a_piece_is_an_error(tmp_path):
    with pytest.raises(EmsyncError, match="holds neither"):
        PlaybackOptions().read(tmp_path)
