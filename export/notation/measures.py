"""The notes and rests of a bar as MusicXML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from engine.score import Instrument
from export.notation.grid import QUARTER, Bar
from export.notation.parts import OCTAVES_HIGHER, Part
from export.notation.spelling import spell
from export.notation.values import Value, values
from export.notation.voices import Chord, Voice

VOICES_OF_STAFF = 4
"""The voices that MusicXML's readers give a staff."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a chord, or of a rest, that is one note value.

    pitches: none for a rest. from_before, goes_on: tied to the piece before and after it.
    """

    value: Value
    pitches: tuple[int, ...] = ()
    from_before: bool = False
    goes_on: bool = False


def write_bar(measure: Element, part: Part, bar: Bar, fifths: int) -> None:
    """Append the notes and rests of a bar, staff by staff and voice by voice."""
    is_first = True
    for number, staff in enumerate(part.staves, start=1):
        here = [(place, _of_bar(voice, bar)) for place, voice in enumerate(staff.voices)]
        # An empty voice is left out beside another one: its rest would stand off the staff.
        sounding = [(place, chords) for place, chords in here if chords] or [(0, [])]
        for place, chords in sounding:
            if not is_first:
                backup = SubElement(measure, "backup")
                SubElement(backup, "duration").text = str(bar.length)
            is_first = False
            writer = _Writer(measure, part, number, (number - 1) * VOICES_OF_STAFF + place + 1)
            if not chords:
                writer.whole_rest(bar)
                continue
            for piece in pieces(chords, bar):
                writer.write(piece, fifths, is_shown=place == sounding[0][0])


def pieces(chords: Sequence[Chord], bar: Bar) -> Iterator[Piece]:
    """The chords of a voice in a bar and the rests between them, as note values."""
    now = 0
    for chord in chords:
        start, end = max(chord.start - bar.start, 0), min(chord.end, bar.end) - bar.start
        for value in values(now, start, bar, is_rest=True):
            yield Piece(value)
        for value in values(start, end, bar):
            from_before = bar.start + value.start > chord.start
            goes_on = bar.start + value.start + value.units < chord.end
            yield Piece(value, chord.pitches, from_before, goes_on)
        now = end
    for value in values(now, bar.length, bar, is_rest=True):
        yield Piece(value)


def _of_bar(voice: Voice, bar: Bar) -> list[Chord]:
    return [chord for chord in voice if chord.start < bar.end and bar.start < chord.end]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Appends pieces to a measure. staff: from 1. voice: its number within the part."""

    measure: Element
    part: Part
    staff: int
    voice: int

    def whole_rest(self, bar: Bar) -> None:
        """A rest for the whole bar, whatever its length."""
        note = SubElement(self.measure, "note")
        SubElement(note, "rest", measure="yes")
        SubElement(note, "duration").text = str(bar.length)
        self._end(note, None, "")

    def write(self, piece: Piece, fifths: int, is_shown: bool) -> None:
        """One piece. is_shown: whether rests are written; a second voice leaves them out."""
        if not piece.pitches and not is_shown and not piece.value.is_triplet:
            forward = SubElement(self.measure, "forward")
            SubElement(forward, "duration").text = str(piece.value.units)
            SubElement(forward, "voice").text = str(self.voice)
            if len(self.part.staves) > 1:
                SubElement(forward, "staff").text = str(self.staff)
            return
        for place, pitch in enumerate(piece.pitches or (None,)):
            note = SubElement(self.measure, "note")
            if place:
                SubElement(note, "chord")
            head = "" if pitch is None else self._pitch(note, pitch, fifths)
            if pitch is None:
                SubElement(note, "rest")
            SubElement(note, "duration").text = str(piece.value.units)
            for kind in _ties(piece):
                SubElement(note, "tie", type=kind)
            if pitch is not None and self.part.instrument is Instrument.DRUMS:
                SubElement(note, "instrument", id=drum_id(pitch))
            self._end(note, piece.value, head)
            self._notations(note, piece, is_first=place == 0)

    def _pitch(self, note: Element, pitch: int, fifths: int) -> str:
        """The pitch of a note; returns the kind of its head, empty for the usual one."""
        if self.part.instrument is Instrument.DRUMS:
            what = self.part.kit[pitch]
            unpitched = SubElement(note, "unpitched")
            SubElement(unpitched, "display-step").text = what.step
            SubElement(unpitched, "display-octave").text = str(what.octave)
            return "" if what.head == "normal" else what.head
        written = pitch + 12 * OCTAVES_HIGHER.get(self.part.instrument, 0)
        spelled = spell(written, fifths)
        element = SubElement(note, "pitch")
        SubElement(element, "step").text = spelled.step
        if spelled.alter:
            SubElement(element, "alter").text = str(spelled.alter)
        SubElement(element, "octave").text = str(spelled.octave)
        return ""

    def _end(self, note: Element, value: Value | None, head: str) -> None:
        """What follows the duration, in the order of the schema."""
        SubElement(note, "voice").text = str(self.voice)
        if value is not None:
            SubElement(note, "type").text = value.type
            if value.is_dotted:
                SubElement(note, "dot")
            if value.is_triplet:
                ratio = SubElement(note, "time-modification")
                SubElement(ratio, "actual-notes").text = "3"
                SubElement(ratio, "normal-notes").text = "2"
                SubElement(ratio, "normal-type").text = "eighth"
        if note.find("unpitched") is not None:
            # Cymbals stand at the top of the staff, so stems that hang would cross it.
            SubElement(note, "stem").text = "up"
        if head:
            SubElement(note, "notehead").text = head
        if len(self.part.staves) > 1:
            SubElement(note, "staff").text = str(self.staff)

    def _notations(self, note: Element, piece: Piece, is_first: bool) -> None:
        """Ties, and where a triplet begins and ends; that stands at the first note of a chord."""
        value = piece.value
        ties = _ties(piece)
        edges = []
        if value.is_triplet and is_first:
            edges += ["start"] if value.start % QUARTER == 0 else []
            edges += ["stop"] if (value.start + value.units) % QUARTER == 0 else []
        if not ties and not edges:
            return
        notations = SubElement(note, "notations")
        for kind in ties:
            SubElement(notations, "tied", type=kind)
        for kind in edges:
            SubElement(notations, "tuplet", type=kind)


def drum_id(pitch: int) -> str:
    """The name of a drum in the file."""
    return f"drum-{pitch}"


def _ties(piece: Piece) -> list[str]:
    if not piece.pitches:
        return []
    return ["stop"] * piece.from_before + ["start"] * piece.goes_on
