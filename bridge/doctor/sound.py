"""Checks of what sound needs: a synthesizer and a sound font."""

from __future__ import annotations

from bridge.doctor.finding import Finding
from engine.errors import EmsyncError
from export.sound.fonts import VARIABLE, font_path, open_font
from export.sound.synthesizer import find_synthesizer


def synthesizer() -> Finding:
    """Whether scores can be played to sound files."""
    found = find_synthesizer()
    if found is None:
        return Finding(
            "synthesizer", "absent", "scores are written as MIDI alone",
            "pip install midirenderer, or install FluidSynth",
        )  # fmt: skip
    return Finding("synthesizer", "ok", found.name)


def soundfont() -> Finding:
    """Whether the sound font can be read."""
    try:
        font = open_font()
    except EmsyncError as error:
        return Finding("sound font", "failing", str(error), f"set {VARIABLE} to an SF2 or SF3 file")
    return Finding("sound font", "ok", f"{font_path().name}, {len(font.presets)} instruments")
