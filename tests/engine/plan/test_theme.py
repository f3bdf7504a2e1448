"""Themes: what they ask of a plan, where they are stated, and how they are read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mido import Message, MetaMessage, MidiFile, MidiTrack, bpm2tempo

from engine.errors import EmsyncError
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import KEYS
from engine.plan.plan import Phrase, Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.theme import Statement, Theme, placed, plan_for_theme, statements, with_theme
from engine.plan.theme_file import read_theme
from engine.score import Instrument, Note

BASS, DRUMS, GUITAR, PIANO, STRINGS = tuple(Instrument)
TUNE = (60, 64, 67, 72, 69, 65, 69, 65, 67, 71, 74, 71, 60, 64, 67, 60)
"""Broken triads of C, F, G and C, one a bar of quarter notes."""


def theme(*pitches: int, part: Instrument = PIANO, signature: str = "4/4") -> Theme:
    notes = (Note(part, float(n), n + 1.0, p, 70 + n) for n, p in enumerate(pitches or TUNE))
    return Theme(part, tuple(notes), 100.0, signature)


def plan(*forms: str, bars: tuple[int, ...] = (4,), key: str = "C major") -> Plan:
    phrases = tuple(
        Phrase(1 + 4 * n, form, key, (BASS, STRINGS), 8.0, "mf", ("Dm", "Em", "Am", "Dm"))
        for n, form in enumerate(forms)
    )
    seconds = 8.0 * len(forms)
    points = ((0, 0.0), (16 * len(forms) + 4, seconds + 2))
    last = 16 * len(forms) - 4
    return Plan(seconds, points, bars, phrases=phrases, last_chord=last)


def test_tempo_time_signature_and_key_are_the_theme_s():
    options, same = with_theme(PlanOptions(), theme(signature="3/4"))
    assert (options.bpm, options.time_signature, options.key) == (100.0, "3/4", "C major")
    assert same == theme(signature="3/4")


def test_what_the_user_fixed_goes_before_the_theme():
    given = PlanOptions(bpm=80, time_signature="2/4", key="E major")
    options, moved = with_theme(given, theme())
    assert options == given
    assert [n.pitch for n in moved.notes][:3] == [64, 68, 71]
    options, same = with_theme(PlanOptions(chords=("C", "G")), theme())
    assert options.key is None and same == theme()
    with pytest.raises(EmsyncError, match="piano plays it"):
        with_theme(PlanOptions(instruments=(BASS,)), theme())


def test_a_theme_is_moved_by_half_an_octave_at_most_and_stays_in_range():
    high = theme(100, 104, 107, 108)
    assert [n.pitch for n in high.transposed(5).notes] == [93, 97, 100, 101]
    for key in KEYS[:12]:
        _, moved = with_theme(PlanOptions(key=key), theme())
        assert abs(moved.notes[0].pitch - 60) <= 6


def test_it_comes_again_where_the_first_phrase_does():
    assert statements(plan("A", "B", "A", "B"), theme()) == [Statement(1, 4), Statement(9, 4)]


def test_another_mood_states_it_once():
    """D has the place of A in the second mood."""
    found = statements(plan("A", "B", "D", "D", "B"), theme())
    assert found == [Statement(1, 4), Statement(9, 4)]
    found = plan("A", "B", "D", "D", "B")
    later = (replace(phrase, key="A minor") for phrase in found.phrases[2:])
    other_key = replace(found, phrases=(*found.phrases[:2], *later))
    assert statements(other_key, theme()) == [Statement(1, 4)]


def test_a_longer_theme_makes_room_before_its_next_statement():
    """The first phrase has three bars, and the next one the same form."""
    short = plan("A", "A", "B", "B")
    first, second, *rest = short.phrases
    first, second = replace(first, chords=first.chords[:3]), replace(second, bar=4)
    second = replace(second, chords=("Dm", "Em", "Am", "Dm", "Em"))
    fitted = plan_for_theme(replace(short, phrases=(first, second, *rest)), theme())
    assert [(p.bar, p.form) for p in fitted.phrases] == [(1, "A"), (5, "A"), (9, "B"), (13, "B")]
    assert fitted.phrases[0].chords == fitted.phrases[1].chords == ("C", "F", "G", "C")
    assert statements(fitted, theme()) == [Statement(1, 4), Statement(5, 4)]
    long = theme(*TUNE, *TUNE, *TUNE[:4])
    swallowed = plan_for_theme(plan("A", "A", "A", "B", "B"), long)
    assert [p.bar for p in swallowed.phrases] == [1, 10, 13, 17]


def test_the_last_chord_s_bar_is_no_theme():
    assert statements(plan("A", "A"), theme()) == [Statement(1, 4), Statement(5, 3)]


def test_a_long_theme_is_stated_whole_at_the_start_and_a_phrase_of_it_later():
    long = theme(*TUNE, *TUNE[:8])
    assert statements(plan("A", "A", "B", "A", "B"), long) == [Statement(1, 6), Statement(13, 4)]


def test_notes_go_to_the_plan_s_beats_bar_by_bar():
    found = list(placed(plan("A", "B", "B"), theme()))
    assert len(found) == 4
    beat = found[0][1] / 4
    notes = [note for _, _, notes in found for note in notes]
    assert [n.pitch for n in notes] == list(TUNE)
    assert [n.onset / beat for n in notes] == pytest.approx(list(range(16)))
    assert [n.velocity for n in notes] == list(range(70, 86))


def test_a_shorter_bar_leaves_out_what_lies_beyond_it():
    found = list(placed(plan("A", "B", "B", bars=(4, 2, 4)), theme()))
    assert [len(notes) for _, _, notes in found] == [4, 2, 4, 4]


def test_its_chords_hold_its_notes_and_its_player_plays():
    fitted = plan_for_theme(plan("A", "B", "A", "B"), theme())
    assert [p.chords for p in fitted.phrases][::2] == [("C", "F", "G", "C")] * 2
    assert fitted.phrases[1] == plan("A", "B").phrases[1]
    assert fitted.phrases[2].instruments == (BASS, PIANO, STRINGS)
    minor = plan_for_theme(plan("A", "B", key="A minor"), theme(69, 72, 76, 69, 65, 69, 72, 65))
    assert minor.phrases[0].chords == ("Am", "F", "Am", "Dm")
    for symbol in minor.phrases[0].chords:
        parse_chord(symbol)
    kept = plan_for_theme(plan("A", "B"), theme(), harmonise=False)
    assert kept.phrases[0].chords == ("Dm", "Em", "Am", "Dm")


def test_drums_have_no_key_and_no_chords():
    rhythm = theme(36, 38, 36, 38, part=DRUMS)
    assert with_theme(PlanOptions(), rhythm)[0].key is None
    assert plan_for_theme(plan("A", "B"), rhythm).phrases[0].chords == ("Dm", "Em", "Am", "Dm")
    assert rhythm.transposed(3) == rhythm


@pytest.mark.parametrize(
    ("notes", "signature", "complaint"),
    [((), "4/4", "no notes"), (theme().notes, "5/4", "time signature 5/4"),
     ((Note(PIANO, 64.0, 65.0, 60),), "4/4", "has 17 bars")],
)  # fmt: skip
def test_what_is_no_theme_is_refused(notes, signature, complaint):
    with pytest.raises(EmsyncError, match=complaint):
        Theme(PIANO, notes, 100.0, signature)


@pytest.fixture
def midi(tmp_path):
    """Write a MIDI file of tracks: (name, channel, program, first beat, pitches)."""

    def write(*tracks, bpm=90, signature=(4, 4)):
        file = MidiFile(ticks_per_beat=480)
        head = MidiTrack([
            MetaMessage("set_tempo", tempo=bpm2tempo(bpm)),
            MetaMessage("time_signature", numerator=signature[0], denominator=signature[1]),
        ])  # fmt: skip
        file.tracks.append(head)
        for name, channel, program, first, pitches in tracks:
            track = MidiTrack([MetaMessage("track_name", name=name)])
            track.append(Message("program_change", channel=channel, program=program))
            wait = 480 * first
            for pitch in pitches:
                on = Message("note_on", channel=channel, note=pitch, velocity=88, time=wait)
                off = Message("note_off", channel=channel, note=pitch, time=480)
                track += [on, off]
                wait = 0
            file.tracks.append(track)
        file.save(tmp_path / "theme.mid")
        return tmp_path / "theme.mid"

    return write


@pytest.mark.parametrize(
    ("name", "channel", "program", "part"),
    [("Lead piano", 0, 0, PIANO), ("", 0, 27, GUITAR), ("", 0, 33, BASS), ("", 0, 48, STRINGS),
     ("", 9, 0, DRUMS), ("", 0, 73, STRINGS), ("My Strings", 0, 0, STRINGS)],
)  # fmt: skip
def test_the_name_or_the_program_says_who_plays(midi, name, channel, program, part):
    assert read_theme(midi((name, channel, program, 0, (60, 62)))).part is part


def test_the_highest_track_is_the_theme_and_empty_bars_are_left_out(midi):
    path = midi(("bass", 0, 33, 0, (36, 36)), ("", 1, 0, 9, (72, 74, 76)), ("", 9, 0, 0, (99,)))
    read = read_theme(path)
    assert (read.part, read.tempo, read.time_signature) == (PIANO, 90.0, "4/4")
    assert [(n.onset, n.end, n.pitch, n.velocity) for n in read.notes] == [
        (1.0, 2.0, 72, 88), (2.0, 3.0, 74, 88), (3.0, 4.0, 76, 88),
    ]  # fmt: skip


def test_a_part_takes_its_own_track_else_the_melody(midi):
    path = midi(("bass", 0, 33, 0, (36, 38)), ("", 1, 0, 0, (72, 74)))
    assert [n.pitch for n in read_theme(path, BASS).notes] == [36, 38]
    strings = read_theme(path, STRINGS)
    assert [(n.instrument, n.pitch) for n in strings.notes] == [(STRINGS, 72), (STRINGS, 74)]


@pytest.mark.parametrize(
    ("pitches", "more", "complaint"),
    [
        ((), {}, "has no notes"),
        ((60,), {"signature": (5, 4)}, "time signature 5/4"),
        ((3, 5), {}, "no notes from pitch 21"),
        ((60,), {"bpm": 10}, "10 quarter notes a minute"),
    ],
)
def test_a_file_without_a_theme_is_one_line(midi, pitches, more, complaint):
    path = midi(("", 0, 0, 0, pitches), **more)
    with pytest.raises(EmsyncError, match=complaint) as error:
        read_theme(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_equal_themes_are_equal():
    assert replace(theme(), tempo=90.0) != theme() == theme()
