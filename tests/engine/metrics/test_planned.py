from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.metrics.planned import (
    PlannedPiece,
    bars_played,
    beat_lines,
    bends,
    boundaries_met,
    densest_bar,
    ends_on_tonic,
    evaluate,
    late_onsets,
    near_grid,
    players,
    unplanned_changes,
)
from engine.music.tempo import TempoMap, tempo_map
from engine.score import BeatMap, Instrument, Note, Score

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument


def score(*notes: Note, beats=(0.0, 60.0), seconds=(0.0, 30.0), bars=((4, 4),), **more) -> Score:
    """A score that lasts as long as its beats; by default 15 bars of 2 s."""
    ordered = tuple(sorted(notes, key=lambda note: note.onset))
    return Score(ordered, (), (), seconds[-1], beat_map=BeatMap(beats, seconds, bars), **more)


def bar_by_bar(instrument: Instrument, *bars: int) -> list[Note]:
    """A note at the beginning of each of these bars of 2 s, counted from 0."""
    return [Note(instrument, 2.0 * bar, 2.0 * bar + 1.0, 48) for bar in bars]


STEADY: TempoMap = tempo_map(score())


@pytest.mark.parametrize(
    ("onsets", "share"),
    [
        ([0.0, 0.125, 1 / 6, 1 / 3, 29.5], 1.0),
        ([0.019, 0.106, 0.145, 0.5 / 3 + 0.019], 1.0),
        ([0.021, 0.0625, 0.104, 0.5], 0.25),
    ],
)
def test_onsets_near_sixteenths_and_triplets_are_on_the_grid(onsets: list[float], share: float):
    assert near_grid(onsets, STEADY) == share


def test_half_of_random_onsets_are_near_the_grid():
    onsets = np.random.default_rng(0).uniform(0, 30, 20_000)
    assert near_grid(onsets.tolist(), STEADY) == pytest.approx(0.48, abs=0.01)


def test_the_grid_follows_the_tempo():
    bent = tempo_map(score(beats=(0, 8, 60), seconds=(0.0, 4.1, 30.0)))
    assert near_grid([4.1 / 8 * 3, 4.1 / 16], bent) == 1.0
    assert near_grid([4.1 / 8 * 3.1], bent) == 0.0


def test_without_onsets_no_share_is_known_and_endless_onsets_are_refused():
    assert math.isnan(near_grid([], STEADY))
    with pytest.raises(ValueError, match="finite"):
        near_grid([math.inf], STEADY)


def test_a_bend_is_the_distance_from_the_middle_of_the_longest_and_shortest_beat():
    assert bends(STEADY).tolist() == [0.0]
    bent = tempo_map(score(beats=(0, 10, 20, 30), seconds=(0.0, 4.9, 10.0, 15.0)))
    assert bends(bent) == pytest.approx([0.02, 0.02, 0.0])


def test_a_tempo_change_off_the_plans_beats_is_unplanned():
    planned = score(beats=(0, 8, 16), seconds=(0.0, 4.1, 8.0))
    assert unplanned_changes(planned, tempo_map(planned)) == 0
    other = score(beats=(0, 9, 16), seconds=(0.0, 4.1, 8.0))
    assert unplanned_changes(planned, tempo_map(other)) == 1
    with pytest.raises(ValueError, match="no planned beats"):
        unplanned_changes(replace(planned, beat_map=None), STEADY)


def test_a_beat_is_what_the_time_signature_names():
    mixed = tempo_map(score(bars=((4, 4), (6, 8), (2, 2), (3, 4))))
    assert beat_lines(mixed, 13.0)[:12].tolist() == [0, 1, 2, 3, 4, 5.5, 7, 9, 11, 12, 13, 14]
    assert beat_lines(STEADY, 200.0)[-1] > 200


def test_boundaries_are_beats_or_downbeats_only_where_the_map_has_them():
    assert boundaries_met((2.0, 4.002, 4.25, 4.5, 6.01, 28.5), STEADY) == (4, 2, 6)


def test_a_boundary_at_the_beginning_does_not_count():
    assert boundaries_met((0.0, 2.0), STEADY) == (1, 1, 1)
    assert boundaries_met((0.0,), STEADY) == boundaries_met((), STEADY) == (0, 0, 0)
    with pytest.raises(ValueError, match="rising"):
        boundaries_met((3.0, 2.0), STEADY)


def test_a_bar_counts_once_for_each_instrument():
    notes = [*bar_by_bar(PIANO, 0, 1, 5), *bar_by_bar(PIANO, 1), Note(BASS, 3.9995, 5.0, 40)]
    played = bars_played(score(*notes), STEADY)
    assert (played[PIANO], played[BASS], played[DRUMS]) == (3, 1, 0)
    early = score(*bar_by_bar(BASS, 1), Note(BASS, 3.9995, 5.0, 40), Note(BASS, 4.5, 5.0, 40))
    assert bars_played(early, STEADY)[BASS] == 2


def test_a_crowded_bar_is_found():
    even = score(*bar_by_bar(PIANO, *range(15)))
    assert densest_bar(even, STEADY) == pytest.approx(1.0)
    # 30 notes in one of 14 bars, and one in each other. No bar line follows the last bar.
    crowd = [Note(PIANO, 8.0 + n / 16, 10.0, 40 + n) for n in range(29)]
    assert densest_bar(score(*bar_by_bar(PIANO, *range(15)), *crowd), STEADY) == pytest.approx(
        30 / (43 / 14)
    )


def test_a_bar_that_the_film_cuts_off_is_no_densest_bar():
    cut = score(*bar_by_bar(PIANO, 0, 1), beats=(0.0, 9.0), seconds=(0.0, 4.5))
    late = score(
        *bar_by_bar(PIANO, 0, 1), Note(PIANO, 4.2, 4.4, 60), beats=(0.0, 9.0), seconds=(0.0, 4.5)
    )
    assert densest_bar(cut, tempo_map(cut)) == densest_bar(late, tempo_map(late)) == 1.0
    assert math.isnan(densest_bar(score(), STEADY))


def test_four_bars_a_minute_count_as_playing():
    # Half a minute asks for two bars.
    piece = score(*bar_by_bar(PIANO, 0, 7), *bar_by_bar(BASS, 3))
    assert players(piece, STEADY, tuple(Instrument)) == (PIANO,)
    assert players(piece, STEADY, (BASS, STRINGS)) == ()


def test_short_pieces_ask_for_one_bar_and_slow_ones_for_all():
    short = score(*bar_by_bar(BASS, 1), beats=(0, 8), seconds=(0.0, 4.0))
    assert players(short, tempo_map(short), (BASS, PIANO)) == (BASS,)
    slow = score(*bar_by_bar(PIANO, 0, 8), beats=(0, 8), seconds=(0.0, 30.0))
    assert players(slow, tempo_map(slow), (PIANO,)) == (PIANO,)


def test_notes_that_begin_in_the_last_second_are_counted():
    notes = [Note(PIANO, onset, 30.0, 60) for onset in (28.9, 29.0, 29.1, 29.9)]
    assert late_onsets(score(*notes)) == 2


@pytest.mark.parametrize(
    ("key", "lowest", "ends"),
    [("C major", 48, True), ("A minor", 45, True), ("A minor", 48, False), ("Bb major", 46, True)],
)
def test_the_lowest_note_of_the_last_chord_tells_whether_the_tonic_ends(
    key: str, lowest: int, ends: bool
):
    notes = [Note(PIANO, 27.0, 28.0, 30), Note(GUITAR, 28.0, 29.5, 64), Note(DRUMS, 28.5, 29, 36)]
    last = Note(PIANO, 28.01, 29.5, lowest)
    assert ends_on_tonic(score(*notes, last, keys=((0.0, "D major"), (20.0, key)))) is ends


def test_no_tonic_is_known_without_a_key_or_a_note():
    assert ends_on_tonic(score(Note(PIANO, 28.0, 29.5, 48))) is None
    assert ends_on_tonic(score(Note(DRUMS, 1.0, 2.0, 36), keys=((0.0, "C major"),))) is None


def test_the_report_pools_pieces_and_boundaries():
    everywhere = [n for i in (PIANO, BASS) for n in bar_by_bar(i, *range(14))]
    good = PlannedPiece(
        score(*everywhere, keys=((0.0, "C major"),)), (4.0, 8.0, 8.5), (PIANO, BASS), 1.0
    )
    bad = PlannedPiece(
        score(Note(PIANO, 0.06, 1.0, 60), Note(PIANO, 29.5, 30, 61), keys=((0.0, "C major"),)),
        (4.25,), (PIANO, STRINGS), 1.0,
    )  # fmt: skip
    report = evaluate([good, bad])
    assert report["pieces"] == 2
    assert (report["near_grid"]["min"], report["near_grid"]["max"]) == (0.5, 1.0)
    assert report["unplanned_tempo_changes"] == 0
    assert (report["bend"]["max"], report["bend"]["n"]) == (0.0, 2)
    assert report["boundaries_on_beat"]["value"] == 0.75
    assert report["boundaries_on_downbeat"]["value"] == 0.5
    assert report["instruments"]["value"] == 0.75
    assert report["everybody_plays"]["value"] == 0.5
    assert report["density_ratio"]["max"] == pytest.approx(28 / 30)
    assert report["density_ratio"]["kept"]["value"] == 0.5
    assert report["no_late_onset"]["value"] == report["ends_on_tonic"]["value"] == 0.5


def test_a_report_without_pieces_knows_nothing():
    report = evaluate([])
    assert report["pieces"] == report["bend"]["n"] == report["everybody_plays"]["n"] == 0
    assert math.isnan(report["near_grid"]["median"])


@pytest.mark.parametrize(
    ("boundaries", "density", "complaint"),
    [((2.0, 1.0), 5.0, "rising"), ((), 0.0, "density"), ((), math.nan, "density")],
)
def test_nonsense_is_refused(boundaries: tuple[float, ...], density: float, complaint: str):
    with pytest.raises(ValueError, match=complaint):
        PlannedPiece(score(), boundaries, (PIANO,), density)
