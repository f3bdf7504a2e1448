"""What stands above the staves: tempi, hits as rehearsal marks, and chord symbols."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from engine.music.chord_symbols import parse_chord
from engine.music.tempo import PPQ, TempoMap
from engine.score import Score
from export.midi import Markers
from export.notation.chord_kinds import KINDS
from export.notation.grid import QUARTER, Bar, Grid

SAME_TEMPO = 0.5
"""Tempi that differ by less, in beats a minute, are shown once; playback has them all."""
INAUDIBLE = 0.01
"""Tempi that differ by less, in quarter notes a minute, are one: they differ by their rounding."""
_ALTERS = {"#": 1, "b": -1}
Mark = tuple[int, Element]
"""The unit at which something stands, and its element."""


def marks(score: Score, beats: TempoMap, layout: Grid, hits: Markers) -> list[Mark]:
    """Everything above the staves, by bar. hits: names of moments, in seconds."""
    return [
        *_tempi(beats, layout),
        *_hits(beats, layout, hits),
        *_symbols(score, beats, layout),
    ]


def unit_at(beats: TempoMap, seconds: float) -> int:
    """The unit nearest to a time."""
    return round(float(beats.beat_at(seconds)) * QUARTER)


def bar_of(layout: Grid, unit: int) -> Bar:
    """The bar in which a unit lies; the last one for what comes after it."""
    return next((bar for bar in layout.bars if unit < bar.end), layout.bars[-1])


def _tempi(beats: TempoMap, layout: Grid) -> Iterator[Mark]:
    shown = played = -1.0
    for tempo in beats.tempos:
        unit = round(tempo.tick / PPQ * QUARTER)
        bar = bar_of(layout, unit)
        quarters = 60e6 / tempo.microseconds
        counted = quarters / 1.5 if bar.is_compound else quarters
        # Two unequal tempi may round to one number, which is then not written twice.
        new = abs(counted - shown) >= SAME_TEMPO and round(counted) != round(shown)
        if not new and abs(quarters - played) < INAUDIBLE:
            continue
        played = quarters
        direction = Element("direction", placement="above")
        if new:
            shown = counted
            if unit == 0 and layout.feel == "swing":
                SubElement(_kind(direction), "words").text = "Swing"
            metronome = SubElement(_kind(direction), "metronome")
            SubElement(metronome, "beat-unit").text = "quarter"
            if bar.is_compound:
                SubElement(metronome, "beat-unit-dot")
            SubElement(metronome, "per-minute").text = f"{counted:.0f}"
        else:
            # For playback alone; a direction must say something.
            SubElement(_kind(direction), "words")
        _offset(direction, unit - bar.start)
        SubElement(direction, "sound", tempo=f"{quarters:.4f}")
        yield unit, direction


def _hits(beats: TempoMap, layout: Grid, hits: Markers) -> Iterator[Mark]:
    last = layout.bars[-1].end - layout.step
    for seconds, name in hits:
        unit = min(layout.unit(float(beats.beat_at(seconds))), last)
        direction = Element("direction", placement="above")
        SubElement(_kind(direction), "rehearsal").text = name
        _offset(direction, unit - bar_of(layout, unit).start)
        yield unit, direction


def _symbols(score: Score, beats: TempoMap, layout: Grid) -> Iterator[Mark]:
    last = layout.bars[-1].end
    places = [(unit_at(beats, seconds), symbol) for seconds, symbol in score.harmony]
    for (unit, symbol), (following, _) in pairwise([*places, (last, "")]):
        if unit < following:
            yield unit, _harmony(symbol, unit - bar_of(layout, unit).start)


def _harmony(symbol: str, offset: int) -> Element:
    """A chord symbol, such as ``F#m7/C#``."""
    chord = parse_chord(symbol)
    upper, _, bass = symbol.partition("/")
    kind = KINDS[chord.quality]
    harmony = Element("harmony")
    _named(SubElement(harmony, "root"), "root", upper)
    SubElement(harmony, "kind", text=chord.quality).text = kind.name
    if bass:
        _named(SubElement(harmony, "bass"), "bass", bass)
    if kind.added is not None:
        degree = SubElement(harmony, "degree", {"print-object": "no"})
        SubElement(degree, "degree-value").text = str(kind.added)
        SubElement(degree, "degree-alter").text = "0"
        SubElement(degree, "degree-type").text = "add"
    _offset(harmony, offset)
    return harmony


def _named(element: Element, name: str, text: str) -> None:
    """Letter and accidental at the start of a symbol."""
    SubElement(element, f"{name}-step").text = text[0]
    alter = _ALTERS.get(text[1:2], 0)
    if alter:
        SubElement(element, f"{name}-alter").text = str(alter)


def _kind(direction: Element) -> Element:
    return SubElement(direction, "direction-type")


def _offset(element: Element, units: int) -> None:
    """How far behind the bar line an element stands."""
    if units:
        SubElement(element, "offset").text = str(units)
