from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EmsyncError
from engine.music.chord_symbols import QUALITIES, Chord, chord_name, parse_chord
from engine.music.conditions import KEYS


@pytest.mark.parametrize(
    ("symbol", "chord"),
    [
        ("C", Chord(0)),
        ("Am", Chord(9, "m")),
        ("F#dim", Chord(6, "dim")),
        ("Bb7", Chord(10, "7")),
        ("Cb", Chord(11)),
        ("B#m", Chord(0, "m")),
        ("Gmaj7", Chord(7, "maj7")),
        ("Em7b5", Chord(4, "m7b5")),
        ("D5", Chord(2, "5")),
        ("C/E", Chord(0, "", 4)),
        ("G7/B", Chord(7, "7", 11)),
        ("Am/G#", Chord(9, "m", 8)),
        ("F/Eb", Chord(5, "", 3)),
        (" Dsus4 ", Chord(2, "sus4")),
        # Other spellings.
        ("Amin", Chord(9, "m")),
        ("A-", Chord(9, "m")),
        ("Cmaj", Chord(0)),
        ("CM7", Chord(0, "maj7")),
        ("Amin7", Chord(9, "m7")),
        ("Gsus", Chord(7, "sus4")),
        ("B°", Chord(11, "dim")),
    ],
)
def test_symbols_are_read(symbol, chord):
    assert parse_chord(symbol) == chord


@pytest.mark.parametrize(
    "symbol",
    ["", " ", "X", "H", "am", "c", "Cfoo", "C//E", "C/", "C/H", "C/e", "/E", "C##", "Cbb", "C E",
     "Am\nF", "C/E/G", "N.C.", "7", "♭"],
)  # fmt: skip
def test_other_text_is_one_clear_line(symbol):
    with pytest.raises(EmsyncError) as caught:
        parse_chord(symbol)
    message = str(caught.value)
    assert message.startswith(f"chord {symbol!r}: write a root and one of m, dim, ")
    assert message.endswith("such as C, Am, F#dim or G7/B")
    assert len(message.splitlines()) == 1


@given(st.text(max_size=8))
def test_any_text_is_a_chord_or_an_error(text):
    try:
        chord = parse_chord(text)
    except EmsyncError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert 0 <= chord.root < 12 and chord.quality in QUALITIES


@given(
    st.integers(0, 11),
    st.sampled_from(sorted(QUALITIES)),
    st.none() | st.integers(0, 11),
    st.integers(0, len(KEYS) - 1),
)
def test_every_chord_has_a_symbol_in_every_key_that_reads_back(root, quality, bass, key):
    chord = Chord(root, quality, bass)
    assert parse_chord(chord_name(chord, key)) == chord


@pytest.mark.parametrize(
    ("symbol", "classes", "lowest"),
    [
        ("C", {0, 4, 7}, 0),
        ("Am", {9, 0, 4}, 9),
        ("G7", {7, 11, 2, 5}, 7),
        ("Bdim", {11, 2, 5}, 11),
        ("Fadd9", {5, 9, 0, 7}, 5),
        ("A5", {9, 4}, 9),
        ("C/E", {0, 4, 7}, 4),
        # A bass note of its own counts too.
        ("C/D", {0, 4, 7, 2}, 2),
        ("Dm/C", {2, 5, 9, 0}, 0),
    ],
)
def test_the_notes_of_a_chord(symbol, classes, lowest):
    chord = parse_chord(symbol)
    assert chord.pitch_classes == classes and chord.lowest == lowest


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("C major", ("Db", "Eb", "F#", "Ab", "Bb")),
        ("A minor", ("C#", "D#", "F#", "G#", "Bb")),
        ("D major", ("C#", "Eb", "F#", "G#", "Bb")),
        ("D minor", ("C#", "Eb", "F#", "G#", "Bb")),
        ("E minor", ("C#", "D#", "F#", "G#", "A#")),
        ("Eb major", ("Db", "Eb", "Gb", "Ab", "Bb")),
        ("B major", ("C#", "D#", "F#", "G#", "A#")),
    ],
)
def test_chords_are_spelled_as_degrees_of_the_key(key, names):
    found = [chord_name(Chord(root), KEYS.index(key)) for root in (1, 3, 6, 8, 10)]
    assert tuple(found) == names
    assert chord_name(Chord(0, "m7", 10), KEYS.index(key)) == f"Cm7/{names[-1]}"


def test_a_diminished_chord_that_leads_upwards_is_spelled_with_a_sharp():
    assert chord_name(Chord(1, "dim"), KEYS.index("C major")) == "C#dim"
    assert chord_name(Chord(1, "maj7"), KEYS.index("C major")) == "Dbmaj7"


@pytest.mark.parametrize(
    ("symbol", "third"),
    [("C", 4), ("Am", 0), ("Bdim", 2), ("G7", 11), ("Csus4", None), ("C5", None)],
)
def test_the_third_tells_major_from_minor(symbol, third):
    assert parse_chord(symbol).third == third
