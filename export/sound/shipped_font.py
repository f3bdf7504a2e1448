"""Makes the sound font that comes with emsync, of two larger ones.

``python -m export.sound.shipped_font FluidR3Mono_GM.sf3 MuseScore_General_Lite.sf3 five-parts.sf3``

Both fonts are MIT-licensed (docs/third-party.md). The piano of MuseScore General alone has 15 MB;
that of FluidR3Mono has 0.8. Everything else is from MuseScore General, for its stereo strings.
Vorbis data is copied as it is.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from engine.files import write_atomically
from engine.score import Instrument
from export.sound.presets import take_presets
from export.sound.soundfont import DRUM_BANK, read_soundfont, to_bytes

NAME = b"EMSYNC five parts: presets of FluidR3Mono and MuseScore General\0"


def shipped_font(fluid: Path, musescore: Path) -> bytes:
    """The bytes of the font. Raises EmsyncError for files that are no sound fonts."""
    piano, others = read_soundfont(fluid), read_soundfont(musescore)
    wanted = []
    for instrument in Instrument:
        font = piano if instrument is Instrument.PIANO else others
        key = DRUM_BANK if instrument is Instrument.DRUMS else 0, instrument.program
        wanted.append((font, font.presets.index(key), *key))
    font = take_presets(wanted)
    return to_bytes(replace(font, info={**others.info, "INAM": NAME}))


if __name__ == "__main__":
    write_atomically(sys.argv[3], shipped_font(Path(sys.argv[1]), Path(sys.argv[2])))
