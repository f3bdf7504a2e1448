from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.metrics.velocity import evaluate, ranks
from engine.performance.accents import AROUND, MARGIN
from engine.performance.performer import PerformanceConfig, Performer, perform, perform_both
from engine.score import CHORDAL, Instrument, Note, Score


def velocities(score):
    return [note.velocity for note in score.notes]


def test_only_velocities_change(played, network):
    score = played()
    performed = perform(score, PerformanceConfig(), network=network)
    assert [replace(note, velocity=0) for note in performed.notes] == [
        replace(note, velocity=0) for note in score.notes
    ]
    assert replace(performed, notes=()) == replace(score, notes=())
    assert len(set(velocities(performed))) > 10


def test_without_dynamics_the_score_is_left_as_it_is(played, network):
    assert perform(played(), PerformanceConfig(0.0), network=network) == played()


def test_the_seed_decides_the_velocities(played, network):
    def with_seed(seed):
        return velocities(perform(played(), PerformanceConfig(seed=seed), network=network))

    assert with_seed(1) == with_seed(1) != with_seed(2)
    assert with_seed((1, 0)) != with_seed((1, 1))


@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize("step", [0.1, 0.25, 1.7])
def test_a_piece_that_grows_is_performed_like_the_finished_one(played, network, planned, step):
    score = played(planned=planned)
    whole = perform(score, PerformanceConfig(seed=3), network=network)
    performer = Performer(PerformanceConfig(seed=3), score.beat_map, network=network)
    # As the composing loop hands them over: each note once it has ended.
    ended = sorted(score.notes, key=lambda note: note.end)
    performed, given = [], 0
    for now in np.arange(step, score.duration, step):
        fresh = [note for note in ended[given:] if note.end <= now]
        given += len(fresh)
        until = min((note.onset for note in ended[given:]), default=now)
        known = [chord for chord in score.chords if now - step <= chord < now]
        performed += performer.push(fresh, known, min(until, now))
    performed += performer.push(ended[given:], score.chords, math.inf)
    assert tuple(performed) == whole.notes


def test_chords_on_boundaries_are_louder_than_the_second_around_them(played, network):
    levels = ((0.0, 0.5), (4.0, 1.3), (8.0, 0.65), (9.0, 1.3))
    for amount in (0.3, 1.0):
        for seed in range(5):
            performed = perform(played(), PerformanceConfig(amount, seed, levels), network=network)
            assert performed != played()
            check_margins(performed)


def check_margins(score):
    assert score.chords
    for chord in score.chords:
        own = [n for n in score.notes if n.onset == chord and n.instrument in CHORDAL]
        others = [
            n.velocity
            for n in score.notes
            if abs(n.onset - chord) <= AROUND and n not in own and n.onset not in score.chords
        ]
        assert min(n.velocity for n in own) >= max(others) + MARGIN


def test_levels_make_a_passage_softer_and_louder(played, network):
    levels = ((0.0, 0.5), (8.0, 1.3))
    performed = perform(played(), PerformanceConfig(seed=1, levels=levels), network=network)
    soft = [n.velocity for n in performed.notes if n.onset < 7]
    loud = [n.velocity for n in performed.notes if n.onset > 9]
    assert np.mean(soft) < 0.7 * np.mean(loud)


def test_a_part_that_wanders_from_its_level_is_led_back(played, network):
    # A network that always draws the loudest bin.
    loud = replace(network, outer_bias=np.array([-99] * 7 + [99], np.float32))
    score = replace(played(bars=40), chords=())
    bass = perform(score, PerformanceConfig(), network=loud).part(Instrument.BASS)
    first, last = ([note.velocity for note in some] for some in (bass[:5], bass[-50:]))
    assert np.mean(last) < np.mean(first) - 3


def test_the_bar_leaves_its_mark_where_it_is_known(played, network):
    def metre(planned):
        performed = perform(
            played(bars=40, planned=planned), PerformanceConfig(seed=5), network=network
        )
        return evaluate(performed, ranks(performed))["metre"]

    assert metre(planned=True) > 2 * metre(planned=False)


def test_half_the_dynamics_lie_between_flat_and_full(played, network):
    full = velocities(perform(played(), PerformanceConfig(1.0), network=network))
    half = velocities(perform(played(), PerformanceConfig(0.5), network=network))
    flat = velocities(played())
    plain = [note.velocity == 80 for note in played().notes]
    for low, middle, high in (
        (min(a, b), c, max(a, b)) for a, b, c, p in zip(flat, full, half, plain, strict=True) if p
    ):
        assert low - 1 <= middle <= high + 1


def test_kept_notes_stay_to_the_byte_and_the_others_follow_them(played, network):
    score = played()
    old = replace(score, notes=tuple(replace(n, velocity=7 + n.pitch % 90) for n in score.notes))

    def kept(note):
        return note if note.onset < 8 else None

    performed = perform(old, PerformanceConfig(humanize=1.0), kept, network)
    assert [n for n in performed.notes if n.onset < 8] == [n for n in old.notes if n.onset < 8]
    assert [n for n in performed.notes if n.onset >= 8] != [n for n in old.notes if n.onset >= 8]


def test_a_score_without_notes_stays_empty(network):
    empty = Score((), (0.0,), (), 2.0)
    assert perform(empty, PerformanceConfig(), network=network) == empty


def test_ten_thousand_notes_at_one_instant_are_all_struck(network):
    notes = [Note(i, 0.0, 0.5, p, 1) for i in Instrument for p in range(100) for _ in range(20)]
    score = Score(tuple(notes), (), (), 1.0)
    performed = perform(score, PerformanceConfig(), network=network)
    assert len(performed.notes) == 10_000
    assert all(1 <= note.velocity <= 127 for note in performed.notes)


def test_kept_notes_are_as_they_were_played_and_written_ones_keep_their_times(played, network):
    score = played()
    before = {note: replace(note, velocity=31, end=note.end - 0.05) for note in score.notes[::2]}
    written, performed = perform_both(score, PerformanceConfig(humanize=1.0), before.get, network)
    assert set(before.values()) <= set(performed.notes)
    assert [(n.onset, n.end) for n in written.notes] == [(n.onset, n.end) for n in score.notes]
    assert sorted(velocities(written)) == sorted(velocities(performed))


def test_an_amount_out_of_range_is_an_error():
    with pytest.raises(EmsyncError, match="give 0"):
        PerformanceConfig(1.5)
