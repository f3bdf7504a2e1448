"""Damaged MIDI files of a corpus are read as far as they make sense, or skipped."""

from __future__ import annotations

import pytest

from engine.training.corpus.midi import read_midi
from engine.training.corpus.source_song import UnusableSong

NOTES = b"\0\x90\x3c\x40\x60\x80\x3c\0" * 8


def song(folder, *metas: bytes, division: int = 96, last: bytes = b"\0"):
    metre = b"".join(b"\0\xff" + meta for meta in metas)
    track = metre + NOTES + last + b"\xff\x2f\0"
    path = folder / "song.mid"
    path.write_bytes(
        b"MThd\0\0\0\6\0\1\0\1" + division.to_bytes(2, "big")
        + b"MTrk" + len(track).to_bytes(4, "big") + track
    )  # fmt: skip
    return path


@pytest.mark.parametrize(
    "meta",
    [b"\x58\4\0\2\x18\x08", b"\x58\4\4\xff\x18\x08", b"\x51\3\0\0\0"],
    ids=["0/4", "4/2^255", "tempo 0"],
)
def test_a_metre_or_tempo_that_is_impossible_is_left_out(tmp_path, meta):
    read = read_midi(song(tmp_path, meta))
    assert read.bars.tolist() == [0.0, 384.0]
    assert read.clock.seconds(96) == 0.5


@pytest.mark.parametrize("division", [0, 0x8000])
def test_a_song_without_ticks_is_skipped(tmp_path, division):
    with pytest.raises(UnusableSong):
        read_midi(song(tmp_path, division=division))


def test_a_song_of_millions_of_bars_is_skipped(tmp_path):
    path = song(tmp_path, b"\x58\4\2\6\x18\x08", division=1)
    data = path.read_bytes().replace(b"\x60\x80\x3c\0", b"\xff\xff\xff\x7f\x80\x3c\0")
    size = len(data) - 22
    path.write_bytes(data[:18] + size.to_bytes(4, "big") + data[22:])
    with pytest.raises(UnusableSong):
        read_midi(path)
