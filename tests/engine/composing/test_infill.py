"""Given music is kept to the letter, and the rest is composed around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.composing.composition import Composition
from engine.composing.config import GenerationConfig
from engine.composing.infill import Given, with_given
from engine.composing.loop import compose
from engine.composing.planned import compose_planned_takes
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.model.runtime import Network
from engine.music.vocabulary import to_seconds
from engine.plan.plan import Phrase, Plan
from engine.score import Instrument, Note, Score
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = EVERYONE = tuple(Instrument)
SECONDS = 28.0
CHORDS = ("C", "Am", "F", "G")
PLAN = Plan(
    SECONDS,
    ((0, 0.0), (16, 8.2), (30, 15.0), (56, 28.3)),
    (4, 4, 4, 4, 4, 4, 4, 2, 4),
    phrases=(
        Phrase(1, "A", "C major", (BASS, PIANO, STRINGS), 8.0, "p", CHORDS),
        Phrase(5, "B", "C major", EVERYONE, 12.0, "f", CHORDS),
    ),
    last_chord=50,
)
SPANS = (
    (PLAN.seconds_at(8), PLAN.seconds_at(20)),
    (PLAN.seconds_at(34), PLAN.seconds_at(42)),
)


def film(seconds: float = SECONDS) -> CueSheet:
    section = Section(0.0, seconds, {}, 0.3, -0.2, "user")
    video = Video("film.mp4", seconds, 24.0, 64, 36)
    return CueSheet(video, 0.0, seconds, (), hits_at((8.2, 15.0)), (section,))


def planned(network: Network, seed: int, given: Given | None = None) -> Score:
    config = GenerationConfig(seed, sampling=Sampling(guidance=1.0), given=given)
    ((take, _),) = compose_planned_takes(film(), PLAN, network, config, 1)
    return take.score


def part(score: Score, *spans: tuple[float, float]) -> Given:
    """What a score has in these spans."""
    empty = Given(spans, ())
    lines = [PLAN.seconds_at(line) for line in PLAN.bar_lines()]
    return Given(
        spans,
        tuple(note for note in score.notes if empty.holds(note.onset)),
        tuple(chord for chord in score.chords if empty.holds(chord)),
        tuple(line for line in lines if empty.holds(line)),
    )


@pytest.fixture(scope="module", params=["network", "small", "droning"])
def source(request, tiny, random_model, exported, biased) -> Network:
    """Networks as they are, with a window that passes many times, and with notes that ring on."""
    if request.param == "small":
        return Network(exported(random_model(tiny(context=32))), "cpu", threads=1)
    if request.param == "droning":
        return biased(context=96, OFF=-8.0, CHORD=1.0)
    network: Network = request.getfixturevalue("network")
    return network


def test_given_notes_come_back_to_the_letter_and_the_rest_differs(source):
    first = planned(source, 1)
    given = part(first, *SPANS)
    second = planned(source, 2, given)
    assert part(second, *SPANS) == given
    assert len(given.notes) > 40 and given.bars
    rest = [n for n in second.notes if not given.holds(n.onset)]
    assert rest and rest != [n for n in first.notes if not given.holds(n.onset)]


def test_a_piece_that_is_given_whole_is_the_same_piece(source):
    first = planned(source, 1)
    again = planned(source, 2, part(first, (0.0, SECONDS)))
    assert (again.notes, again.chords) == (first.notes, first.chords)


def test_the_network_reads_given_music_as_tokens(network):
    """The notes come through the loop; they are not only put in afterwards."""
    given = Given(
        ((1.0, 2.0),),
        (
            Note(PIANO, 1.0, 1.496, 60),
            Note(PIANO, 1.0, 2.4, 64),
            Note(BASS, 1.504, 1.704, 40),
            Note(BASS, 1.8, 2.0, 40),
        ),
        bars=(1.0,),
    )
    config = GenerationConfig(sampling=Sampling(guidance=1.0), given=given)
    cues = film(4.0)
    piece = Composition(cues, network.config, config)
    rng = np.random.default_rng(3)
    while not piece.finished:
        token = piece.forced_token()
        if token is None:
            token = int(rng.choice(np.flatnonzero(piece.mask())))
        piece.append(token, None)
    built = piece._state.builder
    began = [note for note in built.notes if given.holds(note.onset)]
    assert sorted(began, key=repr) == sorted(given.notes, key=repr)
    assert all(note.end <= 1.0 for note in built.notes if note.onset < 1.0)


def test_a_piece_in_free_time_keeps_given_music_too(network):
    config = GenerationConfig(3, sampling=Sampling(guidance=1.0))
    first = compose(film(8.0), network, config)
    given = Given(
        ((2.0, 4.0),),
        tuple(n for n in first.notes if 2.0 <= n.onset < 4.0),
        tuple(c for c in first.chords if 2.0 <= c < 4.0),
        tuple(b for b in first.bars if 2.0 <= b < 4.0),
    )
    again = compose(film(8.0), network, replace(config, seed=4, given=given))
    assert tuple(n for n in again.notes if 2.0 <= n.onset < 4.0) == given.notes
    assert [b for b in again.bars if 2.0 <= b < 4.0] == list(given.bars)
    assert again.notes != first.notes


def test_density_outside_is_kept_beside_given_music_that_is_too_dense(network):
    """The rest must not make up for what the given music has too many of."""
    drums = tuple(Note(DRUMS, 8.2 + n / 40, 8.2 + (n + 0.5) / 40, 38) for n in range(270))
    given = Given(((PLAN.seconds_at(16), PLAN.seconds_at(30)),), drums)

    # Several seeds, because the network is random.
    pieces = [planned(network, seed, given) for seed in (1, 2, 3)]
    after = sum(note.onset >= 15.0 for piece in pieces for note in piece.notes)
    seconds = PLAN.seconds_at(PLAN.last_chord) - 15.0
    assert after / 3 == pytest.approx(PLAN.phrases[1].density * seconds, rel=0.35)


def test_spans_may_touch_and_a_key_sounds_once():
    notes = (Note(PIANO, 0.0, 3.0, 60), Note(PIANO, 2.0, 2.4, 60))
    given = Given(((0.0, 2.0), (2.0, 4.0)), notes)
    key = EVERYONE.index(PIANO), 60
    assert given.ends == {(0, key): 250, (250, key): 300}
    assert given.holds(0.0) and given.holds(2.0) and not given.holds(4.0)
    assert list(given.composed(0, 600)) == [(100, None)]
    assert given.notes_before(250) == 1


def test_nothing_else_begins_in_a_span():
    given = Given(((1.0, 2.0),), (Note(PIANO, 1.0, 1.5, 60),), (1.5,))
    others = (Note(BASS, 0.5, 1.2, 40), Note(BASS, 1.5, 1.7, 40), Note(BASS, 2.0, 2.2, 40))
    score = with_given(Score(others, (), (0.5, 1.0), 3.0), given)
    assert [note.onset for note in score.notes] == [0.5, 1.0, 2.0]
    assert score.chords == (0.5, 1.5)
    assert to_seconds(given.steps[0][1]) == 2.0
