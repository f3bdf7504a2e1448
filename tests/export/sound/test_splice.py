"""New sound in the files of an older version is what playing the whole piece would give."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.score import Instrument, Note, Score
from export.midi import write_stems
from export.sound import soundtrack, whole
from export.sound.gain import CEILING, Gain, ending, limiter_edges
from export.sound.older_sound import OlderSound
from export.sound.soundfont import SoundFont
from export.sound.soundtrack import Soundtrack, write_soundtrack
from export.sound.synthesizer import MidiRenderer
from export.sound.wav import open_wav

pytest.importorskip("midirenderer")

RATE = 48000
DURATION = 20.0
PIANO, STRINGS, DRUMS = Instrument.PIANO, Instrument.STRINGS, Instrument.DRUMS
ROUNDING = 600
"""Steps of 24 bits: one of the synthesizer's 16 bits, at the gain of these pieces."""


def notes(first: float, last: float, transposed: int = 0) -> list[Note]:
    """Piano and drums at times that synthesizers take up exactly, and strings that overlap."""
    beats = np.arange(first, last, 0.25).tolist()
    piano = [Note(PIANO, t, t + 0.2, 48 + round(20 * t) % 30 + transposed, 110) for t in beats]
    drums = [Note(DRUMS, t, t + 0.1, (36, 42, 38, 46)[round(4 * t) % 4], 105) for t in beats]
    strings = [Note(STRINGS, t, t + 1.3, 60 + round(t) % 9 + transposed, 90) for t in beats[::4]]
    return [*piano, *drums, *strings]


OLD = notes(0.0, 18.0)
NEW = [*notes(0.0, 8.0), *notes(8.0, 9.0, 4), *notes(9.0, 18.0)]


def render(
    folder: Path, parts: list[Note], font: SoundFont, older: OlderSound | None = None
) -> Soundtrack:
    ordered = tuple(sorted(parts, key=lambda note: note.onset))
    midis = write_stems(Score(ordered, (), (), DURATION), folder / "stems")
    return write_soundtrack(
        midis, DURATION, folder, "score.wav", "wav", font, MidiRenderer(), older=older
    )


def older_of(folder: Path, made: Soundtrack) -> OlderSound:
    return OlderSound(folder, made.mix, made.recipe, made.level, made.limited)


@pytest.fixture(scope="module")
def first(font, tmp_path_factory) -> OlderSound:
    folder = tmp_path_factory.mktemp("first")
    return older_of(folder, render(folder, OLD, font))


@pytest.fixture
def older(first, tmp_path) -> OlderSound:
    shutil.copytree(first.folder, tmp_path / "old")
    return replace(first, folder=tmp_path / "old")


@pytest.fixture
def sound(tmp_path, font):
    """Render notes in a folder of this name."""
    return lambda name, *words: render(tmp_path / name, *words[:1], font, *words[1:])


def samples(path: Path) -> np.ndarray:
    file = open_wav(path)
    assert file is not None
    return file.read(0, file.frames).astype(int)


def sounds(folder: Path) -> dict[str, np.ndarray]:
    return {str(path.relative_to(folder)): samples(path) for path in folder.rglob("*.wav")}


def test_only_the_stretch_that_has_changed_is_made_anew(sound, older, tmp_path, monkeypatch):
    made = sound("new", NEW, older)
    before, after = sounds(tmp_path / "old"), sounds(tmp_path / "new")
    assert after.keys() == before.keys() == {made.mix, *made.stems}
    for name, new in after.items():
        (changed,) = np.nonzero((new != before[name]).any(axis=1))
        assert changed[0] > 7.9 * RATE and changed[-1] < 18 * RATE, name

    def at_the_old_level(loudness: float, peaks: np.ndarray, silence: float, frames: int) -> Gain:
        edges = limiter_edges(peaks, CEILING - older.level)
        return Gain(older.level, edges, frames, *ending(silence, frames))

    monkeypatch.setattr(whole, "piece_gain", at_the_old_level)
    played = sound("whole", NEW)
    for name, expected in sounds(tmp_path / "whole").items():
        assert np.abs(after[name] - expected).max() <= ROUNDING, name
    assert made.stems == played.stems and made.recipe == played.recipe
    assert made.level == older.level
    assert made.loudness == pytest.approx(played.loudness, abs=0.01)
    assert made.peak == pytest.approx(played.peak, abs=0.01)
    stems = sum(after[name] for name in made.stems)
    assert np.array_equal(stems, after[made.mix])


def test_a_version_of_a_version_has_the_sound_of_both_changes(sound, older, tmp_path):
    first = sound("first", NEW, older)
    sound("back", OLD, older_of(tmp_path / "first", first))
    for name, expected in sounds(tmp_path / "old").items():
        assert np.abs(sounds(tmp_path / "back")[name] - expected).max() <= ROUNDING, name


def test_a_version_with_the_same_notes_has_the_same_files(sound, older, tmp_path):
    made = sound("new", OLD, older)
    for name in (made.mix, *made.stems):
        assert (tmp_path / "new" / name).read_bytes() == (tmp_path / "old" / name).read_bytes()


def edit(path: Path, first: float) -> None:
    """Silence half a second of a file."""
    file = open_wav(path)
    assert file is not None
    with path.open("rb+") as target:
        target.seek(file.offset + round(first * RATE) * 6)
        target.write(bytes(RATE // 2 * 6))


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        pytest.param(lambda old: replace(old, recipe="another font"), NEW, id="font"),
        pytest.param(lambda old: replace(old, mix="score.flac"), NEW, id="no mix"),
        pytest.param(lambda old: (old.folder / "stems/piano.wav").unlink(), NEW, id="no stem"),
        pytest.param(lambda old: (old.folder / "stems/piano.mid").unlink(), NEW, id="no notes"),
        pytest.param(lambda old: edit(old.folder / "stems/strings.wav", 7.5), NEW, id="edited"),
        pytest.param(lambda old: None, notes(0.0, 18.0, 3), id="all is new"),
        pytest.param(lambda old: None, [*NEW, Note(Instrument.BASS, 8, 9, 40)], id="new part"),
        pytest.param(lambda old: None, [*NEW, Note(PIANO, 9, 20, 50)], id="another ending"),
        pytest.param(
            lambda old: None,
            [*NEW, *(Note(STRINGS, 8.0, 11.0, pitch, 127) for pitch in range(50, 90))],
            id="louder",
        ),
    ],
)
def test_else_the_piece_is_played_as_a_whole(sound, older, monkeypatch, change, parts):
    class PlayedAsAWhole(Exception):
        pass

    def whole(*_: object) -> None:
        raise PlayedAsAWhole

    monkeypatch.setattr(soundtrack, "write_whole", whole)
    changed = change(older)
    with pytest.raises(PlayedAsAWhole):
        sound("new", parts, changed if isinstance(changed, OlderSound) else older)


def test_files_of_other_kinds_are_not_taken(tmp_path):
    (tmp_path / "text.wav").write_text("RIFF, but no sound")
    (tmp_path / "short.wav").write_bytes(b"RIFF\0\0\0\0WAVEdata\xff\0\0\0")
    assert open_wav(tmp_path / "text.wav") is None
    assert open_wav(tmp_path / "short.wav") is None
    assert open_wav(tmp_path / "missing.wav") is None
