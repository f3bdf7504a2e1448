from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from engine.composing.composition import Composition
from engine.composing.config import GenerationConfig
from engine.composing.logits.grammar import CHORD_HOLD, CHORD_NOTES, LONGEST_REST, MOST_AT_ONCE
from engine.composing.logits.note_limits import LONGEST
from engine.composing.loop import compose, compose_all
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.hits import hits_at
from engine.metrics.alignment import find_chords
from engine.model.decoder import Decoder
from engine.model.runtime import Network
from engine.music import vocabulary as voc
from engine.music.conditions import ALL, Conditions, usual_density
from engine.music.events import ScoreBuilder
from engine.music.vocabulary import Kind
from engine.score import CHORDAL, Instrument, Note, Score
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument
BOLD = Sampling(1.0, 1.0, guidance=1.0)


def film(*edges: float, emotions=(), boundaries=()) -> CueSheet:
    """A cue sheet whose sections lie between the edges; emotions are (valence, arousal)."""
    emotions = emotions or [(0.1, 0.2)] * (len(edges) - 1)
    sections = tuple(
        Section(a, b, {}, *emotion, "user")
        for (a, b), emotion in zip(pairwise(edges), emotions, strict=True)
    )
    video = Video("film.mp4", edges[-1] + 1, 24.0, 64, 48)
    return CueSheet(video, 1.0, edges[-1] + 1, (), hits_at(boundaries), sections)


def config(seed: int = 0, **others: object) -> GenerationConfig:
    return GenerationConfig(seed=seed, sampling=BOLD, **others)


@pytest.fixture(scope="module")
def piece(network) -> Score:
    """Twenty seconds; the tiny network's window passes many times."""
    return compose(film(0.0, 20.0, boundaries=(5.0, 12.0)), network, config())


def test_lasts_as_long_as_the_film(piece):
    assert piece.duration == 20.0
    assert max(note.end for note in piece.notes) <= 20.0
    assert max(note.onset for note in piece.notes) > 15.0


@pytest.mark.parametrize("seconds", [1.0, 2.997, 1.0005])
def test_lasts_as_long_as_any_film(network, seconds):
    score = compose(film(0.0, seconds), network, config())
    assert abs(score.duration - seconds) <= 0.004 + 1e-9
    assert all(note.end <= score.duration for note in score.notes)


def test_same_seed_same_piece(network, piece):
    again = compose(film(0.0, 20.0, boundaries=(5.0, 12.0)), network, config())
    other = compose(film(0.0, 20.0, boundaries=(5.0, 12.0)), network, config(seed=1))
    assert again == piece != other


def test_only_the_chosen_play(network, piece):
    assert {note.instrument for note in piece.notes} == set(Instrument)
    few = compose(film(0.0, 5.0), network, config(instruments=(DRUMS, PIANO)))
    assert {note.instrument for note in few.notes} == {DRUMS, PIANO}


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        ((PIANO,), voc.FEWER_INSTRUMENTS),
        ((PIANO, DRUMS), voc.FEWER_INSTRUMENTS),
        ((PIANO, DRUMS, BASS), voc.MORE_INSTRUMENTS),
    ],
)
def test_two_parts_or_one_are_fewer_instruments(tiny, random_model, exported, chosen, asked):
    def piece(changed: int) -> Score:
        model = random_model(tiny())
        model.embedding.weight[changed] = 2
        small = Network(exported(model), "cpu", threads=1, precision="fp32")
        return compose(film(0.0, 15.0), small, config(instruments=chosen))

    (other,) = {voc.FEWER_INSTRUMENTS, voc.MORE_INSTRUMENTS} - {asked}
    assert piece(voc.START) == piece(other) != piece(asked)


def test_at_least_one_instrument_must_play():
    with pytest.raises(EmsyncError, match="bass, drums, guitar, piano, strings"):
        GenerationConfig(instruments=())


def test_a_small_window_passes_many_times(tiny, random_model, exported):
    small = Network(exported(random_model(tiny(context=32))), "cpu", threads=1)
    score = compose(film(0.0, 20.0), small, config())
    assert score.duration == 20.0
    assert len(score.notes) > 10 * 32 / 4
    # A note whose ON is forgotten ends, so that none spans more than a window of tokens.
    onsets = np.array([note.onset for note in score.notes])
    for note in score.notes:
        assert ((onsets > note.onset) & (onsets < note.end)).sum() < 32


def test_boundaries_and_conditions_reach_the_network(network, piece):
    cues = film(0.0, 20.0, boundaries=(5.0, 12.0))
    assert compose(replace(cues, hits=()), network, config()) != piece
    assert compose(cues, network, config(conditions=Conditions(tempo=180.0))) != piece


def notes_before(score: Score, seconds: float) -> list[tuple[Instrument, float, int]]:
    return [(n.instrument, n.onset, n.pitch) for n in score.notes if n.onset < seconds]


def test_a_section_changes_the_music_from_its_start_on(network):
    calm, wild, unknown = (-0.9, -0.9), (0.9, 0.9), (float("nan"), 0.1)
    whole = compose(film(0.0, 20.0, emotions=[calm]), network, config())
    for other in (wild, unknown):
        parted = compose(film(0.0, 4.0, 20.0, emotions=[calm, other]), network, config())
        assert notes_before(parted, 4.0) == notes_before(whole, 4.0)
        assert notes_before(parted, 20.0) != notes_before(whole, 20.0)


def test_where_readings_are_kept_a_section_has_nothing_but_its_conditions_read(
    network, tokens_read
):
    read = tokens_read("prefill")
    calm, wild = (-0.9, -0.9), (0.9, 0.9)
    whole = compose(film(0.0, 20.0, emotions=[calm]), network, config())
    cues = film(0.0, 4.0, 20.0, emotions=[calm, wild])
    compose(cues, network, config())
    assert max(read) > 40
    read.clear()
    kept = compose(cues, network, config(keep_reading=True))
    # The head and a BAR begin a piece; then there is the head alone.
    assert read[0] == 2 and set(read[1:]) == {1}
    assert notes_before(kept, 4.0) == notes_before(whole, 4.0)
    assert notes_before(kept, 20.0) != notes_before(whole, 20.0)


class Watched(Decoder):
    """A decoder that notes down, for every token it reads, the time and the valence asked for."""

    def __init__(self, network: Network, rows: int) -> None:
        super().__init__(network, rows)
        self.seen: list[tuple[float, float]] = []
        decoders.append(self)

    def look(self, token: int) -> None:
        before = self.seen[-1][0] if self.seen else 0.0
        self.seen.append((before + voc.to_seconds(voc.STEPS[token]), self.valence))

    def prefill(self, tokens, offsets, conditions, row=0):
        self.valence = float(conditions[0])
        self.look(int(tokens[-1]))
        return super().prefill(tokens, offsets, conditions, row)

    def step(self, tokens, offsets, idle=()):
        self.look(tokens[0])
        return super().step(tokens, offsets, idle)


decoders: list[Watched] = []


def test_every_token_is_composed_under_the_emotion_of_its_moment(
    tiny, random_model, exported, monkeypatch
):
    monkeypatch.setattr("engine.composing.loop.Decoder", Watched)
    valences = np.linspace(-1, 1, 40, dtype=np.float32).tolist()
    # Whole steps, so that no section begins within one.
    length = voc.to_seconds(63)
    cues = film(*np.arange(41) * length, emotions=[(valence, 0.0) for valence in valences])
    compose(cues, Network(exported(random_model(tiny(context=32))), "cpu", threads=1), config())
    seen = decoders[-1].seen
    assert len(seen) > 150
    assert [valence for _, valence in seen] == [
        valences[int(round(time / length, 6))] for time, _ in seen
    ]


@pytest.mark.parametrize("emotion", [(0.3, 0.4), (float("nan"), 0.4)])
def test_a_section_of_the_same_emotion_changes_nothing(network, emotion):
    whole = compose(film(0.0, 6.0, emotions=[emotion]), network, config())
    parted = compose(film(0.0, 2.0, 2.004, 6.0, emotions=[emotion] * 3), network, config())
    assert parted == whole


def test_no_note_is_longer_than_its_limit(biased):
    forgetful = biased(OFF=-30.0, ON=-2.0, TIMESHIFT=0.0)
    score = compose(film(0.0, 60.0), forgetful, config())
    for instrument in Instrument:
        limit = LONGEST[instrument]
        longest = max(note.end - note.onset for note in score.part(instrument))
        assert limit * 0.9 <= longest <= limit + 1e-9


def test_a_long_chord_has_its_mark(biased):
    sustaining = biased(OFF=-6.0, CHORD=-30.0, BAR=-30.0, TIMESHIFT=-1.0)
    score = compose(film(0.0, 60.0), sustaining, config())
    assert not score.chords
    assert score.bars == (0.0,)
    half_seconds = [n for n in score.notes if n.instrument in CHORDAL and n.end - n.onset > 0.5]
    assert half_seconds
    assert not find_chords(score.notes, lambda seconds: 2 * np.asarray(seconds))


def test_the_network_gets_the_usual_density_where_none_is_asked_for(network):
    def density(**conditions: float) -> float:
        asked = config(conditions=Conditions(**conditions))
        composition = Composition(film(0.0, 6.0), network.config, asked)
        return float(composition.conditions()[ALL.index("density")])

    def as_read(density: float) -> float:
        return float(Conditions(density=density).vector(("density",))[0])

    assert density() == pytest.approx(as_read(usual_density(0.2, len(Instrument))))
    assert density(density=3.0) == as_read(3.0)


def test_the_tokens_of_an_instant_are_limited(biased):
    timeless = biased(TIMESHIFT=-30.0)
    score = compose(film(0.0, 5.0), timeless, config())
    played = np.unique([note.onset for note in score.notes], return_counts=True)[1]
    assert 0.5 * MOST_AT_ONCE < played.max() <= MOST_AT_ONCE


def test_one_bar_and_one_chord_an_instant(biased):
    insistent = biased(BAR=20.0, CHORD=20.0)
    score = compose(film(0.0, 2.0), insistent, config())
    assert len(set(score.bars)) == len(score.bars) > 1
    assert len(set(score.chords)) == len(score.chords) > 1


def test_progress_rises_to_the_duration(network):
    received: list[float] = []
    compose(film(0.0, 5.003), network, config(), received.append)
    assert all(a < b for a, b in pairwise(received))
    assert received[-1] == pytest.approx(5.003)


def _two_beats(bars: Sequence[float], chord: float) -> float:
    """Half a bar, by the last three before a chord."""
    lengths = sorted(np.diff([bar for bar in bars if bar <= chord][-4:]))
    half = lengths[len(lengths) // 2] / 2 if lengths else 0.0
    return float(np.clip(half, *CHORD_HOLD))


class Heard(NamedTuple):
    """What a listener receives at once: notes, chords, and the time up to which all is known."""

    notes: tuple[Note, ...]
    chords: tuple[float, ...]
    until: float


@pytest.fixture(scope="module")
def chordal(biased) -> tuple[Score, list[Heard]]:
    """Two minutes of a network that plays many chords, and what its listener received."""
    heard: list[Heard] = []

    def listen(notes: tuple[Note, ...], chords: tuple[float, ...], until: float) -> None:
        heard.append(Heard(notes, chords, until))

    return compose(film(0.0, 120.0), biased(CHORD=4.0), config(), listener=listen), heard


def test_a_chord_is_played_at_once_and_held(chordal):
    piece, _ = chordal
    assert len(piece.chords) > 10
    for chord in piece.chords:
        played = [n for n in piece.notes if n.onset == chord and n.instrument in CHORDAL]
        least = min(_two_beats(piece.bars, chord), piece.duration - chord) - 0.01
        held = [n for n in played if n.end - n.onset >= least]
        if len(played) < CHORD_NOTES:
            pytest.fail(f"{len(played)} notes at {chord}")
        assert len(held) >= CHORD_NOTES
        assert {n.velocity for n in played} == {120}


def test_silence_does_not_last(network):
    piece = compose(film(0.0, 60.0), network, config())
    reach = 0.0
    for note in piece.notes:
        assert note.onset - reach <= LONGEST_REST + 1.0
        reach = max(reach, note.end)


def test_a_listener_receives_every_note_and_chord_in_time(chordal):
    piece, heard = chordal
    for before, now in pairwise([Heard((), (), 0.0), *heard]):
        assert all(note.onset >= before.until for note in now.notes)
        assert all(chord >= before.until for chord in now.chords)
    assert heard[-1].until == 120.0
    received = [note for now in heard for note in now.notes]
    assert sorted(received, key=repr) == sorted(piece.notes, key=repr)
    marks = tuple(chord for now in heard for chord in now.chords)
    assert marks and marks == piece.chords


def test_pieces_composed_together_keep_their_own_conditions(tiny, random_model, exported):
    small = Network(exported(random_model(tiny(context=64))), "cpu", threads=1, precision="fp32")
    requests = [
        (film(0.0, 6.0, boundaries=(3.0,)), config()),
        (film(0.0, 2.0, 4.0, emotions=[(0.9, 0.1), (-0.9, 0.8)]), config(1)),
        (film(0.0, 12.0), config(2, instruments=(PIANO, BASS))),
    ]
    together = compose_all(requests, small)
    alone = [compose(cues, small, order) for cues, order in requests]
    assert [take.score for take in together] == alone
    assert all(0 < take.nll < 7 for take in together)


def test_pieces_and_progress_do_not_depend_on_threads(tiny, random_model, exported):
    weights = exported(random_model(tiny(context=64)))
    requests = [(film(0.0, 4.0), config(seed)) for seed in range(5)]
    pieces, seen = [], []
    for threads in (1, 2, 8):
        progress: list[float] = []
        network = Network(weights, "cpu", threads=threads)
        pieces.append([take.score for take in compose_all(requests, network, progress.append)])
        seen.append(progress)
    assert pieces[0] == pieces[1] == pieces[2]
    for progress in seen:
        assert progress == sorted(progress)
        assert progress[-1] == pytest.approx(20.0)


def guided(network: Network, guidance: float, cues: CueSheet, **conditions: float) -> Score:
    sampling = replace(BOLD, guidance=guidance)
    return compose(
        cues, network, GenerationConfig(3, sampling=sampling, conditions=Conditions(**conditions))
    )


def test_guidance_exaggerates_the_emotion_and_nothing_else(network):
    asked = film(0.0, 6.0)
    (section,) = asked.sections
    unsaid = replace(
        asked, sections=(replace(section, valence=float("nan"), arousal=float("nan")),)
    )
    plain = guided(network, 1.0, asked)
    assert guided(network, 3.0, asked) != plain
    assert guided(network, 3.0, unsaid) == guided(network, 1.0, unsaid) != plain
    assert guided(network, 3.0, unsaid, key=4.0) == guided(network, 1.0, unsaid, key=4.0)


def test_guided_pieces_do_not_depend_on_their_neighbours(network):
    sampling = replace(BOLD, guidance=2.0)
    requests = [
        (film(0.0, seconds), GenerationConfig(seed=seed, sampling=sampling if seed else BOLD))
        for seed, seconds in enumerate((6.0, 3.0, 9.0))
    ]
    together = [take.score for take in compose_all(requests, network)]
    assert together == [compose(cues, network, one) for cues, one in requests]


def test_a_note_does_not_end_at_its_onset(biased, monkeypatch):
    pushed = []
    push = ScoreBuilder.push
    monkeypatch.setattr(
        ScoreBuilder, "push", lambda self, token: (pushed.append(token), push(self, token))[1]
    )
    compose(film(0.0, 20.0), biased(OFF=4.0, ON=2.0), config())
    played: set[int] = set()
    ended = 0
    for token in pushed:
        kind = voc.TOKENS[token].kind
        if kind is Kind.TIMESHIFT:
            played.clear()
        elif kind is Kind.ON:
            played.add(token - 1)
        elif kind is Kind.OFF:
            assert token not in played
            ended += 1
    assert ended > 20
