from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from engine.music.conditions import KEYS, METRES
from engine.music.events import normalise
from engine.score import Instrument
from engine.training.corpus.songs import UnusableSong, read_song

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument
SCALE = 60 + np.array([0, 2, 4, 5, 7, 9, 11, 12, 0, 7, 4])
STEP = 60 / 70 / 24
"""A time step of the slowest tempo here, in seconds."""


@pytest.fixture
def parts(beat):
    """Five parts on the grid of 24 steps a quarter, with guitar chords, from quarter 4 on."""
    dice = np.random.default_rng(0)
    return {
        "drums": [(onset + 4, 1 / 24, pitch) for onset, _, pitch in beat],
        25: [(8 * i + 6, 3, p) for i in range(4) for p in (60, 64 + i % 2, 67 + 2 * (i % 2))],
        33: [(4 + t, 23 / 24, int(p)) for t, p in enumerate(dice.choice(SCALE - 24, 32))],
        2: [(4 + t / 3, 7 / 24, int(p)) for t, p in enumerate(dice.choice(SCALE, 96))],
        48: [(4 + 4 * t, 3.5, int(p)) for t, p in enumerate(dice.choice(SCALE, 8))],
    }


def test_a_song_is_the_same_as_midi_and_as_piano_roll(tmp_path, write_song, write_roll, parts):
    tempos = [(0, 120), (8, 70), (20, 150)]
    midi = read_song(write_song(tmp_path / "a.mid", parts, tempos))
    roll = read_song(write_roll(tmp_path / "a.npz", parts, tempos, range(0, 36, 4)))
    assert roll.instruments == midi.instruments == set(Instrument)
    for part in Instrument:
        mine, other = (normalise(song.score).part(part) for song in (roll, midi))
        assert [note.pitch for note in mine] == [note.pitch for note in other]
        times = [[(note.onset, note.end) for note in notes] for notes in (mine, other)]
        assert np.abs(np.subtract(*times)).max() < STEP
    assert roll.score.bars == pytest.approx(midi.score.bars, abs=STEP)
    assert roll.score.chords == pytest.approx(midi.score.chords, abs=STEP)
    assert len(roll.score.chords) == 4
    assert roll.conditions.metre == midi.conditions.metre == METRES.index("4/4")
    assert roll.conditions.key == midi.conditions.key == KEYS.index("C major")
    assert roll.conditions.density == pytest.approx(midi.conditions.density, rel=1e-3)


def test_the_tempo_is_read(tmp_path, write_roll, beat):
    song = read_song(write_roll(tmp_path / "a.npz", {"drums": beat}, [(0, 96.0)]))
    assert song.conditions.tempo == pytest.approx(96)
    assert song.score.bars == pytest.approx(np.arange(0, 20, 2.5))


@pytest.mark.parametrize(
    ("bars", "metre"),
    [
        (range(0, 32, 4), "4/4"),
        (range(0, 32, 3), "3/4"),
        (range(0, 32, 2), "2/4"),
        (range(0, 32, 5), None),
        ([0, 3, 7, 10, 14, 17, 21, 24, 28], None),
        ([], None),
    ],
)
def test_the_metre_is_found_by_the_beats_of_the_bars(tmp_path, write_roll, beat, bars, metre):
    song = read_song(write_roll(tmp_path / "a.npz", {"drums": beat}, bars=bars))
    assert song.score.bars == pytest.approx([bar / 2 for bar in bars])
    found = song.conditions.metre
    assert (None if np.isnan(found) else METRES[int(found)]) == metre


def test_without_downbeats_it_is_common_time(tmp_path, write_roll, beat):
    song = read_song(write_roll(tmp_path / "a.npz", {"drums": beat}, bars=None))
    assert song.score.bars == pytest.approx(np.arange(0, 16, 2))
    assert METRES[int(song.conditions.metre)] == "4/4"


def changed(path, change):
    """Rewrite a file's arrays and its info as ``change(arrays, info)`` leaves them."""
    with np.load(path) as file:
        info = json.loads(file["info.json"])
        arrays = {name: file[name] for name in file.files if name != "info.json"}
    change(arrays, info)
    np.savez_compressed(path, **arrays)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("info.json", json.dumps(info))
    return path


def test_files_of_versions_before_1_are_read(tmp_path, write_roll, parts):
    def before_version_1(arrays, info):
        info["beat_resolution"] = info.pop("resolution")
        arrays |= {name: arrays[name].ravel() for name in ("tempo", "downbeat")}

    new = read_song(write_roll(tmp_path / "a.npz", parts))
    old = read_song(changed(tmp_path / "a.npz", before_version_1))
    assert old.score == new.score


def test_the_last_tempo_holds_to_the_end(tmp_path, write_roll, beat):
    def shorten(arrays, _):
        arrays["tempo"] = arrays["tempo"][:1]

    path = write_roll(tmp_path / "a.npz", {"drums": beat}, [(0, 100)])
    whole = read_song(path).score
    assert read_song(changed(path, shorten)).score == whole


def lose_a_column(arrays, _):
    del arrays["pianoroll_0_csc_indptr"]


def stop_the_clock(arrays, _):
    arrays["tempo"][5] = 0


def forget_the_resolution(_, info):
    del info["resolution"]


@pytest.mark.parametrize("damage", [lose_a_column, stop_the_clock, forget_the_resolution])
def test_damaged_files_are_unusable(tmp_path, write_roll, beat, damage):
    path = changed(write_roll(tmp_path / "a.npz", {"drums": beat}), damage)
    with pytest.raises(UnusableSong, match=r"^unreadable$"):
        read_song(path)


@pytest.mark.parametrize("content", [b"", b"no roll", b"PK"])
def test_other_files_are_unusable(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(UnusableSong, match=r"^unreadable$"):
        read_song(tmp_path / "a.npz")


def test_arrays_of_another_kind_and_empty_rolls(tmp_path, write_roll, beat):
    np.savez(tmp_path / "a.npz", lengths=np.arange(3))
    with pytest.raises(UnusableSong, match=r"^unreadable$"):
        read_song(tmp_path / "a.npz")
    song = read_song(write_roll(tmp_path / "b.npz", {"drums": beat, 0: []}))
    assert song.instruments == {DRUMS}
