"""Whole planned pieces, of tiny networks with random weights: what the plan says holds."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.composing.composition import Composition, Take
from engine.composing.config import GenerationConfig
from engine.composing.logits.ending import NOTES
from engine.composing.logits.harmony import ANTICIPATION
from engine.composing.planned import compose_planned_takes, planned_config
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Section, Video
from engine.hits import hits_at
from engine.model.runtime import Network
from engine.music import vocabulary as voc
from engine.music.conditions import KEYS, METRES, parse_key
from engine.music.vocabulary import to_steps
from engine.plan.plan import Phrase, Plan
from engine.plan.planner import PlanOptions, plan_piece
from engine.plan.timing import Timing
from engine.score import CHORDAL, Instrument, Note, Score

BASS, DRUMS, GUITAR, PIANO, STRINGS = EVERYONE = tuple(Instrument)
SECONDS = 28.0
POINTS = ((0, 0.0), (16, 8.2), (30, 15.0), (56, 28.3))
"""About 120 beats a minute, with bends; a bar of two beats before the third phrase."""
BARS = (4, 4, 4, 4, 4, 4, 4, 2, 4)
VERSE, CHORUS = ("C", "Am", "F", "G"), ("F", "C G", "Dm", "G")


def phrase(bar: int, form: str, *players: Instrument, density: float = 8.0) -> Phrase:
    chords = VERSE if form == "A" else CHORUS
    return Phrase(bar, form, "C major", players, density, "mf", chords)


PHRASES = (
    phrase(1, "A", BASS, PIANO, STRINGS),
    phrase(5, "B", *EVERYONE, density=12.0),
    phrase(9, "A", DRUMS, GUITAR, STRINGS),
    replace(phrase(13, "C", *EVERYONE), chords=("F G", "C", "C")),
)
PLAN = Plan(SECONDS, POINTS, BARS, phrases=PHRASES, last_chord=50)
"""The last chord falls on the bar line of the 14th bar, 2.7 s before the end."""


def film(seconds: float = SECONDS, *boundaries: float) -> CueSheet:
    half = Section(0.0, seconds / 2, {}, 0.3, -0.2, "user")
    sections = (half, replace(half, start=seconds / 2, end=seconds, valence=-0.3, arousal=0.6))
    video = Video("film.mp4", seconds, 24.0, 64, 36)
    return CueSheet(video, 0.0, seconds, (), hits_at(boundaries), sections)


def compose(
    network: Network, plan: Plan = PLAN, cues: CueSheet | None = None, **sampling: float
) -> Score:
    config = GenerationConfig(sampling=Sampling(guidance=1.0, **sampling))
    ((take, _),) = compose_planned_takes(
        cues or film(plan.duration, 8.2, 15.0), plan, network, config, 1
    )
    return take.score


def steps(plan: Plan, seconds: float) -> float:
    """Music time of a film time, in steps."""
    return Timing(plan).music_time(seconds) * 1000 / voc.STEP_MS


def onset(plan: Plan, note: Note) -> int:
    return round(steps(plan, note.onset))


def last_chord(plan: Plan, score: Score) -> list[Note]:
    at = Timing(plan).arrangement.ending.onset
    return [note for note in score.notes if onset(plan, note) == at]


@pytest.fixture(scope="module")
def small(tiny, random_model, exported) -> Network:
    """A network whose window passes many times, in the middle of everything."""
    return Network(exported(random_model(tiny(context=32))), "cpu", threads=1)


@pytest.fixture(scope="module")
def droning(biased) -> Network:
    """A network that hardly ever ends a note, and plays many chords."""
    return biased(context=96, OFF=-8.0, CHORD=1.0)


@pytest.fixture(scope="module", params=["network", "small", "droning"])
def piece(request) -> Score:
    return compose(request.getfixturevalue(request.param))


def test_every_onset_lies_on_the_grid(piece):
    part = Timing(PLAN).grid.part
    for note in piece.notes:
        places = steps(PLAN, note.onset) / part
        assert abs(places - round(places)) * part < 0.01


@pytest.mark.parametrize(("beat", "feel"), [("quarter", "swing"), ("dotted quarter", "straight")])
def test_every_onset_lies_on_the_grid_of_any_feel(network, beat, feel):
    plan = replace(PLAN, beat=beat, feel=feel)
    if beat != "quarter":
        plan = replace(plan, points=((0, 0.0), (30, 15.0), (56, 28.3)))
    timing = Timing(plan)
    places = {onset(plan, note) % timing.beat for note in compose(network, plan).notes}
    allowed = {0: None, **{n * timing.grid.part: b for n, b in enumerate(timing.grid.biases)}}
    assert places <= {place for place, bias in allowed.items() if bias != -np.inf}
    assert len(places) > 1


def test_the_slowest_swing_moves_on(network):
    points = ((0, 0.0), (14, SECONDS))
    plan = Plan(SECONDS, points, (4,), feel="swing", phrases=PHRASES[:1], last_chord=12)
    check_last_chord(plan, compose(network, plan), *PHRASES[0].instruments, root=7)


def test_the_bars_are_those_of_the_plan(piece):
    lines = [PLAN.seconds_at(line) for line in PLAN.bar_lines()]
    assert np.allclose(piece.bars, lines[: len(piece.bars)], atol=1e-9)
    # All of them, up to the last chord.
    assert len(piece.bars) == 14
    assert piece.beat_map is not None
    assert piece.duration == SECONDS


def test_only_planned_players_begin_notes(piece):
    for note in piece.notes:
        assert note.instrument in Timing(PLAN).arrangement.phrase_at(onset(PLAN, note)).players


def gaps(plan: Plan, score: Score, instrument: Instrument) -> Iterator[float]:
    """How many beats an instrument lets pass, while it is planned, from onset to onset."""
    timing = Timing(plan)
    starts = [p.start for p in timing.arrangement.phrases]
    ends = [*starts[1:], timing.arrangement.ending.onset]
    for planned, start, end in zip(timing.arrangement.phrases, starts, ends, strict=True):
        if instrument in planned.players:
            onsets = [onset(plan, note) for note in score.part(instrument)]
            within = [step for step in onsets if start <= step < end]
            for a, b in pairwise([start, *within, end]):
                yield (b - a) / timing.beat


@pytest.mark.parametrize("shy", [PIANO, STRINGS, DRUMS])
def test_everybody_planned_sounds_though_the_network_would_not_have_them(biased, shy):
    score = compose(biased(context=96, players={shy: -6.0}))
    for instrument in Instrument:
        assert max(gaps(PLAN, score, instrument)) <= 11


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


def check_last_chord(plan: Plan, score: Score, *players: Instrument, root: int = 0) -> None:
    chord = last_chord(plan, score)
    assert Counter(note.instrument for note in chord) == {i: NOTES[i] for i in players}
    pitched = [note for note in chord if note.instrument is not DRUMS]
    if pitched:
        lowest = min(pitched, key=lambda note: note.pitch)
        assert lowest.pitch % 12 == root
        assert BASS not in players or lowest.instrument is BASS
    marks = [round(steps(plan, seconds)) for seconds in score.chords]
    marked = Timing(plan).arrangement.ending.onset in marks
    assert marked == bool(set(players) & set(CHORDAL))
    # Nobody plays on, and nothing is cut off.
    assert max(note.onset for note in score.notes) == chord[0].onset
    assert max(note.end for note in score.notes) < plan.duration


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


def test_notes_that_clash_with_a_new_chord_end_where_it_begins(piece):
    arrangement = Timing(PLAN).arrangement
    assert any(step % (4 * arrangement.grid.beat) for step, _ in arrangement.chords)
    for step, chord in arrangement.chords:
        for note in piece.notes:
            sounds_on = onset(PLAN, note) < step < round(steps(PLAN, note.end))
            if sounds_on and note.instrument is not DRUMS:
                anticipates = step - onset(PLAN, note) <= arrangement.grid.beat // ANTICIPATION
                assert anticipates or note.pitch % 12 in chord.pitch_classes


def test_notes_of_the_chords_are_played(network):
    chords = Timing(PLAN).arrangement
    score = compose(network)
    pitched = [note for note in score.notes if note.instrument is not DRUMS]
    fit = [n.pitch % 12 in chords.chord_at(onset(PLAN, n)).pitch_classes for n in pitched]
    # Of twelve pitch classes, three fit.
    assert np.mean(fit) > 1.6 * 3 / 12


def test_a_phrase_without_guitar_and_piano_between_others_has_no_chords(biased):
    middle = replace(PHRASES[1], instruments=(DRUMS, STRINGS))
    plan = replace(PLAN, phrases=(PHRASES[0], middle, *PHRASES[2:]))
    score = compose(biased(context=96, CHORD=6.0), plan)
    start, end = plan.seconds_at(16), plan.seconds_at(30)
    assert score.chords
    assert not [chord for chord in score.chords if start - 1e-6 <= chord < end - 1e-6]


def test_a_phrase_without_chords_before_others_leaves_the_harmony_to_the_network(network):
    plan = replace(PLAN, phrases=(replace(PHRASES[0], chords=()), *PHRASES[1:]))
    score = compose(network, plan)
    assert score.harmony[0] == (pytest.approx(plan.seconds_at(16)), "F")
    check_last_chord(plan, score, *EVERYONE)


def likeness(plan: Plan, score: Score, bar: int, other: int) -> float:
    """The share of a bar's notes that another bar has too, at the same place; bars from 0."""

    def notes(number: int) -> Counter[tuple[int, Instrument, int]]:
        lines = [line * Timing(plan).beat for line in plan.bar_lines()]
        return Counter(
            (onset(plan, note) - lines[number], note.instrument, note.pitch)
            for note in score.notes
            if bisect_right(lines, onset(plan, note)) - 1 == number
        )

    return (notes(bar) & notes(other)).total() / max(1, notes(bar).total())


def test_a_phrase_repeats_the_last_phrase_of_its_form(network):
    phrases = tuple(
        phrase(bar, form, BASS, PIANO) for bar, form in ((1, "A"), (5, "B"), (9, "A"), (13, "C"))
    )
    plan = replace(PLAN, phrases=phrases, bars=(4,), points=((0, 0.0), (60, 28.0)), last_chord=56)
    score = compose(network, plan, repetition=5.0)
    theme = [likeness(plan, score, bar, bar - 8) for bar in range(8, 12)]
    others = [
        likeness(plan, score, bar, other)
        for bar in range(4, 12)
        for other in range(bar)
        if bar - other != 8
    ]
    # The other rules want something else in an empty bar.
    assert np.mean(theme) > 0.4
    assert np.mean(others) < np.mean(theme) / 2


@pytest.mark.parametrize(("moves_on", "density"), [(2, 16), (3, 8), (3, 24), (5, 8)])
def test_density_is_within_a_fifth_of_the_plan(biased, moves_on, density):
    """With networks that would play far too much or too little, left to themselves."""
    phrases = tuple(replace(phrase, density=float(density)) for phrase in PHRASES)
    score = compose(biased(context=96, TIMESHIFT=moves_on), replace(PLAN, phrases=phrases))
    assert len(score.notes) / SECONDS == pytest.approx(density, rel=0.2)


@pytest.mark.parametrize("seconds", [0.6, 1.0, 2.0, 3.3])
@pytest.mark.parametrize("players", [EVERYONE, (DRUMS,), (PIANO,), (STRINGS,)])
def test_a_film_of_seconds(network, seconds, players):
    cues = film(seconds)
    plan = plan_piece(cues, PlanOptions(instruments=players))
    score = compose(network, plan, cues)
    assert score.notes[0].onset == 0.0
    assert score.duration == seconds
    tonic = int(parse_key(plan.phrases[-1].key)) % 12
    check_last_chord(plan, score, *plan.phrases[-1].instruments, root=tonic)


def test_a_listener_gets_everything_once_in_film_time(droning):
    received: list[Note] = []
    marks: list[float] = []
    times = [0.0]

    def listen(notes: tuple[Note, ...], chords: tuple[float, ...], until: float) -> None:
        assert all(note.onset >= times[-1] - 1e-9 for note in notes)
        assert all(chord >= times[-1] - 1e-9 for chord in chords)
        received.extend(notes)
        marks.extend(chords)
        times.append(until)

    config = GenerationConfig(sampling=Sampling(guidance=1.0))
    (take, _), _ = compose_planned_takes(film(), PLAN, droning, config, 2, listener=listen)
    assert times == sorted(times)
    assert times[-1] == SECONDS
    assert len(set(received)) == len(received)
    assert sorted(received, key=repr) == sorted(take.score.notes, key=repr)
    assert marks and tuple(marks) == take.score.chords


def test_takes_differ_share_the_plan_and_come_again_with_the_seed(network):
    progress: list[float] = []

    def takes(seed: int) -> list[Take]:
        config = GenerationConfig(seed)
        return [
            t for t, _ in compose_planned_takes(film(), PLAN, network, config, 2, progress.append)
        ]

    first, second = takes(3)
    assert progress == sorted(progress)
    assert progress[-1] == pytest.approx(2 * SECONDS)
    assert first.score.notes != second.score.notes
    assert first.score.beat_map == second.score.beat_map
    assert [take.score for take in takes(3)] == [first.score, second.score]


def test_dynamics_follow_the_phrases(network):
    soft = replace(PLAN, phrases=tuple(replace(p, dynamics="pp") for p in PHRASES))
    loud, quiet = compose(network), compose(network, soft)
    assert [n.onset for n in loud.notes] == [n.onset for n in quiet.notes]
    assert all(b.velocity < a.velocity for a, b in zip(loud.notes, quiet.notes, strict=True))


def test_the_plan_says_what_to_compose():
    config = planned_config(PLAN, GenerationConfig(seed=4, instruments=(PIANO,)))
    assert config.seed == 4
    assert config.instruments == EVERYONE
    assert config.conditions.metre == METRES.index("4/4")
    assert [c.key for c in config.sections] == [KEYS.index("C major")] * 4
    assert config.sections[0].density < config.sections[1].density
    some = replace(PLAN, phrases=(replace(PHRASES[2], bar=1),))
    assert planned_config(some, GenerationConfig()).instruments == (DRUMS, GUITAR, STRINGS)


def test_a_plan_of_beats_alone_keeps_them_and_leaves_the_rest_to_the_network(network):
    plan = replace(PLAN, phrases=(), last_chord=None)
    score = compose(network, plan)
    part = Timing(plan).grid.part
    assert all(round(steps(plan, n.onset)) % part == 0 for n in score.notes)
    assert {note.instrument for note in score.notes} == set(Instrument)
    assert to_steps(score.duration) == to_steps(SECONDS)


def test_the_network_is_not_told_the_key_where_there_are_chords(network):
    """A network that is told the key leaves its scale hardly ever; the chords say enough."""
    timing = Timing(PLAN)
    names = network.config.controls

    def told(plan: Plan) -> dict[str, float]:
        asked = planned_config(plan, GenerationConfig())
        piece = Composition(timing.music_cues(film()), network.config, asked)
        return dict(zip(names, piece.conditions(), strict=True))

    assert np.isnan(told(PLAN)["key"])
    assert all(np.isfinite(value) for name, value in told(PLAN).items() if name != "key")
    silent = tuple(replace(phrase, chords=()) for phrase in PHRASES)
    assert told(replace(PLAN, phrases=silent))["key"] == KEYS.index("C major")
