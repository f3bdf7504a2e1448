from __future__ import annotations

import io

import mido
import pytest

from engine.errors import EmsyncError
from engine.music.midi_file import LARGEST, MidiNote, parse_midi_file, read_midi_file

END = b"\0\xff\x2f\0"
NOTE = b"\0\x90\x3c\x40\x60\x80\x3c\0"
"""A quarter note at 96 ticks."""


def file(*tracks: bytes, division: int = 96, kind: int = 1, count: int | None = None) -> bytes:
    count = len(tracks) if count is None else count
    numbers = b"".join(number.to_bytes(2, "big") for number in (kind, count, division))
    return b"MThd\0\0\0\6" + numbers + b"".join(map(chunk, tracks))


def chunk(content: bytes, name: bytes = b"MTrk", size: int | None = None) -> bytes:
    return name + (len(content) if size is None else size).to_bytes(4, "big") + content


def meta(kind: int, content: bytes) -> bytes:
    return b"\0\xff" + bytes([kind, len(content)]) + content


def notes(data: bytes) -> list[tuple[int, int, int]]:
    midi = parse_midi_file(data)
    return [(n.start, n.end, n.pitch) for track in midi.tracks for n in track.notes]


def test_a_sound_file_is_read_whole():
    track = meta(3, b"Bass ") + b"\0\xc1\x21" + b"\0\x91\x3c\x01\x60\x3c\0" + END
    midi = parse_midi_file(
        file(
            meta(0x51, b"\x0f\x42\x40") + meta(0x58, b"\3\2\x18\x08") + meta(6, b"hit") + END, track
        )
    )
    assert midi.faults == ()
    assert midi.tracks[1].name == "Bass "
    assert midi.tracks[1].notes == (MidiNote(0, 96, 1, 33, 60, 1),)
    assert midi.tempos == ((0, 1_000_000),) and midi.metres == ((0, 3, 4),)
    assert midi.markers == ((0, "hit"),)
    assert midi.clock.seconds(96) == 1.0


def test_it_reads_what_mido_writes():
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="Gitarre")])
    for pitch in range(40, 90):
        track.append(mido.Message("note_on", channel=pitch % 16, note=pitch, velocity=9, time=200))
        track.append(mido.Message("pitchwheel", channel=pitch % 16, pitch=-77))
        track.append(mido.Message("sysex", data=range(99)))
        track.append(mido.Message("note_off", channel=pitch % 16, note=pitch, time=300))
    midi.tracks.append(track)
    buffer = io.BytesIO()
    midi.save(file=buffer)
    found = parse_midi_file(buffer.getvalue())
    assert found.faults == () and found.tracks[0].name == "Gitarre"
    assert found.tracks[0].notes == tuple(
        MidiNote(500 * i + 200, 500 * i + 500, (40 + i) % 16, 0, 40 + i, 9) for i in range(50)
    )


@pytest.mark.parametrize(
    ("bad", "faults"),
    [
        (meta(0x59, b"\x63\x07"), ()),
        (meta(0x59, b""), ()),
        (meta(0x58, b"\0\2\x18\x08"), ("1 impossible time signature",)),
        (meta(0x58, b"\4\xff\x18\x08"), ("1 impossible time signature",)),
        (meta(0x58, b""), ("1 impossible time signature",)),
        (meta(0x51, b"\0\0\0"), ("1 tempo of no length",)),
        (meta(0x51, b"\1") * 2, ("2 tempos of no length",)),
        (meta(0x54, b"\xff\xff"), ()),
        (meta(6, b"\xff\xfe"), ()),
        (b"\0\xf4\0\xf1\1\0\xf8", ()),
    ],
    ids=["key", "no key", "0/4", "4/2^255", "no metre", "tempo 0", "short tempos", "offset",
         "text", "system messages"],
)  # fmt: skip
def test_an_event_that_makes_no_sense_is_left_out_and_the_rest_is_kept(bad, faults):
    data = file(bad + NOTE + END)
    assert notes(data) == [(0, 96, 60)]
    midi = parse_midi_file(data)
    assert midi.faults == faults and midi.metres == () and midi.tempos == ((0, 500_000),)


def test_a_note_without_an_end_ends_with_its_track():
    data = file(NOTE + b"\0\x90\x40\x40" + b"\x60\xff\x2f\0")
    assert notes(data) == [(0, 96, 60), (96, 192, 64)]
    assert parse_midi_file(data).faults == ("1 note without an end",)


@pytest.mark.parametrize(
    "rest",
    [b"\xff\xff\xff\xff\xff\x90\x3c\x40", b"\0\x90\x3c", b"\0", b"\0\xf0\x7f\1", b"\0\xff\1\x10"],
)
def test_a_track_is_kept_up_to_its_first_fault(rest):
    data = file(NOTE + rest, NOTE + END)
    assert notes(data) == [(0, 96, 60)] * 2
    assert parse_midi_file(data).faults[0].startswith("track 1 ")


def test_data_without_a_status_ends_a_track():
    assert notes(file(b"\0\x3c\x40" + NOTE, NOTE + END)) == [(0, 96, 60)]


def test_values_above_127_are_clipped():
    assert (
        parse_midi_file(file(b"\0\x90\x3c\xff\x60\x3c\0" + END)).tracks[0].notes[0].velocity == 127
    )


@pytest.mark.parametrize("size", [0, 5, 11, 1000, 0xFFFFFFFF])
def test_a_chunk_of_the_wrong_length_is_read_up_to_the_next(size):
    data = file()[:10] + b"\0\2\0\x60" + chunk(NOTE + END, size=size) + chunk(NOTE + END)
    assert notes(data) == [(0, 96, 60)] * 2


def test_other_chunks_are_skipped_and_remains_behind_the_last_track_too():
    data = file(count=1) + chunk(b"whatever", b"XFIH") + chunk(NOTE + END) + chunk(NOTE + END)
    assert notes(data) == [(0, 96, 60)]


def test_a_wrapped_file_is_read():
    assert notes(b"RIFF\0\1\0\0RMIDdata\0\1\0\0" + file(NOTE + END)) == [(0, 96, 60)]


def test_missing_tracks_are_reported():
    assert parse_midi_file(file(NOTE + END, count=3)).faults == ("1 of 3 tracks are there",)


def test_a_file_that_counts_in_frames_keeps_real_time():
    division = (0x100 - 25) << 8 | 40
    midi = parse_midi_file(file(meta(0x51, b"\1\1\1") + NOTE + END, division=division))
    assert midi.clock.seconds(1000) == 1.0


def test_nothing_is_read_after_a_day():
    data = file(NOTE + b"\xff\xff\xff\x7f\x90\x3c\x40" + END, NOTE + END)
    midi = parse_midi_file(data)
    assert notes(data) == [(0, 96, 60)] * 2 and midi.clock.seconds(midi.end) <= 86_400
    assert midi.faults == ("1 note without an end", "it goes on after 24 hours")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"RIFF of a kind", "is not a MIDI file"),
        (b"MThd\0\0\0\6\0\1", "breaks off in its first 14 bytes"),
        (file(), "has no track"),
        (file(NOTE, kind=2), "separate patterns"),
        (file(NOTE, division=0), "0 ticks a quarter note"),
        (file(NOTE, division=0x8000), "0 ticks a frame"),
    ],
)
def test_what_is_no_piece_is_refused_in_one_line(tmp_path, data, reason):
    path = tmp_path / "file.mid"
    path.write_bytes(data)
    with pytest.raises(EmsyncError, match=reason) as caught:
        read_midi_file(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.mid"
    with path.open("wb") as large:
        large.truncate(LARGEST + 1)
    with pytest.raises(EmsyncError, match="16 MiB"):
        read_midi_file(path)


@pytest.mark.parametrize("name", ["missing.mid", "n" * 300, "nul\0.mid"])
def test_a_path_that_can_not_be_read_is_refused_in_one_line(tmp_path, name):
    with pytest.raises(EmsyncError, match="can't be read"):
        read_midi_file(tmp_path / name)
