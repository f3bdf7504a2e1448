from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EmsyncError
from engine.hits import Hit
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import parse_key
from engine.plan import mood
from engine.plan.form import BARS_A_MINUTE
from engine.plan.harmony import leads_on, progressions, symbols, transposed
from engine.plan.plan import LATEST_PHRASE, SAME_TIME, TIME_SIGNATURES
from engine.plan.planner import (
    LEAST_DRAWN,
    LONGEST_RING,
    RING,
    USUAL_TONICS,
    PlanOptions,
    find_tempo,
    mean_emotion,
    plan_piece,
    rank,
    split_bars,
)
from engine.plan.tempo_search import MOST_BEND, usual_tempo
from engine.plan.timing import Timing
from engine.score import Instrument

FIXED = {"bpm": 100.0, "time_signature": "4/4"}


def tonic(key: str) -> str:
    """The tonic's chord symbol."""
    index = int(parse_key(key))
    return symbols(transposed((progressions(index >= 12).tonic,), index), index)[0]


def lengths(plan) -> list[int]:
    """The bars of each phrase."""
    starts = [*(phrase.bar for phrase in plan.phrases), len(plan.bar_lines()) + 1]
    return np.diff(starts).tolist()


def chords(plan) -> list[str]:
    """The chords of every bar."""
    return [
        phrase.chords[bar % len(phrase.chords)]
        for phrase, bars in zip(plan.phrases, lengths(plan), strict=True)
        for bar in range(bars)
    ]


def bend(plan, tempo: float) -> float:
    """The most that a stretch between two points differs from a tempo, as a share."""
    rates = [60 * plan.quarters * (b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(plan.points)]
    return max(abs(tempo / rate - 1) for rate in rates)


def check(plan, cues, options) -> None:
    """What holds for every planned piece."""
    assert plan.duration == cues.duration
    assert all(math.isfinite(seconds) for _, seconds in plan.points)
    # The last chord: within the film, the tonic, and nothing after it.
    assert plan.last_chord is not None
    left = plan.duration - plan.seconds_at(plan.last_chord)
    on_boundary = any(
        abs(plan.duration - boundary - left) < SAME_TIME for boundary in cues.boundaries
    )
    assert plan.last_chord == 0 or left >= RING - 1e-9 or on_boundary
    arrangement, timing = Timing(plan).arrangement, Timing(plan)
    last = plan.last_chord * timing.beat
    name = tonic(plan.phrases[-1].key)
    assert arrangement.chord_at(last) == parse_chord(name)
    assert arrangement.chords[-1][0] <= last
    # Phrases cover the film, and each says who plays what.
    assert plan.phrases[0].bar == 1 and plan.phrases[-1].bar <= plan.bar_at(plan.last_chord)
    assert [len(phrase.chords) for phrase in plan.phrases] == lengths(plan)
    wanted = min(BARS_A_MINUTE * plan.duration / 60, len(plan.bar_lines()))
    for instrument in options.instruments:
        played = sum(
            bars
            for phrase, bars in zip(plan.phrases, lengths(plan), strict=True)
            if instrument in phrase.instruments
        )
        assert played >= wanted - 1e-9
    assert all({*phrase.instruments} <= {*options.instruments} for phrase in plan.phrases)
    # What the user fixed.
    signature = TIME_SIGNATURES[options.time_signature or "4/4"]
    assert plan.beat == signature.beat and plan.feel == (options.feel or "straight")
    if options.bpm is not None:
        assert bend(plan, options.bpm) < 1e-5
    if options.density is not None:
        assert {phrase.density for phrase in plan.phrases} == {options.density}
    if options.key is not None:
        assert {parse_key(phrase.key) for phrase in plan.phrases} == {parse_key(options.key)}


@given(st.data())
def test_every_cue_sheet_can_be_planned_whatever_the_user_fixes(cue_sheets, plan_options, data):
    cues, options = data.draw(cue_sheets), data.draw(plan_options)
    check(plan_piece(cues, options), cues, options)


@given(st.data())
def test_harmony_leads_from_phrase_to_phrase(cue_sheets, data):
    cues = data.draw(cue_sheets)
    plan = plan_piece(cues, PlanOptions(seed=data.draw(st.integers(0, 1000))))
    bars = chords(plan)
    for phrase in plan.phrases[1:]:
        before, first = bars[phrase.bar - 2].split()[-1], bars[phrase.bar - 1].split()[0]
        assert before != first
        if first == tonic(phrase.key):
            key = int(parse_key(phrase.key))
            usual = progressions(key >= 12).cadences
            assert before in {symbols(transposed((name,), key), key)[0] for name in usual}
    if plan.last_chord:
        key = int(parse_key(plan.phrases[-1].key))
        timing = Timing(plan)
        leading = timing.arrangement.chord_at(plan.last_chord * timing.beat - 1)
        usual = progressions(key >= 12).cadences
        assert leading in {parse_chord(symbols(transposed((name,), key), key)[0]) for name in usual}


@given(st.data())
def test_equal_cue_sheets_and_options_give_equal_plans(cue_sheets, plan_options, data):
    cues, options = data.draw(cue_sheets), data.draw(plan_options)
    assert plan_piece(cues, options) == plan_piece(cues, options)


@pytest.mark.parametrize("duration", [0.05, 0.5, 2.0, 10.0, 300.0])
def test_films_without_cuts(sheet, duration):
    cues = sheet(duration)
    plan = plan_piece(cues, PlanOptions())
    check(plan, cues, PlanOptions())
    assert len(set(plan.bars)) == 1 and len(plan.points) == 2


def test_a_film_of_half_a_second_is_one_chord(sheet):
    plan = plan_piece(sheet(0.5, [0.0]), PlanOptions())
    assert plan.last_chord == 0 and len(plan.phrases) == 1
    assert chords(plan) == [tonic(plan.phrases[0].key)]


def test_a_film_of_some_seconds_has_something_before_its_last_chord(sheet):
    for duration in (3.5, 4.0, 5.0, 6.0):
        plan = plan_piece(sheet(duration, [0.0]), PlanOptions())
        assert plan.last_chord > 0
        assert plan.duration - plan.seconds_at(plan.last_chord) >= RING


@pytest.mark.parametrize("options", [{"bpm": 120.0}, {"bpm": 93.8, "time_signature": "6/8"}])
def test_a_film_of_three_hours(sheet, options):
    rng = np.random.default_rng(0)
    times = np.cumsum(4 + rng.exponential(3.0, 1500))
    boundaries = [0.0, *times[times < 10_798].tolist()]
    emotions = [tuple(pair) for pair in rng.uniform(-1, 1, (300, 2)).tolist()]
    cues, options = sheet(10_800.0, boundaries, *emotions), PlanOptions(**options)
    check(plan_piece(cues, options), cues, options)


@pytest.mark.soak
def test_a_film_of_three_hours_whose_tempo_is_looked_for(sheet):
    rng = np.random.default_rng(0)
    times = np.cumsum(4 + rng.exponential(3.0, 1500))
    cues = sheet(10_800.0, [0.0, *times[times < 10_798].tolist()])
    plan = plan_piece(cues, PlanOptions())
    check(plan, cues, PlanOptions())
    met, downbeats = plan.met(cues.boundaries)
    assert met > 0.9 * len(cues.boundaries) and downbeats > 0.8 * len(cues.boundaries)


def test_hits_closer_than_a_beat_are_met_where_a_beat_can_be(sheet):
    cues = sheet(20.0, [5.0, 5.1, 5.2, 10.0])
    plan = plan_piece(cues, PlanOptions())
    check(plan, cues, PlanOptions())
    assert plan.met(cues.boundaries)[0] == 2


@pytest.mark.parametrize("options", [{}, {"bpm": 120.0}])
def test_boundaries_at_the_start_and_at_the_end(sheet, options):
    cues, options = sheet(24.0, [0.0, 12.0, 24.0]), PlanOptions(**options)
    plan = plan_piece(cues, options)
    check(plan, cues, options)
    assert plan.met(cues.boundaries) == (3, 2 + (24.0 in map(plan.seconds_at, plan.bar_lines())))


def test_a_tempo_that_is_looked_for_suits_the_film_and_bends_little(sheet):
    for arousal in (-0.7, 0.0, 0.7):
        cues = sheet(60.0, [0.0, 7.3, 14.9, 22.0, 31.7, 44.4], (0.1, arousal))
        fit = find_tempo(cues, None, None)
        low, _, high = usual_tempo(0.1, arousal)
        assert low <= fit.tempo <= high + 1e-9
        plan = plan_piece(cues, PlanOptions())
        assert bend(plan, fit.tempo) <= MOST_BEND + 1e-9
        assert plan.met(cues.boundaries)[0] == len(cues.boundaries)


def test_tempi_are_ranked_and_a_given_one_is_alone(sheet):
    cues = sheet(30.0, [0.0, 7.3, 14.9])
    fits = rank(cues, None, "3/4")
    assert len(fits) > 20 and {fit.beats_per_bar for fit in fits} == {3}
    assert fits[0] == find_tempo(cues, None, "3/4")
    (given_tempo,) = rank(cues, 90.0, "12/8")
    # Dotted quarters.
    assert given_tempo.tempo == pytest.approx(60.0) and given_tempo.beats_per_bar == 4


@pytest.mark.parametrize("bpm", [30.0, 98.7, 300.0])
@pytest.mark.parametrize("duration", [2.0, 24.0, 61.7])
def test_a_given_tempo_is_kept_to_the_letter(sheet, bpm, duration):
    cues, options = sheet(duration, [0.0, duration / 3, duration - 2]), PlanOptions(bpm=bpm)
    plan = plan_piece(cues, options)
    check(plan, cues, options)
    assert plan.tempo == pytest.approx(bpm, rel=1e-6)


@pytest.mark.parametrize(
    ("signature", "beats", "printed"),
    [
        ("2/4", 2, (2, 4)),
        ("3/4", 3, (3, 4)),
        ("4/4", 4, (4, 4)),
        ("6/8", 2, (6, 8)),
        ("12/8", 4, (12, 8)),
    ],
)
def test_a_given_time_signature_is_that_of_the_usual_bar(sheet, signature, beats, printed):
    options = PlanOptions(time_signature=signature)
    plan = plan_piece(sheet(40.0, [0.0, 11.3, 26.2]), options)
    check(plan, sheet(40.0, [0.0, 11.3, 26.2]), options)
    assert plan.usual_bar == beats
    assert plan.time_signatures.count(printed) > len(plan.bars) / 2
    steady = plan_piece(sheet(40.0), replace(options, bpm=100.0))
    assert set(steady.time_signatures) == {printed}


@pytest.mark.parametrize("feel", ["straight", "swing", "triplet"])
def test_a_given_feel_is_kept(sheet, feel):
    options = PlanOptions(feel=feel)
    plan = plan_piece(sheet(30.0), options)
    check(plan, sheet(30.0), options)
    assert plan.feel == feel


def test_a_swung_feel_of_dotted_beats_is_one_clear_line(sheet):
    options = PlanOptions(feel="swing", time_signature="6/8")
    with pytest.raises(EmsyncError, match=r"^feel: 'swing' needs beats of a quarter note$"):
        plan_piece(sheet(10.0), options)


@pytest.mark.parametrize(
    "instruments",
    [
        (Instrument.DRUMS,),
        (Instrument.BASS,),
        (Instrument.STRINGS,),
        (Instrument.PIANO, Instrument.STRINGS),
        (Instrument.BASS, Instrument.DRUMS),
        tuple(Instrument),
    ],
)
@pytest.mark.parametrize("duration", [2.0, 10.0, 60.0])
def test_whoever_is_asked_for_plays(sheet, instruments, duration):
    for arousal in (-0.8, 0.1, 0.8):
        cues = sheet(duration, [0.0, duration - 2], (0.2, arousal))
        options = PlanOptions(instruments=instruments)
        plan = plan_piece(cues, options)
        check(plan, cues, options)
        playing = {instrument for phrase in plan.phrases for instrument in phrase.instruments}
        assert playing == set(instruments)


def test_a_calm_piece_has_drums_only_around_its_climax(sheet):
    plan = plan_piece(sheet(120.0, [0.0], (0.2, -0.8)), PlanOptions())
    drums = [Instrument.DRUMS in phrase.instruments for phrase in plan.phrases]
    first, last = drums.index(True), len(drums) - drums[::-1].index(True)
    assert all(drums[first:last]) and sum(drums) < len(drums) / 2
    climax = [{*phrase.instruments} == {*Instrument} for phrase in plan.phrases]
    assert any(climax[first:last])


def test_phrases_begin_where_the_emotion_of_the_film_changes(sheet):
    cues = sheet(60.0, [], (0.5, 0.1), (-0.5, 0.6), (0.5, 0.1), changes=[19.3, 41.0])
    plan = plan_piece(cues, PlanOptions())
    begins = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]
    bar = 60 / plan.tempo * 4
    for change in (19.3, 41.0):
        assert min(abs(seconds - change) for seconds in begins) <= bar / 2 + 1e-9


def test_the_seed_chooses_the_key_and_the_harmony(sheet):
    cues = sheet(60.0, [0.0, 7.3])
    plans = [plan_piece(cues, PlanOptions(seed=seed)) for seed in range(12)]
    assert len({plan.phrases[0].key for plan in plans}) > 3
    assert len({tuple(chords(plan)) for plan in plans}) == 12
    # Tempo and bars are the film's.
    assert len({(plan.points, plan.bars) for plan in plans}) == 1
    free = [plan_piece(cues, PlanOptions(seed=seed, key="D")) for seed in range(12)]
    assert len({tuple(chords(plan)) for plan in free}) > 6


def test_the_mode_follows_the_valence(sheet):
    for seed in range(12):
        pleasant, unpleasant = (
            plan_piece(sheet(30.0, [], (valence, 0.1)), PlanOptions(seed=seed))
            for valence in (0.7, -0.7)
        )
        assert {phrase.key.split()[1] for phrase in pleasant.phrases} == {"major"}
        assert {phrase.key.split()[1] for phrase in unpleasant.phrases} == {"minor"}
    between = [plan_piece(sheet(30.0, [], (0.0, 0.1)), PlanOptions(seed=s)) for s in range(24)]
    assert {plan.phrases[0].key.split()[1] for plan in between} == {"major", "minor"}


def test_a_section_of_the_other_mode_is_in_the_relative_key(sheet):
    for seed in range(12):
        plan = plan_piece(sheet(60.0, [], (0.7, 0.1), (-0.7, 0.1)), PlanOptions(seed=seed))
        major, minor = (int(parse_key(plan.phrases[place].key)) for place in (0, -1))
        assert major in USUAL_TONICS
        assert minor == 12 + (major + 9) % 12


def test_sections_without_an_emotion_take_the_mean_of_the_others(sheet):
    nan = math.nan
    cues = sheet(60.0, [0.0], (0.7, -0.6), (nan, nan), (0.7, nan))
    assert mean_emotion(cues.sections) == pytest.approx((0.7, -0.6))
    known = sheet(60.0, [0.0], (0.7, -0.6), (0.7, -0.6), (0.7, -0.6))
    assert plan_piece(cues, PlanOptions()) == plan_piece(known, PlanOptions())
    assert all(map(math.isnan, mean_emotion(sheet(9.0, [], (nan, nan)).sections)))
    cues = sheet(60.0, [0.0], (nan, nan))
    check(plan_piece(cues, PlanOptions()), cues, PlanOptions())


def test_unpleasant_and_calm_films_are_slower_and_sparser(sheet):
    sad, happy = (
        plan_piece(sheet(60.0, [0.0], emotion), PlanOptions())
        for emotion in ((-0.6, -0.5), (0.6, 0.5))
    )
    assert sad.tempo < happy.tempo
    assert sad.phrases[0].density < happy.phrases[0].density


def test_a_given_density_is_kept_to_the_letter(sheet):
    plan = plan_piece(sheet(60.0, [], (0.1, -0.9), (0.1, 0.9)), PlanOptions(density=12.34))
    assert {phrase.density for phrase in plan.phrases} == {12.34}


def test_given_chords_are_those_of_each_bar_up_to_the_tonic(sheet):
    given_chords = ("Am", "F G", "C/E", "E7")
    plan = plan_piece(sheet(42.0), PlanOptions(chords=given_chords, **FIXED))
    found = chords(plan)
    last = plan.bar_at(plan.last_chord) - 1
    assert found[:last] == [given_chords[bar % 4] for bar in range(last)]
    assert set(found[last:]) == {"Am"} and {phrase.key for phrase in plan.phrases} == {"A minor"}
    other = plan_piece(sheet(42.0), PlanOptions(chords=given_chords, key="C", **FIXED))
    assert chords(other)[-1] == "C" and {phrase.key for phrase in other.phrases} == {"C major"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Am F C G", "A minor"),
        ("C Am F G", "C major"),
        ("D A Bm G", "D major"),
        ("Cm Ab Eb Bb", "C minor"),
        ("F Bb C7 F", "F major"),
    ],
)
def test_chords_tell_the_key(sheet, text, key):
    plan = plan_piece(sheet(20.0), PlanOptions(chords=split_bars(text)))
    assert plan.phrases[0].key == key


def test_the_last_chord_falls_on_a_bar_line_that_leaves_time(sheet):
    plan = plan_piece(sheet(20.0), PlanOptions(**FIXED))
    # Bars begin every 2.4 s.
    assert plan.seconds_at(plan.last_chord) == pytest.approx(16.8)
    assert RING <= 20 - 16.8 <= LONGEST_RING


def test_the_last_chord_falls_in_mid_bar_where_bars_are_long(sheet):
    plan = plan_piece(sheet(22.0), PlanOptions(bpm=40.0))
    # Bars begin at 12 and 18 s; 15 s is in the middle.
    assert plan.seconds_at(plan.last_chord) == pytest.approx(18.0)
    plan = plan_piece(sheet(18.5), PlanOptions(bpm=40.0))
    assert plan.seconds_at(plan.last_chord) == pytest.approx(15.0)
    assert len(chords(plan)[2].split()) == 2


def test_the_last_chord_falls_on_a_boundary_near_the_end(sheet):
    plan = plan_piece(sheet(30.0, [0.0, 9.6, 28.2]), PlanOptions(**FIXED))
    assert plan.seconds_at(plan.last_chord) == pytest.approx(28.2)
    # Not on the very last moment, where nobody would hear it.
    late = 30.0 - LATEST_PHRASE / 2
    plan = plan_piece(sheet(30.0, [0.0, late, 30.0]), PlanOptions())
    assert plan.duration - plan.seconds_at(plan.last_chord) >= RING


def test_the_last_chord_is_on_any_beat_of_a_bar_the_tonic_from_there_on(sheet):
    for beat in range(40, 49):
        seconds = beat * 0.6
        cues = sheet(seconds + 2.0, [0.0, seconds])
        plan = plan_piece(cues, PlanOptions(**FIXED))
        assert plan.last_chord == beat
        check(plan, cues, PlanOptions(**FIXED))
        arrangement, timing = Timing(plan).arrangement, Timing(plan)
        key = int(parse_key(plan.phrases[-1].key))
        before = arrangement.chord_at(beat * timing.beat - 1)
        name = f"{(before.root - key) % 12}" + (f":{before.quality}" if before.quality else "")
        assert leads_on((name,), key >= 12)


def test_a_boundary_that_is_missed_is_no_last_chord(sheet):
    plan = plan_piece(sheet(30.0, [0.0, 28.0]), PlanOptions(**FIXED))
    assert plan.met([28.0])[0] == 0
    assert plan.last_chord in plan.bar_lines()


def test_the_emotion_of_each_section_sets_density_and_dynamics(sheet):
    plan = plan_piece(sheet(96.0, [], (0.1, -0.8), (0.1, 0.8)), PlanOptions())
    first, last = plan.phrases[1], plan.phrases[-1]
    assert first.density < last.density
    assert first.dynamics == mood.dynamics(-0.8) != last.dynamics


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("Am F C G", ("Am", "F", "C", "G")),
        ("Am | F G", ("Am", "F G")),
        ("| Am | F   G |", ("Am", "F G")),
        ("  C/E\tG7\n", ("C/E", "G7")),
        ("| Am | F |\n", ("Am", "F")),
        ("Am", ("Am",)),
    ],
)
def test_bars_are_parted_by_bar_lines_or_spaces(text, bars):
    assert split_bars(text) == bars


@pytest.mark.parametrize("text", ["", " ", "|", "Am || F", "| |"])
def test_a_bar_without_chords_is_an_error(text):
    with pytest.raises(
        EmsyncError, match=r"^chords '.*': write one or more for each bar"
    ) as caught:
        split_bars(text)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"bpm": 29.0}, "bpm 29: give 30 to 300"),
        ({"bpm": 301.0}, "bpm 301: give 30 to 300"),
        ({"time_signature": "7/8"}, "time_signature '7/8': choose from 2/4, 3/4, 4/4, 6/8, 12/8"),
        ({"feel": "funky"}, "feel 'funky': choose from straight, swing, triplet"),
        ({"key": "H"}, "key 'H': write it as C, F#m or 'Bb major'"),
        ({"density": 0.1}, "density 0.1: give 0.5 to 40 notes a second"),
        ({"chords": ("Am", "X")}, "chord 'X': write a root"),
        ({"chords": ("Am", " ")}, "chords[1]: name one or more chords"),
        (
            {"chords": ("Am", "C D E F"), "time_signature": "3/4"},
            "chords[1]: 'C D E F' has more chords than a bar has beats, 3",
        ),
    ],
)
def test_options_out_of_range_are_one_line(options, complaint):
    with pytest.raises(EmsyncError) as caught:
        PlanOptions(**options)
    assert str(caught.value).startswith(complaint)
    assert len(str(caught.value).splitlines()) == 1


def test_a_film_without_length_is_an_error(sheet):
    with pytest.raises(EmsyncError, match=r"^duration: 0 s; give more than 0$"):
        plan_piece(replace(sheet(1.0), end=0.0), PlanOptions())


def test_another_instrument_leads_with_another_seed(sheet):
    film = sheet(30.0)
    plans = [plan_piece(film, PlanOptions(seed)) for seed in range(40)]
    leaders = {max(plan.shares, key=lambda share: share[1])[0] for plan in plans}
    assert leaders >= {Instrument.GUITAR, Instrument.PIANO, Instrument.STRINGS}
    for plan in plans:
        assert [instrument for instrument, _ in plan.shares] == list(Instrument)
        assert all(LEAST_DRAWN - 0.01 <= share <= 1 / LEAST_DRAWN for _, share in plan.shares)
    pair = plan_piece(film, PlanOptions(3, (Instrument.STRINGS, Instrument.PIANO)))
    assert [instrument for instrument, _ in pair.shares] == [Instrument.PIANO, Instrument.STRINGS]
    assert set(pair.shares) <= set(plans[3].shares)


def test_a_weighty_hit_is_met_before_one_that_may_be_missed(sheet):
    # No tempo has beats as near to each other as these two.
    cues = sheet(20.0, [4.0, 4.125])
    for weights in ((3.0, 0.1), (0.1, 3.0)):
        hits = tuple(Hit(at, weight=w) for at, w in zip(cues.boundaries, weights, strict=True))
        (best, *_) = rank(replace(cues, hits=hits), None, None)
        assert best.missed == (cues.boundaries[weights[0] > weights[1]],)


def test_hits_of_one_weight_are_planned_as_boundaries_are(sheet):
    cues = sheet(60.0, [4.0, 11.3, 30.1])
    named = replace(cues, hits=tuple(replace(hit, label="x") for hit in cues.hits))
    assert rank(named, None, None) == rank(cues, None, None)
