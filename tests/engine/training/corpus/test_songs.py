from __future__ import annotations

import math

import numpy as np
import pytest

from engine.music.conditions import KEYS, METRES
from engine.score import Instrument
from engine.training.corpus.songs import UnusableSong, read_song

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument


def test_tracks_merge_into_parts(tmp_path, write_song, beat):
    alone = [(0, 1, 60)]
    parts = {"drums": beat, 0: alone, 4: [(1, 1, 61)], 50: alone, 100: alone, 33: alone}
    song = read_song(write_song(tmp_path / "a.mid", parts))
    assert song.instruments == {DRUMS, PIANO, STRINGS, BASS}
    assert [note.pitch for note in song.score.part(PIANO)] == [60, 61]
    assert len(song.score.notes) == len(beat) + 4


def test_times_follow_every_tempo(tmp_path, write_song, beat):
    tempos = [(0, 120), (8, 60), (8, 240), (16, 60)]  # the last of two at once holds
    score = read_song(write_song(tmp_path / "a.mid", {"drums": beat}, tempos)).score
    assert [note.onset for note in score.notes[:64:8]] == pytest.approx([0, 2, 4, 5, 6, 10, 14, 18])
    assert score.bars == pytest.approx((0, 2, 4, 5, 6, 10, 14, 18))
    assert score.duration == pytest.approx(6 + 15.75)


@pytest.mark.parametrize(
    ("metres", "bars", "metre"),
    [
        ([(0, 4, 4)], range(0, 32, 4), "4/4"),
        ([(0, 3, 4)], range(0, 32, 3), "3/4"),
        ([(0, 6, 8)], range(0, 32, 3), "6/8"),
        ([(0, 2, 4)], range(0, 32, 2), "2/4"),
        ([(0, 12, 8)], range(0, 32, 6), "12/8"),
        ([], range(0, 32, 4), "4/4"),
        ([(0, 5, 4)], range(0, 32, 5), None),
        ([(0, 1, 4)], (), None),
        ([(0, 4, 4), (8, 3, 4)], [0, 4, *range(8, 32, 3)], None),
        ([(0, 4, 4), (30, 3, 4)], [*range(0, 30, 4), 30], "4/4"),
        ([(0, 4, 4), (8, 1, 4), (12, 4, 4)], [0, 4, *range(12, 32, 4)], "4/4"),
        ([(8, 3, 4)], [0, 4, *range(8, 32, 3)], None),
    ],
)
def test_bars_and_metre_follow_the_time_signatures(tmp_path, write_song, beat, metres, bars, metre):
    song = read_song(write_song(tmp_path / "a.mid", {"drums": beat}, metres=metres))
    assert song.score.bars == pytest.approx([bar / 2 for bar in bars])
    found = song.conditions.metre
    assert (None if math.isnan(found) else METRES[int(found)]) == metre


@pytest.mark.parametrize(
    ("late", "metre", "first"), [(8, 4, 0.0), (9, 4, 0.5), (7.5, 4, 1.75), (9, 1, 0.0)]
)
def test_silence_before_the_first_bar_is_cut(tmp_path, write_song, beat, late, metre, first):
    later = [(onset + late, length, pitch) for onset, length, pitch in beat]
    path = write_song(tmp_path / "a.mid", {"drums": later}, metres=[(0, metre, 4)])
    score = read_song(path).score
    assert score.notes[0].onset == pytest.approx(first)
    assert score.bars[:1] == ((0.0,) if metre > 1 else ())
    assert score.duration == pytest.approx(first + 15.875)


def test_long_chords_are_marked(tmp_path, write_song, beat):
    chord = [(8 * i + 2, 3, pitch) for i in range(3) for pitch in (60, 64, 67)]
    score = read_song(write_song(tmp_path / "a.mid", {"drums": beat, 25: chord})).score
    assert score.chords == pytest.approx((1, 5, 9))
    strings = read_song(write_song(tmp_path / "b.mid", {"drums": beat, 48: chord})).score
    assert strings.chords == ()


@pytest.mark.parametrize(
    ("tempos", "tempo"),
    [
        ([(0, 120)], 120),
        ([], 120),
        ([(0, 90)], 90),
        ([(0, 100), (4, 101)], 101),
        ([(0, 60), (30, 120)], 60),
        ([(0, 60), (16, 120)], None),
    ],
)
def test_the_tempo_is_the_one_a_song_keeps_to(tmp_path, write_song, beat, tempos, tempo):
    conditions = read_song(write_song(tmp_path / "a.mid", {"drums": beat}, tempos)).conditions
    if tempo is None:
        assert math.isnan(conditions.tempo)
    else:
        assert conditions.tempo == pytest.approx(tempo, rel=1e-4)


def test_key_and_density_are_found(tmp_path, write_song, beat):
    melody = [(i, 1, 57 + step) for i, step in enumerate([0, 3, 7, 12, 2, 3, 0, 7] * 4)]
    conditions = read_song(write_song(tmp_path / "a.mid", {"drums": beat, 0: melody})).conditions
    assert KEYS[int(conditions.key)] == "A minor"
    assert conditions.density == pytest.approx((64 + 32) / 16)
    assert np.isnan([conditions.valence, conditions.arousal]).all()


def test_drums_have_no_key(tmp_path, write_song, beat):
    path = write_song(tmp_path / "a.mid", {"drums": beat})
    assert math.isnan(read_song(path).conditions.key)


@pytest.mark.parametrize(
    ("notes", "tempo", "reason"),
    [
        ([(i, 0.5, 38) for i in range(31)], 120, "too few notes"),
        ([], 120, "too few notes"),
        ([(i / 8, 0.1, 38) for i in range(64)], 120, "too short or too long"),
        ([(i * 60, 1, 38) for i in range(64)], 120, "too short or too long"),
        ([(i / 96, 0.01, 30 + i % 9) for i in range(1536)], 120, "too dense"),
    ],
)
def test_unusable_songs_have_a_reason(tmp_path, write_song, notes, tempo, reason):
    with pytest.raises(UnusableSong, match=f"^{reason}$"):
        read_song(write_song(tmp_path / "a.mid", {"drums": notes}, [(0, tempo)]))


@pytest.mark.parametrize("content", [b"", b"no MIDI", b"MThd\0\0\0\6\0\1\0\1"])
def test_unreadable_files_are_unusable(tmp_path, content):
    (tmp_path / "a.mid").write_bytes(content)
    with pytest.raises(UnusableSong):
        read_song(tmp_path / "a.mid")
