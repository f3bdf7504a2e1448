from __future__ import annotations

import pytest

from engine.music.midi_events import BrokenTrack, track_chunks, track_events

HEADER = b"MThd\x00\x00\x00\x06\x00\x01\x00\x02\x01\xe0"


def chunk(body: bytes, size: int | None = None) -> bytes:
    return b"MTrk" + (len(body) if size is None else size).to_bytes(4, "big") + body


def test_events_have_ticks_and_a_running_status():
    track = b"\x00\x90\x3c\x40" + b"\x81\x00\x3c\x00" + b"\x00\xff\x2f\x00" + b"never read"
    assert [(tick, status, data) for tick, _, status, data in track_events(track)] == [
        (0, 0x90, b"\x3c\x40"), (128, 0x90, b"\x3c\x00"), (128, 0xFF, b"\x2f"),
    ]  # fmt: skip


@pytest.mark.parametrize("track", [b"\x00\x90\x3c", b"\x00\x3c\x40", b"\xff\xff\xff\xff\x00"])
def test_a_damaged_event_ends_a_track(track):
    with pytest.raises(BrokenTrack):
        list(track_events(track))


def test_a_track_of_wrong_length_ends_where_the_next_begins():
    data = HEADER + chunk(b"first", 4000) + chunk(b"second")
    assert list(track_chunks(data, 0)) == [(b"first", 22), (b"second", 35)]
