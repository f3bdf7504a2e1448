"""Finds the sound font, and takes out of it what a part needs."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection
from pathlib import Path

import numpy as np

from engine.errors import EmsyncError
from engine.score import Instrument
from export.sound.presets import take_presets
from export.sound.soundfont import DRUM_BANK, SoundFont, read_soundfont, to_bytes, unpacked

SHIPPED = Path(__file__).with_name("five-parts.sf3")
"""The five instruments of a score, 3.9 MB; ``shipped_font`` makes it."""
VARIABLE = "EMSYNC_SOUNDFONT"
"""The environment variable that names another font."""
_RELEASE, _AT_ONCE = 38, -12000
"""The generator of the release, and its usual value, in cents of a second (section 8.1.3)."""


def font_path(given: Path | None = None) -> Path:
    """The sound font to play with: the given one, that of ``EMSYNC_SOUNDFONT``, or ours."""
    if given is not None:
        return given
    named = os.environ.get(VARIABLE)
    return Path(named) if named else SHIPPED


def open_font(given: Path | None = None) -> SoundFont:
    """The sound font of :func:`font_path`. Raises EmsyncError where it is none."""
    return read_soundfont(font_path(given))


def part_font(
    font: SoundFont,
    instrument: Instrument,
    programs: set[int],
    keys: Collection[int] = range(128),
) -> bytes:
    """A small SF2 file with what one part needs, for a synthesizer.

    programs: the General MIDI programs that the part asks for, from 0. keys: its pitches.
    A program that the font lacks is played by its nearest relative, with a warning. Raises
    EmsyncError for a damaged font.
    """
    try:
        return to_bytes(unpacked(_taken(font, instrument, programs, keys)))
    except (ValueError, IndexError) as error:
        raise EmsyncError("the sound font is damaged; give another") from error


def longest_release(font: SoundFont, instrument: Instrument, programs: set[int]) -> float:
    """The seconds in which a note of a part dies away at most once it is let go.

    Arguments and errors as for :func:`part_font`.
    """
    try:
        tables = _taken(font, instrument, programs, range(128)).tables
    except (ValueError, IndexError) as error:
        raise EmsyncError("the sound font is damaged; give another") from error
    # What a preset says is added to what its instruments say.
    cents = [
        tables[name]["amount"][tables[name]["oper"] == _RELEASE].astype(np.int16)
        for name in ("igen", "pgen")
    ]
    total = int(cents[0].max(initial=_AT_ONCE)) + int(cents[1].max(initial=0))
    return float(2 ** (total / 1200))


def _taken(
    font: SoundFont, instrument: Instrument, programs: set[int], keys: Collection[int]
) -> SoundFont:
    """The presets of a part, as for ``part_font``. Raises ValueError and IndexError, too."""
    drums = instrument is Instrument.DRUMS
    wanted = []
    for program in sorted(programs or {instrument.program}):
        row = _nearest(font.presets, instrument, program)
        if row is None:
            what = "drum kit" if drums else "instruments"
            raise EmsyncError(f"the sound font has no {what}; give another")
        found = font.presets[row][1]
        if not drums and found != program:
            warnings.warn(
                f"the sound font has no program {program + 1} for the {instrument.value}; its "
                f"program {found + 1} plays",
                stacklevel=3,
            )
        wanted.append((font, row, DRUM_BANK if drums else 0, program))
    return take_presets(wanted, keys)


def _nearest(presets: list[tuple[int, int]], instrument: Instrument, program: int) -> int | None:
    """The row of the preset that is nearest to a program; None if there is none.

    Its family goes first, and then the part's usual program.
    """
    drums = instrument is Instrument.DRUMS
    rows = [row for row, (bank, _) in enumerate(presets) if (bank >= DRUM_BANK - 8) == drums]

    def distance(row: int) -> tuple[bool, bool, int, int]:
        bank, found = presets[row]
        family = found // 8 != program // 8
        other = family and found != instrument.program
        return family, other, abs(found - program), abs(bank - (DRUM_BANK if drums else 0))

    return min(rows, key=distance, default=None)
