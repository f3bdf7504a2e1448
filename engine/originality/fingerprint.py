"""The fingerprint of a corpus: which grams its songs have, one bit for each hash.

It is a Bloom filter with a single hash function (Bloom 1970). A gram that is in the corpus is
always found. One that is not is found by chance as often as the table is full. A passage has
:data:`engine.originality.grams.GRAMS` grams and counts as known if all are, so chance hardly ever
makes one. Passages of many songs, such as scales and broken chords, belong to everybody. They are
listed apart, and do not count.

No music can be read back. The table has no order, no songs, no rhythm and no pitches, and a gram
leaves a single bit that several share. Whoever goes on from a known gram by trial finds more wrong
continuations than right ones at each note.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Mask
from engine.errors import EmsyncError
from engine.files import replacing
from engine.originality.grams import GRAM, PASSAGE, Hashes

SHIPPED = Path(__file__).parent.parent / "weights" / "fingerprint.npz"
"""The fingerprint of the songs that the shipped network learnt from."""
FORMAT = 1
"""The format of the file, and of the hashes in it; raised when either changes."""

Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """The grams of a corpus, and how songs share passages among themselves.

    bits: [2 ** n / 8], the table. common: hashes of the passages that many songs have, rising.
    band: rows [m, 2] of a number of notes, rising, and a length in notes. Of the parts with so many
    notes, 95% share no longer passage. They are of songs that the corpus lacks. songs: how many the
    corpus has.
    """

    bits: Bits = field(repr=False)
    common: Hashes = field(repr=False)
    band: Floats = field(repr=False)
    songs: int

    @cached_property
    def name(self) -> str:
        """A hash that tells this fingerprint from others."""
        digest = hashlib.sha256()
        for array in (self.bits, self.common, self.band):
            digest.update(array.tobytes())
        return digest.hexdigest()[:16]

    def __repr__(self) -> str:
        return f"Fingerprint({self.name})"

    def knows(self, hashes: Hashes) -> Mask:
        """Which grams the corpus has, by their hashes, in any shape."""
        places = bit_places(hashes, len(self.bits))
        return (self.bits[places >> 3] >> (places & 7).astype(np.uint8) & 1).astype(np.bool_)

    def is_common(self, hashes: Hashes) -> Mask:
        """Which passages many songs have, by their hashes, in any shape."""
        return np.isin(hashes, self.common)

    def usual(self, notes: int) -> float:
        """The longest shared passage, in notes, that is usual for a part of ``notes`` notes."""
        if not len(self.band):
            return float(PASSAGE)
        return float(np.interp(np.log(max(notes, 1)), np.log(self.band[:, 0]), self.band[:, 1]))

    @property
    def full(self) -> float:
        """The share of bits that are set: how often chance finds a gram."""
        return float(np.unpackbits(self.bits).mean())


def bit_places(hashes: Hashes, size: int) -> npt.NDArray[np.int64]:
    """The bit of each hash in a table of ``size`` bytes, a power of two."""
    return (hashes & np.uint64(8 * size - 1)).astype(np.int64)


def write_fingerprint(fingerprint: Fingerprint, path: Path) -> None:
    """Write a fingerprint; equal ones give equal bytes. Raises EmsyncError if it can't be."""
    with replacing(path) as beside, beside.open("wb") as file:
        np.savez_compressed(
            file,
            format=np.array([FORMAT, PASSAGE, GRAM]),
            bits=fingerprint.bits,
            common=fingerprint.common,
            band=fingerprint.band,
            songs=np.array(fingerprint.songs),
        )


def read_fingerprint(path: Path) -> Fingerprint:
    """Read a fingerprint. Raises EmsyncError for a file that is missing or is none."""
    try:
        with np.load(path) as file:
            content = {name: file[name] for name in file.files}
        if content["format"].tolist() != [FORMAT, PASSAGE, GRAM]:
            raise EmsyncError(f"{path}: a fingerprint of another version; make it again")
        return Fingerprint(
            content["bits"], content["common"], content["band"], int(content["songs"])
        )
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except (
        ValueError,
        KeyError,
        EOFError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise EmsyncError(
            f"{path}: is no fingerprint; make one with emsync model fingerprint"
        ) from error


@lru_cache(maxsize=1)
def shipped_fingerprint() -> Fingerprint | None:
    """The fingerprint that ships with the weights; None where it is missing."""
    return read_fingerprint(SHIPPED) if SHIPPED.exists() else None
