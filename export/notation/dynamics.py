"""Dynamic marks of a part, from the velocities of its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from engine.music.tempo import PPQ
from export.notation.grid import Grid
from export.notation.marks import Mark
from export.ticks import TickNote

LEVELS = (("pp", 33), ("p", 49), ("mp", 64), ("mf", 80), ("f", 96), ("ff", 112))
"""Dynamic marks and the MIDI velocities that notation programs give them."""
PERSISTS = 2
"""The bars with notes that a new level must last to be marked."""
FORTE = 90
"""The velocity that MusicXML counts as 100."""


def dynamics(notes: Iterable[TickNote], layout: Grid) -> Iterator[Mark]:
    """A mark at the first note, and at each bar from which a part is louder or softer."""
    levels = _levels(notes, layout)
    current = None
    for place, (bar, level) in enumerate(levels):
        lasting = [later for _, later in levels[place : place + PERSISTS]]
        if current is None or (level != current and lasting == [level] * PERSISTS):
            current = level
            yield bar, _direction(*LEVELS[level])


def _levels(notes: Iterable[TickNote], layout: Grid) -> Sequence[tuple[int, int]]:
    """The start of each bar with notes, in units, and the level of their mean velocity."""
    velocities: dict[int, list[int]] = {}
    for note in notes:
        unit = layout.unit(note.onset / PPQ)
        start = next((bar.start for bar in layout.bars if unit < bar.end), layout.bars[-1].start)
        velocities.setdefault(start, []).append(note.velocity)
    return [
        (start, _nearest(sum(values) / len(values))) for start, values in sorted(velocities.items())
    ]


def _nearest(velocity: float) -> int:
    return min(range(len(LEVELS)), key=lambda level: abs(LEVELS[level][1] - velocity))


def _direction(mark: str, velocity: int) -> Element:
    direction = Element("direction", placement="below")
    kind = SubElement(direction, "direction-type")
    SubElement(SubElement(kind, "dynamics"), mark)
    SubElement(direction, "sound", dynamics=f"{100 * velocity / FORTE:.0f}")
    return direction
