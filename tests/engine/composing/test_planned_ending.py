"""How planned pieces begin and end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.composing.logits.ending import NOTES

from .planned_pieces import (
    BASS,
    DRUMS,
    EVERYONE,
    GUITAR,
    PHRASES,
    PIANO,
    PLAN,
    SECONDS,
    STRINGS,
    check_last_chord,
    compose,
    last_chord,
)


def test_a_piece_begins_at_once(piece):
    assert piece.notes[0].onset == 0.0


def test_nobody_begins_a_note_after_the_last_chord(piece):
    at = PLAN.seconds_at(50)
    assert max(note.onset for note in piece.notes) == pytest.approx(at, abs=1e-9)
    assert SECONDS - at > 2


def test_everything_ends_before_the_film_does(piece):
    assert max(note.end for note in piece.notes) < SECONDS - 0.1
    held = [note.end - note.onset for note in last_chord(PLAN, piece) if note.instrument != DRUMS]
    assert min(held) > 1.0


def test_what_sounds_before_the_last_chord_ends_there(piece):
    at = PLAN.seconds_at(50) + 1e-6
    assert all(note.end <= at for note in piece.notes if note.onset < at - 0.001)


def test_the_last_chord_is_the_tonic_of_everybody(piece):
    check_last_chord(PLAN, piece, *EVERYONE)
    assert {n.pitch % 12 for n in last_chord(PLAN, piece) if n.instrument is not DRUMS} <= {0, 4, 7}


@pytest.mark.parametrize(
    "players", [(DRUMS,), (STRINGS,), (PIANO,), (BASS, DRUMS), (GUITAR, STRINGS)]
)
def test_any_players_end_properly(network, players):
    phrases = tuple(replace(phrase, instruments=players) for phrase in PHRASES)
    plan = replace(PLAN, phrases=phrases)
    score = compose(network, plan)
    assert {note.instrument for note in score.notes} == set(players)
    check_last_chord(plan, score, *players)


@pytest.mark.parametrize("beat", [51, 52, 53])
@pytest.mark.parametrize("source", ["network", "small"])
def test_the_last_chord_may_come_in_mid_bar(request, source, beat):
    ends = tuple(
        replace(phrase, chords=("F G", "C")) if phrase.form == "C" else phrase for phrase in PHRASES
    )
    plan = replace(PLAN, phrases=ends, last_chord=beat)
    score = compose(request.getfixturevalue(source), plan)
    check_last_chord(plan, score, *EVERYONE)
    assert last_chord(plan, score)[0].onset == pytest.approx(plan.seconds_at(beat), abs=1e-9)


def test_after_a_rest_a_lone_piano_still_ends(biased):
    """Silence must end with a note, and the last chord with a CHORD before it."""
    sparse = biased(context=96, OFF=6.0, TIMESHIFT=6.0, CHORD=-6.0)
    phrases = tuple(replace(p, instruments=(PIANO,), density=0.5) for p in PHRASES)
    for beat in range(46, 54):
        plan = replace(PLAN, phrases=phrases, last_chord=beat)
        chord = last_chord(plan, compose(sparse, plan))
        assert [note.instrument for note in chord] == [PIANO] * NOTES[PIANO]


def test_without_a_last_chord_a_piece_breaks_off(network):
    plan = replace(PLAN, last_chord=None)
    score = compose(network, plan)
    assert max(note.onset for note in score.notes) > PLAN.seconds_at(50) + 0.5
    assert max(note.end for note in score.notes) <= SECONDS
