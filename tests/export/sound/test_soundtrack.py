"""A piece as sound: exact in length, level in loudness, and the sum of its stems."""

from __future__ import annotations

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.score import Instrument
from export.sound.gain import CEILING, TARGET
from export.sound.soundtrack import Soundtrack, write_soundtrack

RATE = 48000
PIANO, STRINGS, DRUMS, BASS = (
    Instrument.PIANO, Instrument.STRINGS, Instrument.DRUMS, Instrument.BASS,
)  # fmt: skip
LOUD = [
    *((PIANO, 0.25 * n, 0.25 * n + 0.2, 48 + 5 * n % 30, 120) for n in range(14)),
    *((DRUMS, 0.25 * n, 0.25 * n + 0.1, (36, 42, 38, 42)[n % 4], 110) for n in range(14)),
    (BASS, 0.0, 3.5, 36, 110),
    (STRINGS, 0.0, 3.5, 64, 100),
]
SOFT = [(PIANO, 0.0, 1.5, 60, 25), (PIANO, 1.5, 3.5, 67, 20)]


@pytest.fixture
def render(piece, font, synthesizer, tmp_path):
    def write(*notes: tuple, duration: float = 4.0, form: str = "wav", **options) -> Soundtrack:
        midis = piece(*notes, duration=duration)
        name = f"score.{form}"
        return write_soundtrack(midis, duration, tmp_path, name, form, font, synthesizer, **options)

    return write


def samples(path: Path) -> np.ndarray:
    """The samples [n, 2] of a file in steps of 24 bits."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (RATE, 2)
        parts = [frame.to_ndarray().reshape(-1, 2) for frame in container.decode(audio=0)]
    return np.concatenate(parts).astype(np.int64) >> 8


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_every_file_lasts_exactly_as_long_as_the_film(render, tmp_path, form):
    made = render(*LOUD, duration=4.0031, form=form)
    assert made.mix == f"score.{form}"
    assert set(made.stems) == {f"stems/{n}.{form}" for n in ("piano", "strings", "drums", "bass")}
    for name in (made.mix, *made.stems):
        assert len(samples(tmp_path / name)) == round(4.0031 * RATE)


def test_stems_add_up_to_the_mix(render, tmp_path):
    made = render(*LOUD)
    mix = samples(tmp_path / made.mix)
    assert np.abs(sum(samples(tmp_path / name) for name in made.stems) - mix).max() <= 1


def test_loud_and_soft_pieces_are_equally_loud_and_never_clip(render, tmp_path):
    found = []
    for notes in (LOUD, SOFT, [(DRUMS, 0.5 * n, 0.5 * n + 0.1, 36, 127) for n in range(7)]):
        made = render(*notes)
        peak = np.abs(samples(tmp_path / made.mix)).max() / 2**23
        assert 20 * np.log10(peak) <= CEILING + 0.001
        assert made.peak == pytest.approx(20 * np.log10(peak), abs=0.01)
        found.append(made.loudness)
    assert max(found) - min(found) < 3.0
    assert found[0] == pytest.approx(TARGET, abs=1.0)


def test_silence_is_where_nobody_plays(render, tmp_path):
    made = render((PIANO, 2.0, 3.0, 60, 90), duration=7.0)
    mix = samples(tmp_path / made.mix)
    assert not mix[: 2 * RATE - 480].any()
    assert np.abs(mix[2 * RATE : 3 * RATE]).max() > 2**20
    assert np.abs(mix[6 * RATE :]).max() < 2**23 / 1000


def test_music_that_ends_by_itself_has_no_fade(render, tmp_path):
    ends, goes_on = (STRINGS, 0.0, 3.6, 64, 90), (STRINGS, 0.0, 4.0, 64, 90)
    made = render(ends)
    before = samples(tmp_path / made.mix)
    assert made.fade == 0.0
    cut = render(goes_on)
    faded = samples(tmp_path / cut.mix)
    assert cut.fade == pytest.approx(2.0)  # half of a film that is shorter than two fades
    loud = [np.abs(each[int(3.3 * RATE) : int(3.5 * RATE)]).max() for each in (before, faded)]
    assert loud[0] > 3 * loud[1]
    assert abs(int(faded[-1, 0])) < 2**23 / 10000


def test_a_fade_takes_three_seconds(render):
    assert render((STRINGS, 0.0, 9.0, 64, 90), duration=9.0).fade == pytest.approx(3.0)


def test_a_piece_without_notes_is_silent(render, tmp_path):
    made = render(duration=2.0)
    assert made.stems == () and made.loudness == -np.inf
    assert not samples(tmp_path / made.mix).any()


def test_equal_scores_give_equal_bytes(render, tmp_path):
    made = render(*SOFT)
    first = (tmp_path / made.mix).read_bytes()
    render(*SOFT)
    assert (tmp_path / made.mix).read_bytes() == first


def test_wav_files_say_where_in_the_day_they_begin(render, tmp_path):
    made = render(*SOFT, begin=3600.5)
    with av.open(str(tmp_path / made.mix)) as container:
        assert int(container.metadata["time_reference"]) == 3600.5 * RATE


def test_progress_rises_to_the_end(render):
    shares: list[float] = []
    render(*SOFT, duration=9.0, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 4


def test_a_folder_that_is_gone_is_an_error_in_one_line(piece, font, synthesizer, tmp_path):
    midis = piece(*SOFT)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(EmsyncError, match="can't be written"):
        write_soundtrack(midis, 4.0, tmp_path / "file", "score.wav", "wav", font, synthesizer)


def test_a_full_disk_is_an_error_before_anything_is_written(render, tmp_path, monkeypatch):
    usage = shutil._ntuple_diskusage(10**9, 10**9, 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(EmsyncError, match="the disk has 0 MB free, and sound needs"):
        render(*SOFT)
    assert not (tmp_path / "score.wav").exists()


def test_a_midi_file_that_is_none_is_an_error(piece, font, synthesizer, tmp_path):
    midis = piece(*SOFT)
    midis[PIANO].write_bytes(b"MThd")
    with pytest.raises(EmsyncError, match=r"piano.mid: is no MIDI file"):
        write_soundtrack(midis, 4.0, tmp_path, "score.wav", "wav", font, synthesizer)
    assert not (tmp_path / "score.wav").exists()
