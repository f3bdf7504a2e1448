"""Whoever is planned plays, and nobody else."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from engine.composing.logits.players import PATIENCE, Players
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement, Phrase
from engine.music.beat_grid import BeatGrid
from engine.music.vocabulary import Kind
from engine.score import Instrument

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument
BEAT = 60
SECOND = 16 * BEAT
"""The step at which the second phrase begins."""
ARRANGEMENT = Arrangement(
    BeatGrid(BEAT, (4,)),
    (
        Phrase(0, 4, frozenset({BASS, PIANO})),
        Phrase(SECOND, 4, frozenset({BASS, DRUMS, STRINGS})),
    ),
)
ONS = voc.KIND == Kind.ON
ANY = np.ones(voc.SIZE, bool)
FLAT = np.zeros(voc.SIZE, np.float32)


def at(step: int) -> SimpleNamespace:
    """A piece at this step; the rule reads nothing else of it."""
    return SimpleNamespace(cursor=step)


def play(players: Players, instrument: Instrument, step: int) -> None:
    players.update(voc.note_on(instrument, 50), at(step))


def bias(players: Players, step: int) -> dict[Instrument, float]:
    """The bias of each instrument's ONs, which all have the same; nothing else has any."""
    biased = players.bias(FLAT, at(step))
    assert not biased[~ONS].any()
    found = {}
    for index, instrument in enumerate(voc.INSTRUMENTS):
        (value,) = set(biased[ONS & (index == voc.INSTRUMENT)].tolist())
        if value:
            found[instrument] = value
    return found


def may_begin(step: int) -> set[Instrument]:
    allowed = Players(ARRANGEMENT).mask(ANY, at(step))
    assert allowed[~ONS & (np.arange(voc.SIZE) != voc.CHORD)].all()
    return {voc.INSTRUMENTS[i] for i in np.unique(voc.INSTRUMENT[allowed & ONS])}


def test_only_the_players_of_the_phrase_begin_notes():
    assert may_begin(0) == may_begin(SECOND - 1) == {BASS, PIANO}
    assert may_begin(SECOND) == may_begin(9 * SECOND) == {BASS, DRUMS, STRINGS}
    assert ANY.all()


def test_without_guitar_and_piano_nothing_is_marked_as_a_chord():
    """The notes that must follow a CHORD could not come."""
    players = Players(ARRANGEMENT)
    assert players.mask(ANY, at(0))[voc.CHORD]
    assert not players.mask(ANY, at(SECOND))[voc.CHORD]


def test_what_was_forbidden_stays_forbidden():
    assert not Players(ARRANGEMENT).mask(~ANY, at(0)).any()


def test_a_planned_player_becomes_likelier_with_every_silent_beat():
    players = Players(ARRANGEMENT)
    play(players, BASS, 0)
    play(players, PIANO, 0)
    silent = [bias(players, beat * BEAT) for beat in range(PATIENCE)]
    assert silent == [{}] * PATIENCE
    rising = [bias(players, beat * BEAT)[PIANO] for beat in range(PATIENCE, PATIENCE + 4)]
    assert 0 < rising[0] < rising[1] < rising[2] < rising[3]
    play(players, PIANO, 8 * BEAT)
    assert bias(players, 8 * BEAT).keys() == {BASS}


def test_players_are_awaited_on_beats_only():
    players = Players(ARRANGEMENT)
    assert bias(players, 8 * BEAT)
    assert not bias(players, 8 * BEAT + BEAT // 2)


def test_who_enters_with_a_phrase_is_awaited_from_its_first_beat_on():
    players = Players(ARRANGEMENT)
    for step in range(0, SECOND, BEAT):
        play(players, BASS, step)
        play(players, PIANO, step)
    assert bias(players, SECOND).keys() == {DRUMS, STRINGS}
    # More than whoever has been silent for a while.
    waits = Players(ARRANGEMENT)
    play(waits, BASS, SECOND)
    assert bias(players, SECOND)[DRUMS] > bias(waits, SECOND + PATIENCE * BEAT)[BASS]
    later = bias(players, SECOND + BEAT)
    assert later[STRINGS] > bias(players, SECOND)[STRINGS]


def test_a_long_silence_does_not_grow_for_ever():
    players = Players(ARRANGEMENT)
    assert bias(players, 90 * SECOND) == bias(players, 99 * SECOND)
    assert np.isfinite(bias(players, 99 * SECOND)[BASS])
