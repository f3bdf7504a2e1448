"""Damaged MIDI files are played as far as they make sense, or refused in one line.

``fuzz_midi.py`` beside this file does the same with many real files.
"""

from __future__ import annotations

import io
import math
import random
import warnings
from pathlib import Path

import mido
import pytest

from bridge.midi.messages import events
from bridge.play.midi_reader import read_beats
from bridge.play.options import PlaybackOptions
from bridge.play.piece import Piece
from bridge.play.velocity import Dynamics
from engine.errors import EmsyncError

CASES = 300
_LONGEST = 24 * 3600.0
_MARKS = (b"\xff\x58\x04", b"\xff\x59\x02", b"\xff\x51\x03", b"\xff\x2f\x00", b"MTrk")
"""Beginnings of what is worth damaging: metre, key, tempo, end of track, chunk."""


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file with one to four faults."""
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(DAMAGES)(bytearray(data), chance)
    return data


def _cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(len(data) + 1)])


def _flip(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(min(chance.randint(1, 20), len(data))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _extreme(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(min(chance.randint(1, 8), len(data))):
        data[chance.randrange(len(data))] = chance.choice((0, 1, 0x7F, 0x80, 0xF0, 0xFF))
    return bytes(data)


def _lose(data: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.randint(1, 40)]
    return bytes(data)


def _insert(data: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.randbytes(chance.randint(1, 40))
    return bytes(data)


def _repeat(data: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    data[at:at] = data[at : at + chance.randint(1, 400)]
    return bytes(data)


def _blank(data: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = min(at + chance.randint(1, 400), len(data))
    data[at:end] = bytes([chance.choice((0, 255))]) * (end - at)
    return bytes(data)


def _header(data: bytearray, chance: random.Random) -> bytes:
    if len(data) >= 22:
        data[chance.randrange(4, 22)] = chance.randrange(256)
    return bytes(data)


def _meta(data: bytearray, chance: random.Random) -> bytes:
    mark = chance.choice(_MARKS)
    places = [at for at in range(len(data)) if data[at : at + len(mark)] == mark]
    if places:
        at = chance.choice(places) + len(mark)
        for place in range(at, min(at + chance.randint(1, 4), len(data))):
            data[place] = chance.choice((0, 1, 7, 0x80, 0xFF, chance.randrange(256)))
    return bytes(data)


DAMAGES = (_cut, _flip, _extreme, _lose, _insert, _repeat, _blank, _header, _meta, _meta)


def check(path: Path) -> Piece | None:
    """Read a file as ``emsync play`` does; None where it is refused in one line."""
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            piece = PlaybackOptions(Dynamics(base=127)).read(path)
    except EmsyncError as error:
        line = str(error)
        assert line.startswith(f"{path}: ") and "\n" not in line and "()" not in line
        return None
    assert all("\n" not in str(warning.message) for warning in told) and len(told) <= 1
    assert 0 <= piece.duration <= _LONGEST + 1
    for note in piece.notes:
        assert 0 <= note.onset <= note.end <= piece.duration
        assert 0 <= note.pitch <= 127 and 1 <= note.velocity <= 127
    for times in (piece.bars, piece.chords):
        assert list(times) == sorted(times) and all(map(math.isfinite, times))
    assert math.isfinite(read_beats(path)(4.0))
    active: set[tuple[int, int]] = set()
    for event in events(piece.notes):
        key = event.message[0] & 0x0F, event.message[1]
        if event.message[0] >> 4 == 9:
            assert key not in active
            active.add(key)
        else:
            active.remove(key)
    assert not active
    return piece


def song(chance: random.Random) -> bytes:
    """A small file with everything that a reader may stumble over."""
    midi = mido.MidiFile(type=1, ticks_per_beat=chance.choice((96, 480, 960)))
    conductor = mido.MidiTrack()
    for number in range(3):
        time = 0 if number == 0 else 960
        conductor.append(mido.MetaMessage("set_tempo", tempo=chance.randint(2, 9) * 100_000,
                                          time=time))  # fmt: skip
        conductor.append(mido.MetaMessage("time_signature", numerator=chance.randint(2, 7)))
        conductor.append(mido.MetaMessage("key_signature", key=chance.choice(("C", "F#m", "Bb"))))
        conductor.append(mido.MetaMessage("marker", text="chord"))
    midi.tracks.append(conductor)
    for channel in (0, 3, 9):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=f"part {channel}")])
        track.append(mido.Message("program_change", channel=channel, program=33))
        track.append(mido.Message("sysex", data=(0x7D, 1, 2)))
        for _ in range(40):
            pitch = chance.randint(30, 90)
            track.append(mido.Message("note_on", channel=channel, note=pitch,
                                      velocity=chance.randint(1, 127), time=30))  # fmt: skip
            track.append(mido.Message("note_off", channel=channel, note=pitch, time=60))
        midi.tracks.append(track)
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("seed", range(10))
def test_damaged_files_are_played_as_far_as_they_go_or_refused_in_one_line(tmp_path, seed):
    chance = random.Random(seed)
    path = tmp_path / "song.mid"
    played, sound = 0, song(chance)
    for _ in range(CASES // 10):
        path.write_bytes(damaged(sound, chance))
        played += check(path) is not None
    assert played > CASES // 40


def test_every_cut_of_a_file_is_played_or_refused(tmp_path):
    data, path = song(random.Random(0)), tmp_path / "song.mid"
    notes = []
    for size in range(0, len(data) + 1, 23):
        path.write_bytes(data[:size])
        piece = check(path)
        notes.append(len(piece.notes) if piece else 0)
    assert notes == sorted(notes) and max(notes) > 100
