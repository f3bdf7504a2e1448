"""MusicXML, by its schema and as a reader of it plays the notes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree

import mido
import pytest

from bridge.scoring.sheet_music import PROGRAMS
from engine.score import BeatMap, Instrument, Note, Score
from export.notation.grid import grid
from export.notation.musicxml import musicxml
from export.notation.parts import OCTAVES_HIGHER, ORDER
from export.ticks import tick_score

_CLASSES = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
HITS = ((2.0, "door"), (8.0, "hit 2"))
XLINK = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://www.w3.org/1999/xlink">
  <xs:attribute name="href" type="xs:anyURI"/><xs:attribute name="type" type="xs:string"/>
  <xs:attribute name="role" type="xs:string"/><xs:attribute name="title" type="xs:string"/>
  <xs:attribute name="show" type="xs:string"/><xs:attribute name="actuate" type="xs:string"/>
</xs:schema>"""
"""The attributes of XLink that the schema of MusicXML names."""
XML = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="lang" type="xs:language"/><xs:attribute name="space" type="xs:NCName"/>
</xs:schema>"""
"""Likewise those of XML."""


def in_feel(*thirds: int) -> Score:
    """Two bars with a note on these thirds of each beat."""
    at = [beat / 2 + third / 6 for beat in range(8) for third in thirds]
    notes = tuple(Note(Instrument.PIANO, time, time + 1 / 6, 72) for time in at)
    beats = BeatMap((0.0, 8.0), (0.0, 4.0), ((4, 4), (4, 4)))
    return Score(notes, (0.0, 2.0), (), 4.0, beats)


def read(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)


def played(root, instrument: Instrument) -> list[tuple[int, int]]:
    """Units and pitch of every note that begins, ties followed; checks that every bar is full."""
    found, tied, start, length = [], set(), 0, 0
    for measure in root.find(f"part[@id='part-{instrument.value}']"):
        if measure.find("attributes/time") is not None:
            beats, unit = (measure.findtext(f"attributes/time/{n}") for n in ("beats", "beat-type"))
            length = 48 * int(beats) // int(unit)
        now = onset = 0
        for element in measure:
            units = int(element.findtext("duration") or 0)
            if element.tag == "backup":
                assert now == length
                now -= units
            elif element.tag == "forward":
                now += units
            elif element.tag == "note":
                if element.find("chord") is None:
                    onset, now = now, now + units
                if element.find("rest") is None:
                    key = pitch_of(element), element.findtext("voice")
                    ties = {tie.get("type") for tie in element.findall("tie")}
                    if "stop" in ties:
                        tied.remove((start + onset, *key))
                    else:
                        found.append((start + onset, key[0]))
                    if "start" in ties:
                        tied.add((start + onset + units, *key))
        assert now == length
        start += length
    assert not tied
    return sorted(found)


def pitch_of(note) -> int:
    if note.find("unpitched") is not None:
        return int(note.find("instrument").get("id").removeprefix("drum-"))
    octave, alter = int(note.findtext("pitch/octave")), int(note.findtext("pitch/alter") or 0)
    return 12 * (octave + 1) + _CLASSES[note.findtext("pitch/step")] + alter


@pytest.fixture(scope="module")
def data(score) -> bytes:
    return musicxml(score, "A film", HITS)


@pytest.fixture(scope="module")
def root(data):
    return read(data)


@pytest.fixture(scope="module")
def schema():
    """The schema of MusicXML 4.0, which the package musicxml carries."""
    etree = pytest.importorskip("lxml.etree", reason="needs lxml, of the extra dev")
    package = find_spec("musicxml")
    if package is None or package.origin is None:
        pytest.skip("needs musicxml, of the extra dev")
    folder = Path(package.origin).parent / "generate_classes"

    class Local(etree.Resolver):
        def resolve(self, url, name, context):
            if url.endswith("xlink.xsd"):
                return self.resolve_string(XLINK, context)
            if url.endswith("/xml.xsd"):
                return self.resolve_string(XML, context)
            return None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(str(folder / "musicxml_4_0.xsd"), parser))


@pytest.mark.parametrize("kind", ["changes", "triplet", "swing", "silent", "free"])
def test_it_follows_the_schema(schema, score, kind):
    from lxml import etree

    made = {
        "changes": score,
        "triplet": in_feel(0, 1, 2),
        "swing": in_feel(0, 2),
        "silent": Score((), (), (), 4.0),
        "free": replace(score, beat_map=None, keys=(), harmony=()),
    }[kind]
    assert schema.validate(etree.fromstring(musicxml(made, kind, HITS))), schema.error_log


def test_every_note_is_there_and_every_bar_is_full(root, score):
    ticks = tick_score(score)
    layout = grid(ticks)
    for instrument in Instrument:
        higher = 12 * OCTAVES_HIGHER.get(instrument, 0)
        notes = layout.notes(ticks.parts[instrument])
        assert played(root, instrument) == sorted({(n.onset, n.pitch + higher) for n in notes})


def test_parts_are_named_in_the_order_of_a_page(root):
    names = [part.findtext("part-name") for part in root.find("part-list").findall("score-part")]
    assert names == [instrument.value.capitalize() for instrument in ORDER]
    assert root.findtext("work/work-title") == "A film"


def test_a_bracket_joins_the_staves_and_later_systems_have_short_names(root):
    listed = root.find("part-list")
    assert [element.tag for element in listed] == ["part-group", *["score-part"] * 5, "part-group"]
    assert listed.findtext("part-group/group-barline") == "yes"
    short = [part.findtext("part-abbreviation") for part in listed.findall("score-part")]
    assert short == ["Str.", "Gtr.", "Pno.", "Bass", "Dr."]


def test_the_stems_of_drums_go_up(root):
    notes = [n for n in root.find("part[@id='part-drums']").iter("note") if n.find("rest") is None]
    assert notes and {note.findtext("stem") for note in notes} == {"up"}


def test_a_part_that_is_silent_has_no_staff(score):
    only = replace(score, notes=score.part(Instrument.PIANO))
    assert [part.get("id") for part in read(musicxml(only, "")).findall("part")] == ["part-piano"]


def strings(*notes: tuple[float, float, int]) -> Score:
    """Strings in bars of 2 s: onset and end in seconds, and pitch."""
    beats = BeatMap((0.0, 16.0), (0.0, 8.0), ((4, 4),) * 4)
    of = tuple(Note(Instrument.STRINGS, *note) for note in sorted(notes))
    return Score(of, (0.0, 2.0, 4.0, 6.0), (), 8.0, beats)


@pytest.mark.parametrize(("low", "clefs"), [(57, ["G"]), (50, ["G", "F"])])
def test_strings_have_two_staves_only_where_ledger_lines_would_be_many(low, clefs):
    notes = [(n / 2, n / 2 + 0.5, pitch) for n, pitch in enumerate((72, low) * 8)]
    root = read(musicxml(strings(*notes), ""))
    assert [clef.findtext("sign") for clef in root.iter("clef")] == clefs


def test_an_empty_voice_beside_another_one_has_no_rest():
    # The second voice holds its note alone in the second bar.
    root = read(musicxml(strings((0, 0.5, 76), (0.5, 1, 77), (1, 2, 74), (0, 4, 67)), ""))
    second = root.findall("part/measure")[1]
    assert [note.findtext("voice") for note in second.iter("note")] == ["2"]
    assert second.find("note/rest") is None


def test_the_piano_has_two_staves_and_drums_a_percussion_clef(root):
    piano, drums = root.find("part[@id='part-piano']"), root.find("part[@id='part-drums']")
    assert piano.findtext("measure/attributes/staves") == "2"
    assert [c.findtext("sign") for c in piano.iter("clef")] == ["G", "F"]
    assert drums.findtext("measure/attributes/clef/sign") == "percussion"
    assert not list(drums.iter("key"))


def test_keys_and_time_signatures_stand_at_their_bars(root):
    part = root.find("part[@id='part-strings']")
    keys = {m.get("number"): m.findtext("attributes/key/fifths") for m in part}
    assert {bar: key for bar, key in keys.items() if key} == {"1": "0", "3": "-3"}
    times = {
        measure.get("number"): "/".join(number.text for number in measure.find("attributes/time"))
        for measure in part
        if measure.find("attributes/time") is not None
    }
    assert times == {"1": "4/4", "3": "3/4", "4": "6/8", "5": "4/4"}


def test_tempi_hits_and_chord_symbols_stand_above_the_first_part(root):
    first, *others = root.findall("part")
    tempi = [sound.get("tempo") for sound in first.iter("sound") if sound.get("tempo")]
    assert tempi == ["120.0000", "96.0000", "120.0000"]
    assert [mark.text for mark in first.iter("rehearsal")] == ["door", "hit 2"]
    symbols = [(h.findtext("root/root-step"), h.find("kind").text) for h in first.iter("harmony")]
    assert symbols == [("A", "minor"), ("F", "major"), ("E", "major-seventh")]
    assert first.findtext(".//bass/bass-step") == "C"
    assert not any(list(part.iter("rehearsal")) for part in others)
    assert all(list(part.iter("dynamics")) for part in root.findall("part"))


def tempi(*quarters: float) -> tuple[list[str], list[str]]:
    """The tempi that are shown and played for bars of 4/4 at these quarter notes a minute."""
    seconds = tuple(accumulate((240 / tempo for tempo in quarters), initial=0.0))
    beats = BeatMap(tuple(4.0 * n for n in range(len(seconds))), seconds, ((4, 4),) * len(quarters))
    root = read(musicxml(Score((), seconds[:-1], (), seconds[-1], beats), ""))
    shown = [mark.text for mark in root.iter("per-minute")]
    return shown, [sound.get("tempo") for sound in root.iter("sound") if sound.get("tempo")]


def test_a_tempo_is_shown_once_while_its_number_stays_the_same():
    shown, played = tempi(110.6, 111.3, 112.6, 112.8)
    assert shown == ["111", "113"]
    assert [f"{float(tempo):.1f}" for tempo in played] == ["110.6", "111.3", "112.6", "112.8"]


def test_a_change_that_nobody_hears_is_no_change():
    assert tempi(110.7692, 110.7698, 110.77) == (["111"], ["110.7692"])


def test_a_beat_in_three_is_a_triplet_and_swing_is_written_even():
    triplet, swing = read(musicxml(in_feel(0, 1, 2), "")), read(musicxml(in_feel(0, 2), ""))
    assert len(list(triplet.iter("tuplet"))) == 16 and not list(swing.iter("tuplet"))
    assert [w.text for w in swing.iter("words")] == ["Swing"]
    assert {n.findtext("type") for n in swing.iter("note") if n.find("pitch") is not None} == {
        "eighth"
    }  # fmt: skip


def test_equal_scores_are_equal_files(score, data):
    assert musicxml(score, "A film", HITS) == data


def test_musescore_plays_every_note(data, score, tmp_path):
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("needs MuseScore (apt-get install --no-install-recommends musescore3)")
    (tmp_path / "score.musicxml").write_bytes(data)
    subprocess.run(
        [program, "-o", tmp_path / "back.mid", tmp_path / "score.musicxml"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    found = Counter(
        (message.channel, message.note)
        for track in mido.MidiFile(tmp_path / "back.mid").tracks
        for message in track
        if message.type == "note_on" and message.velocity
    )
    assert found == Counter((n.instrument.channel, n.pitch) for n in score.notes)
