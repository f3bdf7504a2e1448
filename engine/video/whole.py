"""Whether a file is as long as its own structure says.

Headers give durations, but a long last frame, longer sound and edit lists explain a gap as well as
lost data does. The structure tells them apart. Sizes stand in the boxes of ISO base media (MP4,
MOV), the segment of Matroska, chunks of RIFF (AVI) and tags of Flash.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_TAIL = 256
"""Bytes at the end that are all zero only where a download has reserved them, not filled them."""

_SEGMENT = 0x18538067
"""The id of Matroska's segment, which holds everything after the header."""


def cut_short(path: Path) -> bool:
    """Whether the end of a film is lost: its structure goes on beyond the file, or it is blank.

    False also for containers without such a structure, e.g. MPEG-TS.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        if not any(file.read()):
            return True
        file.seek(0)
        head = file.read(8)
        if head[:4] == b"RIFF":
            return _riff_end(file, size) > size
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return _segment_end(file) > size
        if head[:3] == b"FLV":
            return not _ends_in_a_tag(file, size)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"):
            return _boxes_end(file, size) > size
    return False


def _boxes_end(file: BinaryIO, size: int) -> int:
    """Where the last box begins that fits in the file, plus its size."""
    end = 0
    while end + 8 <= size:
        file.seek(end)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        if length < 8 or not head[4:8].isascii():
            break  # 0: to the end of the file. Anything else is not a box.
        end += length
    return end


def _riff_end(file: BinaryIO, size: int) -> int:
    """The end of the last RIFF chunk; a film above 1 GiB has several."""
    end = 0
    while end + 8 <= size:
        file.seek(end)
        head = file.read(8)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] != b"RIFF" or length in (0, 2**32 - 1):
            break  # A stream has no size.
        end += 8 + length + length % 2
    return end - 1 if end else 0  # The last byte of padding is often left out.


def _ends_in_a_tag(file: BinaryIO, size: int) -> bool:
    """Whether a Flash film ends in a whole tag: four bytes at the end repeat the tag's length."""
    file.seek(max(0, size - 4))
    length = int.from_bytes(file.read(4), "big")
    if not 11 <= length <= size - 4:
        return False
    file.seek(size - 4 - length)
    tag = file.read(4)
    return tag[0] in (8, 9, 18) and int.from_bytes(tag[1:], "big") == length - 11


def _segment_end(file: BinaryIO) -> int:
    """The end of Matroska's segment; 0 if it has no size, as in a live stream."""
    file.seek(4)
    header = _ebml_size(file)
    file.seek(header or 0, 1)
    if int.from_bytes(file.read(4), "big") != _SEGMENT:
        return 0
    size = _ebml_size(file)
    return 0 if size is None else file.tell() + size


def _ebml_size(file: BinaryIO) -> int | None:
    """The size of an EBML element (RFC 8794, 4): None if it is unknown."""
    first = (file.read(1) or b"\x01")[0]
    length = 9 - first.bit_length()
    digits = bytes([first & (0xFF >> length)]) + file.read(length - 1)
    value = int.from_bytes(digits, "big")
    return None if value == 2 ** (7 * length) - 1 else value
