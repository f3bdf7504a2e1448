"""Where each part sits in the mix, and how a part's dry sound becomes a stem."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.score import Instrument
from export.sound.blocks import Sound, in_blocks
from export.sound.room import Room
from export.sound.synthesizer import Frames


@dataclass(frozen=True, slots=True)
class Place:
    """A part's place: its gain in dB, its pan from -1 (left) to 1, and its reverb in dB."""

    gain: float
    pan: float
    room: float


PLACES: Mapping[Instrument, Place] = {
    Instrument.BASS: Place(-3.0, 0.0, -26.0),
    Instrument.DRUMS: Place(-0.5, 0.0, -20.0),
    Instrument.GUITAR: Place(1.0, 0.35, -15.0),
    Instrument.PIANO: Place(1.5, -0.25, -14.0),
    Instrument.STRINGS: Place(-2.5, 0.0, -10.0),
}
"""The mix. The medians of the parts over seven pieces lie within 2.3 LU, the piano on top."""


def stem_blocks(dry: Iterable[Frames], place: Place, frames: int) -> Iterator[Sound]:
    """A part in its place, in blocks; ``frames`` in all.

    dry: its sound, in pieces of any length.
    """
    room = Room()
    angle = (place.pan + 1) * math.pi / 4
    sides = math.sqrt(2) * np.array([math.cos(angle), math.sin(angle)], np.float32)
    gain = 10 ** (place.gain / 20) / 32768
    wet = np.float32(10 ** (place.room / 20))
    for played in in_blocks(dry, frames):
        block = played * np.float32(gain)
        yield block * sides + room.feed(block) * wet
