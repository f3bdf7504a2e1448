from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.metrics import harmony as metrics
from engine.metrics.note_arrays import note_arrays
from engine.music.tempo import tempo_map
from engine.rating import ending, harmony, melody, rhythm, texture
from engine.rating.measured_piece import measured_piece, scale_of
from engine.rating.measures import measure
from engine.score import Instrument, Note, Score

PIANO = Instrument.PIANO


def test_natural_minor_has_the_scale_of_its_relative_major():
    assert list(scale_of(0)) == list(scale_of(12 + 9))


def test_a_planned_key_decides_what_is_in_key(scale):
    tune = scale(0, 2, 4, 5, 7, 9, 11, 12, beat=1.0)
    assert harmony.measures(measured_piece(tune))["in_key"] == 1
    in_e = replace(tune, keys=((0.0, "E major"),))
    assert harmony.measures(measured_piece(in_e))["in_key"] == pytest.approx(3 / 8)
    assert measured_piece(in_e).tonic == 4


def test_a_bar_out_of_key_clashes(scale):
    home = scale(*(0, 4, 7, 4) * 6, seconds=12.0)
    strange = scale(*(0, 4, 7, 4) * 3, *(1, 5, 8, 5), *(0, 4, 7, 4) * 2, seconds=12.0)
    plain, off = (harmony.measures(measured_piece(score)) for score in (home, strange))
    assert plain["clash"] == plain["once"] == 0
    assert off["clash"] == 0.5
    assert off["strange"] > plain["strange"]
    assert off["foreign"] > plain["foreign"]
    assert off["once"] == pytest.approx(4 / 24)


def test_still_and_loop_agree_with_the_metrics_within_their_bars(band):
    piece = band(1, bars=14)
    ours, theirs = (
        harmony.measures(measured_piece(piece)),
        metrics.evaluate(piece, tempo_map(piece)),
    )
    assert ours["still"] == pytest.approx(theirs["still"], abs=0.08)
    assert ours["loop"] == pytest.approx(theirs["loop"], abs=0.08)


def test_notes_that_last_for_bars_sound_in_each_of_them(band):
    whole = band(5, bars=12)
    held = replace(whole, notes=(Note(PIANO, 0.0, 7.0, 60), *whole.notes))
    ours, theirs = (
        harmony.pitch_classes(measured_piece(held)),
        metrics.pitch_classes(note_arrays(held), tempo_map(held)),
    )
    assert ours[: len(theirs)] == pytest.approx(theirs[: len(ours)])


def test_equal_bars_are_a_run(scale):
    assert harmony.measures(measured_piece(scale(*(0, 4, 7, 4) * 5, seconds=10.0)))["run"] == 5


def test_the_top_line_is_that_of_the_highest_part_but_the_bass():
    notes = [Note(Instrument.BASS, t * 0.5, t * 0.5 + 0.4, 90) for t in range(10)]
    notes += [Note(PIANO, t * 0.5, t * 0.5 + 0.4, p) for t in range(10) for p in (60, 64 + t)]
    notes.sort(key=lambda n: n.onset)
    score = Score(tuple(notes), (0.0, 2.0, 4.0), (), 6.0)
    assert melody.top_line(measured_piece(score)).tolist() == [64 + t for t in range(10)]
    found = melody.measures(measured_piece(score))
    assert (found["repeats"], found["steps"], found["leaps"], found["turns"]) == (0, 1, 0, 0)


def test_onsets_that_nearly_coincide_are_not_together(piece):
    exact = piece(*((PIANO, t * 0.5, 0.4, p) for t in range(8) for p in (60, 64)))
    loose = piece(*((PIANO, t * 0.5 + k * 0.02, 0.4, 60 + k) for t in range(8) for k in (0, 1)))
    assert rhythm.measures(measured_piece(exact))["together"] == 1
    assert rhythm.measures(measured_piece(loose))["together"] == 0


def test_a_part_plays_in_the_bars_in_which_it_sounds(piece):
    held = piece((PIANO, 0.0, 3.0, 60), (Instrument.BASS, 6.0, 2.0, 40))
    playing = texture.playing(measured_piece(held))
    assert playing[PIANO] == 0.5
    assert playing[Instrument.BASS] == 0.25
    assert playing[Instrument.STRINGS] == 0


def test_an_ending_rings_on_the_tonic(band):
    whole = band(2)
    found = ending.measures(measured_piece(whole))
    assert found["tonic"] == 1
    assert found["ring"] == pytest.approx(4, abs=0.01)
    broken = replace(whole, notes=tuple(n for n in whole.notes if n.end < 35.1), duration=35.1)
    assert ending.measures(measured_piece(broken))["ring"] < 1


def test_every_measure_of_the_band_is_a_number_but_those_of_the_silent_guitar(band):
    found = measure(measured_piece(band()))
    unknown = {name for name, value in found.items() if math.isnan(value)}
    assert unknown == {"guitar_density", "guitar_length", "guitar_plays"}


@pytest.mark.parametrize(
    "notes",
    [
        (),
        (Note(PIANO, 0.0, 1.0, 60),),
        tuple(Note(PIANO, 0.5, 1.0, 21 + n % 80) for n in range(2000)),
        (Note(Instrument.DRUMS, 0.0, 0.1, 36),),
    ],
)
def test_odd_pieces_can_be_measured(notes):
    for bars in ((), (0.0,), (0.0, 2.0)):
        found = measure(measured_piece(Score(tuple(notes), bars, (), 4.0)))
        assert not any(math.isinf(value) for value in found.values())
        assert math.isnan(found["strings_plays"])
