"""The track chunks of a standard MIDI file (SMF 1.0) and their events, as far as they make sense.

Source: MIDI Manufacturers Association, RP-001, "Standard MIDI Files 1.0".
"""

from __future__ import annotations

from collections.abc import Iterator

END_OF_TRACK = 0x2F
"""The type of the meta event that ends a track."""
_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
"""Data bytes of channel messages, by the upper half of the status byte."""
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
"""Data bytes of system messages, which do not belong into files; the others have none."""


def track_chunks(data: bytes, header: int) -> Iterator[tuple[bytes, int]]:
    """The content of each track chunk, and its place in the file."""
    at = header + 8 + int.from_bytes(data[header + 4 : header + 8], "big")
    if not _is_chunk(data, at):
        at = data.find(b"MTrk", header + 14)
    while 0 <= at < len(data) - 7:
        begin = at + 8
        end = begin + int.from_bytes(data[at + 4 : begin], "big")
        if end != len(data) and not _is_chunk(data, end):
            following = data.find(b"MTrk", begin)
            end = following if following >= 0 else len(data)
        if data[at : at + 4] == b"MTrk":
            yield data[begin:end], begin
        at = end


def _is_chunk(data: bytes, at: int) -> bool:
    """Whether a chunk may begin here: its name is four printable letters, and it fits."""
    name, size = data[at : at + 4], data[at + 4 : at + 8]
    if len(size) < 4 or not all(32 <= byte < 127 for byte in name):
        return False
    return name == b"MTrk" or at + 8 + int.from_bytes(size, "big") <= len(data)


class BrokenTrack(Exception):
    """The rest of a track can't be read."""


def track_events(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """(tick, byte, status, data) of each channel message and meta event of a track.

    A meta event has the status 0xFF, and its data begin with its type. The last tuple is the end
    of track, where there is one. Raises BrokenTrack at the first byte that can't be an event.
    """
    tick, at, running = 0, 0, 0
    size = len(data)
    while at < size:
        begin = at
        delta, at = _number(data, at)
        tick += delta
        if at >= size:
            raise BrokenTrack("breaks off")
        status = data[at]
        if status < 0x80:
            if not running:
                raise BrokenTrack("is damaged")
            status = running
        else:
            at += 1
        if status < 0xF0:
            running = status
            end = at + _DATA_BYTES[status >> 4]
            if end > size:
                raise BrokenTrack("breaks off")
            event = data[at:end]
            if max(event) > 127:
                event = bytes(min(byte, 127) for byte in event)
            at = end
            yield tick, begin, status, event
        elif status in (0xF0, 0xF7):
            length, at = _number(data, at)
            running, at = 0, at + length
        elif status == 0xFF:
            kind = data[at : at + 1]
            length, at = _number(data, at + 1)
            if at + length > size:
                raise BrokenTrack("breaks off")
            yield tick, begin, status, kind + data[at : at + length]
            if kind[0] == END_OF_TRACK:
                return
            at += length
        else:
            at += _SYSTEM_BYTES.get(status, 0)
    if at > size:
        raise BrokenTrack("breaks off")


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and the place after it."""
    value = 0
    for place in range(at, at + 4):
        if place >= len(data):
            raise BrokenTrack("breaks off")
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    raise BrokenTrack("is damaged")
