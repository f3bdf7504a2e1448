"""Reads and writes sound fonts.

A sound font is a RIFF file: tables of presets, instruments and samples, and the samples. In SF2
they are 16-bit PCM, in SF3 each is a Vorbis stream of its own. Layout: SoundFont Technical
Specification 2.04 (Creative Technology, 2006), sections 4 to 7; SF3 as MuseScore writes it.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EmsyncError
from export.sound.vorbis import decode_vorbis

Table = NDArray[Any]
"""One table of the ``pdta`` list, a record a row; the last row only ends the one before."""

BAG = np.dtype([("gen", "<u2"), ("mod", "<u2")])
_GEN = np.dtype([("oper", "<u2"), ("amount", "<u2")])
_MOD = np.dtype("V10")
RECORDS: Mapping[str, np.dtype[Any]] = {
    "phdr": np.dtype(
        [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("rest", "V12")]
    ),
    "pbag": BAG,
    "pmod": _MOD,
    "pgen": _GEN,
    "inst": np.dtype([("name", "S20"), ("bag", "<u2")]),
    "ibag": BAG,
    "imod": _MOD,
    "igen": _GEN,
    "shdr": np.dtype(
        [
            ("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop", "<u4"),
            ("loop_end", "<u4"), ("rate", "<u4"), ("pitch", "u1"), ("correction", "i1"),
            ("link", "<u2"), ("kind", "<u2"),
        ]
    ),
}  # fmt: skip
_TEXTS: tuple[str, ...] = ("INAM", "ICOP", "ICMT", "IENG")
"""Name, copyright, comment and author."""
MONO, VORBIS, ROM = 1, 0x10, 0x8000
DRUM_BANK = 128
"""The bank of drum kits."""
GAP = 46
"""Silent frames that must follow each sample (section 6.1)."""


@dataclass(frozen=True, slots=True)
class SoundFont:
    """A sound font in memory.

    tables: of the ``pdta`` list, by name. samples: the ``smpl`` chunk. info: the text chunks of the
    ``INFO`` list, by name.
    """

    tables: Mapping[str, Table]
    samples: memoryview | bytes
    info: Mapping[str, bytes]

    @property
    def presets(self) -> list[tuple[int, int]]:
        """Bank and program of each preset, in the order of the file."""
        heads = self.tables["phdr"][:-1]
        return [(int(head["bank"]), int(head["program"])) for head in heads]


def read_soundfont(path: Path) -> SoundFont:
    """Read an SF2 or SF3 file; samples stay on the disk until they are used.

    Raises EmsyncError for a file that can't be read or is no sound font.
    """
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise EmsyncError(
            f"{path}: can't be read ({error.strerror}); check the path of the sound font"
        ) from error
    except ValueError as error:  # an empty file
        raise _no_font(path) from error
    try:
        return _parsed(data)
    except (KeyError, ValueError, IndexError) as error:
        raise _no_font(path) from error


def _no_font(path: Path) -> EmsyncError:
    return EmsyncError(f"{path}: is no sound font; give an SF2 or SF3 file")


def _parsed(data: memoryview) -> SoundFont:
    """Raises ValueError or KeyError where the data is no sound font."""
    if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"sfbk":
        raise ValueError("no sound font")
    found: dict[str, memoryview] = {}
    for name, content in _chunks(data[12:]):
        if name == "LIST":
            found |= dict(_chunks(content[4:]))
    tables = {
        name: np.frombuffer(bytes(found[name]), dtype=record) for name, record in RECORDS.items()
    }
    if min(len(tables[name]) for name in ("phdr", "inst", "shdr")) < 2:
        raise ValueError("a sound font without presets")
    texts = {name: bytes(found[name]) for name in _TEXTS if name in found}
    return SoundFont(tables, found["smpl"], texts)


def _chunks(data: memoryview) -> Iterator[tuple[str, memoryview]]:
    """The chunks of a RIFF list: name and content."""
    place = 0
    while place + 8 <= len(data):
        name = bytes(data[place : place + 4]).decode("latin-1")
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        yield name, data[place + 8 : place + 8 + size]
        place += 8 + size
        # Chunks have an even size, but some programs leave out the byte that makes it even.
        if size % 2 and place < len(data) and data[place] == 0:
            place += 1


def move_loop(head: Table, frames: int) -> None:
    """Move the loop of a sample; one that lies before its sample is damaged, and moved to 0."""
    for name in ("loop", "loop_end"):
        head[name] = max(0, int(head[name]) + frames)


def unpacked(font: SoundFont) -> SoundFont:
    """The font with every Vorbis sample as PCM, so that any synthesizer can play it.

    Raises ValueError for a sample that does not decode.
    """
    heads = font.tables["shdr"].copy()
    parts: list[bytes] = []
    offset = 0
    for head in heads[:-1]:
        start, end = int(head["start"]), int(head["end"])
        if head["kind"] & VORBIS:
            content = decode_vorbis(bytes(font.samples[start:end])).tobytes()
            move_loop(head, offset)
            head["kind"] ^= VORBIS
        else:
            content = bytes(font.samples[2 * start : 2 * end])
            move_loop(head, offset - start)
        head["start"], head["end"] = offset, offset + len(content) // 2
        parts += [content, bytes(GAP * 2)]
        offset += len(content) // 2 + GAP
    return SoundFont({**font.tables, "shdr": heads}, b"".join(parts), font.info)


def to_bytes(font: SoundFont) -> bytes:
    """The font as the bytes of an SF2 file, or of an SF3 file if samples are Vorbis."""
    packed = bool(np.any(font.tables["shdr"]["kind"] & VORBIS))
    version = (3 if packed else 2).to_bytes(2, "little") + (1).to_bytes(2, "little")
    info = [_chunk("ifil", version), _chunk("isng", b"EMU8000\0")]
    info += [_chunk(name, text) for name, text in font.info.items()]
    tables = [_chunk(name, font.tables[name].tobytes()) for name in RECORDS]
    lists = [
        _chunk("LIST", b"INFO" + b"".join(info)),
        _chunk("LIST", b"sdta" + _chunk("smpl", bytes(font.samples))),
        _chunk("LIST", b"pdta" + b"".join(tables)),
    ]
    return _chunk("RIFF", b"sfbk" + b"".join(lists))


def _chunk(name: str, content: bytes) -> bytes:
    return name.encode() + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
