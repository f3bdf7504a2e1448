from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument


def test_the_vocabulary_has_the_published_size():
    assert voc.SIZE == 1011 == len(voc.KIND) == len(voc.STEPS) == len(voc.PITCH)


@pytest.mark.parametrize(
    ("token", "name"),
    [
        (0, "PAD"),
        (1, "START"),
        (2, "BAR"),
        (3, "CHORD"),
        (4, "TIMESHIFT_8"),
        (103, "TIMESHIFT_800"),
        (128, "TIMESHIFT_1000"),
        (129, "BASS_OFF_21"),
        (130, "BASS_ON_21"),
        (305, "DRUMS_OFF_21"),
        (736, "PIANO_ON_60"),
        (1007, "STRINGS_OFF_108"),
        (1008, "STRINGS_ON_108"),
        (1009, "FEWER_INSTRUMENTS"),
        (1010, "MORE_INSTRUMENTS"),
    ],
)
def test_tokens_have_the_published_ids(token, name):
    assert voc.name(token) == name


def test_names_are_unique():
    assert len({voc.name(token) for token in range(voc.SIZE)}) == voc.SIZE


@pytest.mark.parametrize("steps", range(1, voc.MAX_SHIFT + 1))
def test_the_table_of_shifts_is_the_inverse_of_shift(steps):
    token = voc.shift(steps)
    assert (voc.KIND[token], voc.STEPS[token]) == (Kind.TIMESHIFT, steps)


@pytest.mark.parametrize("instrument", Instrument)
@pytest.mark.parametrize(("make", "kind"), [(voc.note_off, Kind.OFF), (voc.note_on, Kind.ON)])
def test_the_tables_of_notes_are_the_inverse_of_note_on_and_note_off(instrument, make, kind):
    for pitch in range(21, 109):
        token = make(instrument, pitch)
        assert voc.KIND[token] == kind
        assert voc.INSTRUMENTS[voc.INSTRUMENT[token]] is instrument
        assert voc.PITCH[token] == pitch


def test_only_shifts_move_time_and_only_notes_have_pitch():
    assert (voc.STEPS > 0).sum() == 125
    assert ((voc.PITCH >= 0) == (voc.INSTRUMENT >= 0)).all()
    assert (voc.PITCH >= 0).sum() == 880


def test_tables_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        voc.STEPS[0] = 1


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (voc.shift, 0),
        (voc.shift, 126),
        (lambda pitch: voc.note_on(Instrument.BASS, pitch), 20),
        (lambda pitch: voc.note_off(Instrument.STRINGS, pitch), 109),
    ],
)
def test_values_without_a_token_are_refused(make, value):
    with pytest.raises(ValueError, match=str(value)):
        make(value)


@given(st.integers(0, 10**7))
def test_steps_become_seconds_and_the_same_steps_again(steps):
    assert voc.to_steps(voc.to_seconds(steps)) == steps


@given(st.floats(0, 36_000))
def test_rounding_moves_times_by_at_most_half_a_step(seconds):
    assert abs(voc.to_seconds(voc.to_steps(seconds)) - seconds) <= 0.004 + 1e-9
