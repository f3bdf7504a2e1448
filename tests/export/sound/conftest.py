"""Small pieces as MIDI files, and the synthesizers of this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from engine.score import Instrument, Note, Score
from export.midi import write_stems
from export.sound.fonts import SHIPPED
from export.sound.soundfont import SoundFont, read_soundfont
from export.sound.synthesizer import FluidSynth, MidiRenderer, Synthesizer


@pytest.fixture(
    params=[
        pytest.param(
            "midirenderer",
            marks=pytest.mark.skipif(not find_spec("midirenderer"), reason="no midirenderer"),
        ),
        pytest.param(
            "fluidsynth",
            marks=pytest.mark.skipif(not shutil.which("fluidsynth"), reason="no FluidSynth"),
        ),
    ]
)
def synthesizer(request: pytest.FixtureRequest) -> Synthesizer:
    return MidiRenderer() if request.param == "midirenderer" else FluidSynth("fluidsynth")


@pytest.fixture(scope="session")
def font() -> SoundFont:
    return read_soundfont(SHIPPED)


@pytest.fixture
def piece(tmp_path: Path) -> Callable[..., dict[Instrument, Path]]:
    """Writes notes (instrument, onset, end, pitch, velocity) as the stems of a score."""

    def write(*notes: tuple, duration: float = 4.0) -> dict[Instrument, Path]:
        parts = tuple(sorted((Note(*note) for note in notes), key=lambda note: note.onset))
        return write_stems(Score(parts, (0.0,), (), duration), tmp_path / "stems")

    return write
