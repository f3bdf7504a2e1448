"""What a song has, note by note, becomes less likely before it is a passage."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.originality import FREE, Originality
from engine.music import vocabulary as voc
from engine.music.events import encode, normalise
from engine.music.vocabulary import Kind
from engine.originality.build import make_fingerprint
from engine.originality.grams import PASSAGE
from engine.score import Instrument, Note, Score

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument
TUNE = np.random.default_rng(3).integers(50, 80, 60).tolist()
FLAT = np.zeros(voc.SIZE, np.float32)
PIANO_ONS = np.flatnonzero((voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(PIANO) == voc.INSTRUMENT))


@pytest.fixture(scope="module")
def fingerprint():
    notes = tuple(Note(PIANO, n / 4, n / 4 + 0.25, pitch) for n, pitch in enumerate(TUNE))
    song = encode(normalise(Score(notes, (), (), 20.0)))
    return make_fingerprint([("a", song)], [], log2_bits=20)


def after(fingerprint, pitches, instrument=PIANO, step=20) -> Originality:
    """The rule after these notes, one each ``step`` steps."""
    rule = Originality(fingerprint)
    for number, pitch in enumerate(pitches):
        rule.update(voc.note_on(instrument, pitch), SimpleNamespace(cursor=number * step))
    return rule


def bias(rule: Originality, pitch: int, instrument: Instrument = PIANO) -> float:
    """The bias of a pitch against that of a pitch that no song has there."""
    biased = rule.bias(FLAT, SimpleNamespace(cursor=10_000))
    return float(biased[voc.note_on(instrument, pitch)] - biased[voc.note_on(instrument, 100)])


def test_what_songs_share_all_the_time_stays_free(fingerprint):
    assert after(fingerprint, TUNE[: FREE - 1]).bias(FLAT, SimpleNamespace(cursor=0)) is FLAT


def test_the_next_note_of_a_song_becomes_less_likely_with_every_note(fingerprint):
    found = [bias(after(fingerprint, TUNE[:n]), TUNE[n]) for n in range(FREE, PASSAGE)]
    assert all(later < earlier < 0 for earlier, later in pairwise(found))
    assert found[-1] < -10


def test_the_song_is_known_in_another_key_and_part(fingerprint):
    notes = [pitch + 3 for pitch in TUNE]
    rule = after(fingerprint, notes[: PASSAGE - 1], STRINGS)
    assert bias(rule, notes[PASSAGE - 1], STRINGS) < -10
    assert bias(rule, notes[PASSAGE - 1], PIANO) == 0


def test_another_note_ends_it(fingerprint):
    other = [*TUNE[:20], TUNE[20] + 1, *TUNE[21:30]]
    assert bias(after(fingerprint, other), TUNE[30]) == 0


def test_whether_the_part_plays_stays_as_it_was(fingerprint):
    rule = after(fingerprint, TUNE[: PASSAGE - 1])
    biased = rule.bias(FLAT, SimpleNamespace(cursor=0))
    total = np.logaddexp.reduce
    assert total(biased[PIANO_ONS]) == pytest.approx(total(FLAT[PIANO_ONS]), abs=1e-4)
    others = np.setdiff1d(np.arange(voc.SIZE), PIANO_ONS)
    assert (biased[others] == 0).all()
    assert (FLAT == 0).all()


def test_a_note_that_must_come_may_come(fingerprint):
    rule = after(fingerprint, TUNE[: PASSAGE - 1])
    only = np.full(voc.SIZE, -np.inf, np.float32)
    only[voc.note_on(PIANO, TUNE[PASSAGE - 1])] = 0
    biased = rule.bias(only, SimpleNamespace(cursor=0))
    assert np.flatnonzero(np.isfinite(biased)).tolist() == [voc.note_on(PIANO, TUNE[PASSAGE - 1])]
    assert biased.max() == pytest.approx(0, abs=1e-4)


def test_notes_of_a_chord_count_from_the_lowest_up(fingerprint):
    chord = sorted(TUNE[18:21])
    tune = [*TUNE[:18], *chord, *TUNE[21:40]]
    notes = tuple(
        Note(PIANO, float(t), t + 0.5, pitch)
        for t, pitch in zip([*range(18), 18, 18, 18, *range(19, 38)], tune, strict=True)
    )
    song = encode(normalise(Score(notes, (), (), 60.0)))
    known = make_fingerprint([("a", song)], [], log2_bits=20)
    rule = Originality(known)
    for step, pitch in [*enumerate(TUNE[:18]), *((18, pitch) for pitch in reversed(chord))]:
        rule.update(voc.note_on(PIANO, pitch), SimpleNamespace(cursor=step))
    for step, pitch in enumerate(TUNE[21:23], start=19):
        rule.update(voc.note_on(PIANO, pitch), SimpleNamespace(cursor=step))
    assert bias(rule, TUNE[23]) < -10


def test_a_note_that_was_passed_over_does_not_come_later_in_the_chord(fingerprint):
    rule = after(fingerprint, TUNE[: PASSAGE - 1])
    now = (PASSAGE - 1) * 20
    rule.bias(FLAT, SimpleNamespace(cursor=now))
    rule.update(voc.note_on(PIANO, 101), SimpleNamespace(cursor=now))
    avoided = voc.note_on(PIANO, TUNE[PASSAGE - 1])
    usual = voc.note_on(PIANO, 102)
    same = rule.bias(FLAT, SimpleNamespace(cursor=now))
    assert same[avoided] < same[usual] - 10
    assert rule.bias(FLAT, SimpleNamespace(cursor=now + 1)) is FLAT


def test_drums_are_nobodys(fingerprint):
    rule = after(fingerprint, TUNE[: PASSAGE - 1], DRUMS)
    assert rule.bias(FLAT, SimpleNamespace(cursor=0)) is FLAT
