from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.composing.config import GenerationConfig
from engine.composing.loop import compose
from engine.cues import CueSheet, Transition, Video
from engine.hits import hits_at
from engine.metrics.grid import on_grid
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import FASTEST, KEYS, SLOWEST, Conditions
from engine.music.tempo import tempo_map
from engine.music.vocabulary import STEP_MS
from engine.plan.plan import DYNAMICS, Phrase, Plan, plan_beats
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.plan.tempo_search import rank_tempi
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score
from engine.section import Section

BOUNDARIES = (0.0, 7.3, 14.9, 22.0)
CUES = CueSheet(
    Video("f", 24.0, 24.0, 64, 36), 0.0, 24.0, (Transition(7.3),), hits_at(BOUNDARIES),
    (Section(0.0, 12.0, {}, 0.1, 0.2, "user"), Section(12.0, 24.0, {}, 0.4, 0.6, "user")),
)  # fmt: skip


@pytest.fixture(scope="module")
def timing() -> Timing:
    return Timing(plan_beats(rank_tempi(BOUNDARIES, 24.0, (0.0, 0.2))[0], 24.0))


def test_a_sixteenth_is_a_whole_number_of_steps_near_the_tempo():
    for tempo in np.linspace(50, 200, 61):
        timing = Timing(Plan(60.0, ((0, 0.0), (200, 12000 / tempo)), (4,)))
        assert timing.beat % 4 == 0
        assert abs(timing.tempo / tempo - 1) <= 0.06


def test_times_go_there_and_back(timing):
    for seconds in np.linspace(0, 24, 50).tolist():
        assert timing.film_time(timing.music_time(seconds)) == pytest.approx(seconds, abs=1e-9)


def test_boundaries_lie_on_beats_of_music_time(timing):
    beat = 60 / timing.tempo
    for boundary in timing.music_cues(CUES).boundaries:
        assert boundary / beat == pytest.approx(round(boundary / beat), abs=1e-9)


def test_a_planned_piece_keeps_its_beats_and_its_bars(timing, network):
    cues = timing.music_cues(CUES)
    conditions = Conditions(tempo=timing.tempo, metre=timing.plan.metre)
    config = GenerationConfig(conditions=conditions, arrangement=timing.arrangement)
    score = timing.film_score(compose(cues, network, config))
    assert score.duration == 24.0
    assert all(0 <= note.onset < note.end <= 24.0 for note in score.notes)
    found = tempo_map(score)
    assert len(found.tempos) == len(timing.plan.points) - 1
    assert on_grid([note.onset for note in score.notes], found) == 1.0
    # Each bar line of the music is one of the plan, and each boundary is a beat.
    lines = found.seconds_at(found.bars)
    assert all(np.abs(lines - bar).min() < 0.001 for bar in score.bars)
    beats = found.beat_at(BOUNDARIES)
    assert np.abs(beats - np.rint(beats)).max() < 0.01
    assert score.chords
    planned = [m.numerator for m in found.metres]
    assert set(planned) <= set(timing.plan.bars)


def test_a_phrase_without_chords_leaves_the_harmony_to_the_network():
    points = ((0, 0.0), (16, 8.0))
    with_chords = Phrase(1, "A", "C major", (Instrument.PIANO,), 5.0, "mf", ("C", "F"))
    without = Phrase(3, "B", "C major", (Instrument.PIANO,), 5.0, "mf")
    timing = Timing(Plan(8.0, points, (4,), phrases=(with_chords, without)))
    beat = timing.beat
    found = [(step // beat, chord is None) for step, chord in timing.arrangement.chords]
    assert found == [(0, False), (4, False), (8, True)]
    assert [name for _, name in timing.harmony()] == ["C", "F"]


def phrase(bar: int, *chords: str, form: str = "A", key: str = "C major", **changes) -> Phrase:
    made = Phrase(bar, form, key, (Instrument.PIANO,), 6.0, "mf", chords)
    return replace(made, **changes)


def steady(beats: int, *phrases: Phrase, bars=(4,), **changes) -> Timing:
    """Beats of half a second each. Music time is the same, so a beat has 62.5 steps, rounded."""
    points = ((0, 0.0), (beats, beats / 2))
    return Timing(Plan(beats / 2, points, bars, phrases=phrases, **changes))


def chord_beats(timing: Timing) -> list[tuple[float, str]]:
    """The beat of each chord change, and its symbol as a plan of these tests writes it."""
    seconds = [seconds for seconds, _ in timing.harmony()]
    names = [name for _, name in timing.harmony()]
    return [(2 * time, name) for time, name in zip(seconds, names, strict=True)]


@pytest.mark.parametrize(
    ("beat", "feel", "parts"),
    [
        ("quarter", "straight", 4),
        ("quarter", "swing", 3),
        ("quarter", "triplet", 3),
        ("dotted quarter", "straight", 6),
    ],
)
def test_a_beat_has_whole_steps_in_each_of_its_parts(beat, feel, parts):
    quarters = 1.5 if beat == "dotted quarter" else 1.0
    for tempo in np.geomspace(SLOWEST, FASTEST, 50).tolist():
        seconds = 100 * 60 * quarters / tempo
        timing = Timing(Plan(seconds, ((0, 0.0), (100, seconds)), (4,), beat, feel))
        assert timing.beat % parts == 0 and len(timing.grid.biases) == parts
        assert timing.tempo == pytest.approx(60_000 * quarters / (timing.beat * STEP_MS))
        # The nearest such tempo.
        wanted = 60_000 * quarters / timing.plan.tempo / STEP_MS
        assert abs(timing.beat - wanted) <= parts / 2 + 1e-9


@given(st.data())
def test_points_and_boundaries_are_exact_in_both_times(cue_sheets, plan_options, data):
    cues = data.draw(cue_sheets)
    timing = Timing(plan_piece(cues, data.draw(plan_options)))
    beat = timing.beat * STEP_MS / 1000
    points = dict(timing.plan.points)
    for number, seconds in points.items():
        assert timing.film_time(number * beat) == pytest.approx(seconds, abs=1e-9)
        assert timing.music_time(seconds) == pytest.approx(number * beat, abs=1e-6)
    for boundary, carried in zip(cues.boundaries, timing.music_cues(cues).boundaries, strict=True):
        assert timing.film_time(carried) == pytest.approx(boundary, abs=1e-9)
        if boundary in points.values():
            assert carried / beat == pytest.approx(round(carried / beat), abs=1e-6)
    assert timing.seconds_at(0) == 0.0


@given(st.data())
def test_what_is_asked_of_the_composing_loop_is_whole(cue_sheets, plan_options, data):
    cues, options = data.draw(cue_sheets), data.draw(plan_options)
    timing = Timing(plan_piece(cues, options))
    arrangement, plan = timing.arrangement, timing.plan
    end = timing.music_time(cues.duration) * 1000 / STEP_MS
    assert [p.start for p in arrangement.phrases] == [
        plan.bar_line(p.bar) * timing.beat for p in plan.phrases
    ]
    assert sum(p.bars for p in arrangement.phrases) == len(plan.bar_lines())
    assert [p.players for p in arrangement.phrases] == [
        frozenset(p.instruments) for p in plan.phrases
    ]
    steps = [step for step, _ in arrangement.chords]
    assert steps[0] == 0 and all(a < b for a, b in pairwise(steps)) and steps[-1] < end
    assert all(a != b for (_, a), (_, b) in pairwise(arrangement.chords))
    assert arrangement.ending is not None
    assert arrangement.ending.onset <= arrangement.ending.release <= end
    assert len(arrangement.repeats) == len(plan.bar_lines())
    assert all(0 <= ago <= bar for bar, ago in enumerate(arrangement.repeats))
    # One section of the music a phrase, each with its conditions.
    music = timing.music_cues(cues)
    assert [section.start for section in music.sections] == pytest.approx(
        [p.start * STEP_MS / 1000 for p in arrangement.phrases]
    )
    assert all(section.start < section.end for section in music.sections)
    assert music.sections[-1].end == music.end
    conditions = timing.phrase_conditions()
    assert len(conditions) == len(music.sections)
    for asked, planned in zip(conditions, plan.phrases, strict=True):
        assert KEYS[int(asked.key)] == planned.key
        # As many notes in music time as in the film, and more for the silence at the end.
        rate = cues.duration / music.end
        assert 0.99 * rate <= asked.density / planned.density <= 1.5 * rate
        assert asked.tempo == timing.tempo


def test_chords_share_a_bar_in_whole_beats():
    timing = steady(16, phrase(1, "C", "F G", "Am F G", "C Dm Em F"))
    assert chord_beats(timing) == [
        (0, "C"), (4, "F"), (6, "G"), (8, "Am"), (10, "F"), (11, "G"),
        (12, "C"), (13, "Dm"), (14, "Em"), (15, "F"),
    ]  # fmt: skip
    assert [step for step, _ in timing.arrangement.chords] == [
        beat * timing.beat for beat, _ in chord_beats(timing)
    ]


def test_chords_in_bars_of_three_and_of_two():
    timing = steady(9, phrase(1, "C F", "G Am", "F"), bars=(3, 2, 4))
    assert chord_beats(timing) == [(0, "C"), (2, "F"), (3, "G"), (4, "Am"), (5, "F")]


def test_a_chord_that_goes_on_does_not_change():
    timing = steady(16, phrase(1, "C", "C", "C F", "F"))
    assert chord_beats(timing) == [(0, "C"), (10, "F")]


def test_chords_start_again_where_a_phrase_is_longer_and_with_each_phrase():
    timing = steady(20, phrase(1, "C", "F"), phrase(4, "G", "Am"))
    assert chord_beats(timing) == [(0, "C"), (4, "F"), (8, "C"), (12, "G"), (16, "Am")]


def test_no_chord_begins_beyond_the_film():
    plan = Plan(5.0, ((0, 0.0), (12, 6.0)), (4,), phrases=(phrase(1, "C", "F", "G E"),))
    assert chord_beats(Timing(plan)) == [(0, "C"), (4, "F"), (8, "G")]


def test_chords_are_spelled_in_the_key_of_their_phrase():
    timing = steady(16, phrase(1, "D#", "F#m"), phrase(3, "D#7/G", "Gb", key="Bb major"))
    assert [name for _, name in timing.harmony()] == ["Eb", "F#m", "Eb7/G", "Gb"]
    assert timing.arrangement.chord_at(8 * timing.beat) == parse_chord("Eb7/G")


def test_a_bar_repeats_the_same_bar_of_the_last_phrase_of_its_form():
    timing = steady(
        44,
        phrase(1),
        phrase(4, form="B"),
        phrase(6),
        phrase(10, form="B"),
        phrase(11, key="A minor"),
    )
    # A has three bars, then four; the fourth has nothing to repeat. B begins again after five.
    assert timing.arrangement.repeats == (0, 0, 0, 0, 0, 5, 5, 5, 0, 6, 0)


def test_a_bar_without_such_a_model_repeats_the_latest_bar_with_the_same_chords():
    contrast = phrase(5, "G", "F", "F G", "F", "F", form="B")
    timing = steady(36, phrase(1, "C", "F", "C", "G"), contrast)
    # The bar before is no model.
    assert timing.arrangement.repeats == (0, 0, 2, 0, 0, 4, 0, 2, 0)
    other_key = steady(16, phrase(1, "C", "F"), phrase(3, "C", "F", key="F major"))
    assert other_key.arrangement.repeats == (0, 0, 0, 0)
    short_bar = steady(14, phrase(1, "C", "F", "C", "C"), bars=(4, 4, 2, 4))
    assert short_bar.arrangement.repeats == (0, 0, 0, 3)


def test_without_phrases_nothing_is_arranged_but_the_grid():
    timing = steady(16)
    arrangement = timing.arrangement
    assert (arrangement.phrases, arrangement.chords, arrangement.ending) == ((), (), None)
    assert arrangement.repeats == () and timing.phrase_conditions() == ()
    film = replace(CUES, end=8.0, sections=(Section(0.0, 8.0, {}, 0.1, 0.2, "user"),))
    (section,) = timing.music_cues(replace(film, hits=(), cuts=())).sections
    assert (section.valence, section.end) == (0.1, pytest.approx(timing.music_time(8.0)))


def test_a_phrase_has_the_emotion_of_the_film_at_its_middle():
    timing = Timing(
        Plan(24.0, ((0, 0.0), (48, 24.0)), (4,), phrases=(phrase(1, "C"), phrase(6), phrase(9)))
    )
    sections = timing.music_cues(CUES).sections
    assert [section.arousal for section in sections] == [0.2, 0.6, 0.6]


def test_the_last_chord_rings_and_stops_before_the_film_does():
    timing = steady(32, phrase(1, "C"), last_chord=28)
    ending = timing.arrangement.ending
    assert ending.onset == 28 * timing.beat
    left = timing.film_time(ending.release * STEP_MS / 1000)
    assert 14 < left < 16 and 16 - left == pytest.approx(0.25, abs=0.03)
    # A long one stops by itself, and one that begins late still sounds.
    early = steady(64, phrase(1, "C"), last_chord=8).arrangement.ending
    assert early.release - early.onset < 10 * timing.beat
    late = Timing(replace(timing.plan, last_chord=31)).arrangement.ending
    assert late.release > late.onset
    assert steady(32, phrase(1, "C")).arrangement.ending is None


def test_density_makes_up_for_the_silence_after_the_last_chord():
    (whole,) = steady(40, phrase(1, "C")).phrase_conditions()
    (ending,) = steady(40, phrase(1, "C"), last_chord=32).phrase_conditions()
    assert ending.density == pytest.approx(whole.density * 40 / 32)
    assert whole.density == pytest.approx(6.0, rel=0.06)
    # But notes are not crowded into the beginning.
    (early,) = steady(40, phrase(1, "C"), last_chord=4).phrase_conditions()
    assert ending.density < early.density < 2 * whole.density


def test_conditions_name_the_key_and_the_metre_of_the_music():
    timing = steady(24, phrase(1, "C"), phrase(3, "Am", key="A minor"), bars=(3,))
    assert [KEYS[int(asked.key)] for asked in timing.phrase_conditions()] == ["C major", "A minor"]
    assert {asked.metre for asked in timing.phrase_conditions()} == {timing.plan.metre}


def test_dynamics_scale_the_velocities_of_their_phrase():
    marks = list(DYNAMICS)
    phrases = [phrase(1 + number, "C", dynamics=mark) for number, mark in enumerate(marks)]
    timing = steady(4 * len(marks), *phrases)
    beat = timing.beat * STEP_MS / 1000
    notes = tuple(
        Note(Instrument.PIANO, 4 * beat * number, 4 * beat * (number + 1), 60, 100)
        for number in range(len(marks))
    )
    found = [note.velocity for note in timing.film_notes(notes)]
    assert found == [round(min(100 * level, 127)) for level in DYNAMICS.values()]
    loud = timing.film_notes((replace(notes[-1], velocity=120), replace(notes[0], velocity=1)))
    assert [note.velocity for note in loud] == [127, 1]
    assert steady(8).film_notes(notes[:1])[0].velocity == 100


def test_notes_are_carried_to_the_film_and_none_outlasts_it(timing):
    beat = timing.beat * STEP_MS / 1000
    beats = [beat for beat, _ in timing.plan.points]
    notes = tuple(
        Note(Instrument.PIANO, number * beat, (number + 100) * beat, 60) for number in beats
    )
    score = timing.film_score(Score(notes, (0.0, 4 * beat), (beats[1] * beat,), 99.0))
    onsets = [note.onset for note in score.notes]
    points = [seconds for _, seconds in timing.plan.points if seconds < 24.0]
    assert onsets == pytest.approx(points, abs=1e-9)
    assert {note.end for note in score.notes} == {24.0}
    assert score.chords == pytest.approx([timing.plan.points[1][1]], abs=1e-9)
    assert score.bars == pytest.approx([0.0, timing.plan.seconds_at(4)], abs=1e-9)
    assert score.duration == 24.0 and score.keys == score.harmony == ()


def test_a_score_names_keys_and_chords_where_they_begin():
    timing = steady(16, phrase(1, "C"), phrase(2, "F"), phrase(3, "Am", key="A minor"))
    score = timing.film_score(Score((), (), (), 8.0))
    assert score.keys == ((0.0, "C major"), (4.0, "A minor"))
    assert score.harmony == ((0.0, "C"), (2.0, "F"), (4.0, "Am"))
    assert list(timing.phrase_labels()) == [
        (0.0, "A: C major, mf"), (2.0, "A: C major, mf"), (4.0, "A: A minor, mf"),
    ]  # fmt: skip


def test_the_beat_map_counts_quarter_notes(sheet):
    plan = plan_piece(sheet(30.0, [0.0, 11.1, 20.3]), PlanOptions(time_signature="6/8"))
    score = Timing(plan).film_score(Score((), (), (), 30.0))
    assert score.beat_map is not None
    assert score.beat_map.beats == tuple(1.5 * beat for beat, _ in plan.points)
    assert score.beat_map.seconds == tuple(seconds for _, seconds in plan.points)
    assert score.beat_map.bars == plan.time_signatures
    assert Timing(plan).seconds_at(1.5) == pytest.approx(plan.seconds_at(1))
