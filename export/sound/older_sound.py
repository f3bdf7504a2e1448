"""The sound of an older version of a piece, and its files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.score import Instrument
from export.sound.wav import WavFile, open_wav


@dataclass(frozen=True, slots=True)
class OlderSound:
    """The sound of an older version of a piece.

    folder: of its files. mix: the name of its mix. recipe: as of
    :func:`~export.sound.recipe.recipe_of`. level: in dB. limited: as in ``Soundtrack``.
    """

    folder: Path
    mix: str
    recipe: str
    level: float
    limited: float

    def midi(self, instrument: Instrument) -> Path:
        """The MIDI file of a part."""
        return self.folder / "stems" / f"{instrument.value}.mid"

    def stem(self, instrument: Instrument) -> Path:
        """The sound of a part."""
        return self.folder / "stems" / f"{instrument.value}.wav"

    def files(
        self, parts: Iterable[Instrument], frames: int
    ) -> tuple[WavFile, dict[Instrument, WavFile]] | None:
        """Its mix and the stems of parts; None unless all are there and have ``frames`` frames.

        Raises OSError for files that can't be read.
        """
        mix = open_wav(self.folder / self.mix)
        stems = {i: open_wav(self.stem(i)) for i in parts}
        if mix is None or mix.frames != frames:
            return None
        found = {i: file for i, file in stems.items() if file is not None and file.frames == frames}
        return (mix, found) if found and len(found) == len(stems) else None
