"""Writes a score as MusicXML 4.0, for notation programs.

Source: W3C Music Notation Community Group (2021), MusicXML 4.0.
"""

from __future__ import annotations

from bisect import bisect_right
from xml.etree.ElementTree import Element, SubElement

from engine.music.conditions import KEYS
from engine.music.key import find_key
from engine.music.tempo import TempoMap
from engine.score import Instrument, Score
from export.midi import Markers
from export.notation.dynamics import dynamics
from export.notation.grid import QUARTER, Bar, Grid, grid
from export.notation.marks import Mark, marks, unit_at
from export.notation.measures import drum_id, write_bar
from export.notation.parts import OCTAVES_HIGHER, Clef, Part, parts
from export.notation.spelling import signs
from export.ticks import tick_score
from export.xml_text import xml_text

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
STAFF_HEIGHT = "4.6"
"""Millimetres: three systems of five parts share a page."""
_SHORT: dict[Instrument, str] = {
    Instrument.STRINGS: "Str.",
    Instrument.GUITAR: "Gtr.",
    Instrument.PIANO: "Pno.",
    Instrument.BASS: "Bass",
    Instrument.DRUMS: "Dr.",
}
"""The names of parts before all systems but the first."""
_CLEFS: dict[Clef, tuple[str, str]] = {
    "treble": ("G", "2"),
    "bass": ("F", "4"),
    "percussion": ("percussion", ""),
}


def musicxml(score: Score, title: str, hits: Markers = ()) -> bytes:
    """The notation of a score. hits: names of moments, which become rehearsal marks."""
    ticks = tick_score(score)
    layout = grid(ticks)
    playing = parts(ticks, layout)
    root = Element("score-partwise", version="4.0")
    work = SubElement(root, "work")
    SubElement(work, "work-title").text = title
    identification = SubElement(root, "identification")
    SubElement(identification, "creator", type="composer").text = "EMSYNC Bridge"
    encoding = SubElement(identification, "encoding")
    SubElement(encoding, "software").text = "EMSYNC Bridge"
    scaling = SubElement(SubElement(root, "defaults"), "scaling")
    SubElement(scaling, "millimeters").text = STAFF_HEIGHT
    SubElement(scaling, "tenths").text = "40"
    listed = SubElement(root, "part-list")
    if len(playing) > 1:
        # One bracket and bar lines through all staves: they show what sounds together.
        group = SubElement(listed, "part-group", number="1", type="start")
        SubElement(group, "group-symbol").text = "bracket"
        SubElement(group, "group-barline").text = "yes"
    for part in playing:
        _list(listed, part)
    if len(playing) > 1:
        SubElement(listed, "part-group", number="1", type="stop")
    keys = _keys(score, ticks.tempo_map, layout)
    for number, part in enumerate(playing):
        element = SubElement(root, "part", id=_id(part))
        around = marks(score, ticks.tempo_map, layout, hits) if number == 0 else []
        around += dynamics(ticks.parts[part.instrument], layout)
        _write_part(element, part, layout, keys, around)
    return xml_text(root, HEAD.encode()) + b"\n"


def _id(part: Part) -> str:
    return f"part-{part.instrument.value}"


def _list(listed: Element, part: Part) -> None:
    """Name a part and say how it sounds."""
    instrument = part.instrument
    entry = SubElement(listed, "score-part", id=_id(part))
    SubElement(entry, "part-name").text = instrument.value.capitalize()
    SubElement(entry, "part-abbreviation").text = _SHORT[instrument]
    sounds: list[tuple[str, str, int | None]]
    if instrument is Instrument.DRUMS:
        sounds = [(drum_id(pitch), drum.name, pitch) for pitch, drum in part.kit.items()]
    else:
        sounds = [(f"{_id(part)}-sound", instrument.value.capitalize(), None)]
    for key, name, _ in sounds:
        SubElement(SubElement(entry, "score-instrument", id=key), "instrument-name").text = name
    for key, _, pitch in sounds:
        sound = SubElement(entry, "midi-instrument", id=key)
        SubElement(sound, "midi-channel").text = str(instrument.channel + 1)
        SubElement(sound, "midi-program").text = str(instrument.program + 1)
        if pitch is not None:
            SubElement(sound, "midi-unpitched").text = str(pitch + 1)


def _write_part(
    element: Element, part: Part, layout: Grid, keys: dict[int, int], around: list[Mark]
) -> None:
    before: Bar | None = None
    fifths = 0
    for number, bar in enumerate(layout.bars):
        measure = SubElement(element, "measure", number=str(number + 1))
        changed = keys.get(number)
        fifths = fifths if changed is None else changed
        is_new = before is None or _signature(before) != _signature(bar)
        if is_new or changed is not None:
            _attributes(measure, part, bar, changed, is_new, is_first=before is None)
        for unit, mark in around:
            if bar.start <= unit < bar.end:
                measure.append(mark)
        write_bar(measure, part, bar, fifths)
        before = bar
    line = SubElement(measure, "barline", location="right")
    SubElement(line, "bar-style").text = "light-heavy"


def _signature(bar: Bar) -> tuple[int, int]:
    return bar.numerator, bar.denominator


def _attributes(
    measure: Element, part: Part, bar: Bar, fifths: int | None, is_new: bool, is_first: bool
) -> None:
    """Key, time signature and, in the first bar, staves, clefs and transposition."""
    attributes = SubElement(measure, "attributes")
    if is_first:
        SubElement(attributes, "divisions").text = str(QUARTER)
    if fifths is not None and part.instrument is not Instrument.DRUMS:
        SubElement(SubElement(attributes, "key"), "fifths").text = str(fifths)
    if is_new:
        time = SubElement(attributes, "time")
        SubElement(time, "beats").text = str(bar.numerator)
        SubElement(time, "beat-type").text = str(bar.denominator)
    if not is_first:
        return
    if len(part.staves) > 1:
        SubElement(attributes, "staves").text = str(len(part.staves))
    for number, staff in enumerate(part.staves, start=1):
        clef = SubElement(attributes, "clef", number=str(number))
        sign, line = _CLEFS[staff.clef]
        SubElement(clef, "sign").text = sign
        if line:
            SubElement(clef, "line").text = line
    octaves = OCTAVES_HIGHER.get(part.instrument)
    if octaves:
        transpose = SubElement(attributes, "transpose")
        SubElement(transpose, "diatonic").text = "0"
        SubElement(transpose, "chromatic").text = "0"
        SubElement(transpose, "octave-change").text = str(-octaves)


def _keys(score: Score, beats: TempoMap, layout: Grid) -> dict[int, int]:
    """The sharps from each bar on, by its number from 0: as planned, or the key of the notes."""
    if score.keys:
        starts = [bar.start for bar in layout.bars]
        found = {}
        for seconds, name in score.keys:
            unit = unit_at(beats, seconds)
            found[max(bisect_right(starts, unit + QUARTER // 2) - 1, 0)] = signs(name)
        return {0: 0} | found
    notes = [note for note in score.notes if note.instrument is not Instrument.DRUMS]
    key = find_key([n.pitch for n in notes], [n.end - n.onset for n in notes]) if notes else None
    return {0: 0 if key is None or key != key else signs(KEYS[int(key)])}
