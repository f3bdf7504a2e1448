"""What a soundtrack is made of, as one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from engine.score import Instrument
from export.sound.soundfont import SoundFont
from export.sound.synthesizer import Synthesizer

SOUND = 1
"""The version of playing and mixing. Raise it where the same notes come to sound otherwise."""


def recipe_of(
    midis: Mapping[Instrument, Path],
    frames: int,
    begin: float,
    font: SoundFont,
    synthesizer: Synthesizer,
) -> str:
    """A digest of the MIDI files of the parts and of everything that plays them.

    frames, begin: as in :func:`~export.sound.soundtrack.write_soundtrack`. Of the samples of the
    font it has the places and the size alone. A file that is missing counts as an empty one.
    """
    digest = hashlib.sha256(
        f"{SOUND} {synthesizer.name} {frames} {begin!r} {len(font.samples)}".encode()
    )
    for name in sorted(font.tables):
        digest.update(font.tables[name].tobytes())
    for instrument in sorted(midis, key=lambda each: each.value):
        content = hashlib.sha256(_content(midis[instrument]))
        digest.update(f"{instrument.value} {content.hexdigest()}".encode())
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
