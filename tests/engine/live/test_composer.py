"""Pieces of tiny networks that are changed while they are composed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.composing.config import GenerationConfig
from engine.composing.planned import compose_planned_takes
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.live.composer import LivePiece, compose_live
from engine.live.control import EARLY, LiveChange, LiveControl
from engine.model.runtime import Network
from engine.plan.plan import Phrase, Plan
from engine.plan.timing import Timing
from engine.score import Instrument, Note
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = tuple(Instrument)
SECONDS = 14.0
PLAN = Plan(
    SECONDS,
    ((0, 0.0), (12, 6.2), (28, 14.0)),
    (4, 4, 4, 2, 4),
    phrases=(
        Phrase(1, "A", "C major", (BASS, PIANO, STRINGS), 8.0, "p", ("C", "Am", "F", "G")),
        Phrase(5, "B", "C major", (BASS, DRUMS, GUITAR), 12.0, "f", ("C", "Am", "F", "G")),
    ),
    last_chord=26,
)
CUES = CueSheet(
    Video("film.mp4", SECONDS, 24.0, 64, 36),
    0.0,
    SECONDS,
    (),
    hits_at((6.2,)),
    (Section(0.0, SECONDS, {}, 0.3, -0.2, "user"),),
)
CONFIG = GenerationConfig(7, sampling=Sampling(guidance=1.0))
DUO = LiveChange(3, LiveControl(instruments=(PIANO, STRINGS)))
WILD = LiveChange(5, LiveControl(valence=0.8, arousal=0.9))


class Audience:
    """Who follows a live piece, and the changes that come to it."""

    def __init__(self, *changes: LiveChange, after: int | None = 0) -> None:
        """after: how often a change is asked for before one comes; None: the piece is complete."""
        self.changes, self.after = list(changes), after
        self.asked = 0
        self.notes: list[Note] = []
        self.until = 0.0

    def next_change(self, complete: bool) -> LiveChange | None:
        self.asked += 1
        due = self.after is not None and self.asked > self.after
        if not self.changes or not (due or complete):
            return None
        self.asked = 0
        return self.changes.pop(0)

    def follow(self, cues, plan, change):
        if change is not None:
            start = begin(change)
            self.notes = [note for note in self.notes if note.onset < start]
            self.until = min(self.until, start)
        resume, waiting = self.until, []

        def listen(notes: Sequence[Note], chords: Sequence[float], until: float) -> None:
            # As the performer does, which gives notes their velocities in order of onset.
            waiting.extend(note for note in notes if note.onset >= resume)
            known = until if until < SECONDS else SECONDS + 1
            self.notes += [note for note in waiting if note.onset < known]
            waiting[:] = [note for note in waiting if note.onset >= known]
            self.until = max(self.until, until)

        return listen


def composed(network, *changes: LiveChange, audience: Audience | None = None) -> LivePiece:
    audience = audience or Audience(*changes)
    return compose_live(CUES, PLAN, network, CONFIG, audience.next_change, audience.follow)


def begin(change: LiveChange) -> float:
    """When a change's bar begins; a note that is barely early counts as on time."""
    return PLAN.seconds_at(PLAN.bar_line(change.bar)) - EARLY


def rows(piece: LivePiece | Audience) -> list[tuple[float, str, int, float]]:
    notes = piece.notes if isinstance(piece, Audience) else piece.take[0].score.notes
    return sorted((n.onset, n.instrument.value, n.pitch, n.end) for n in notes)


@pytest.fixture(scope="module", params=["network", "small", "droning"])
def source(request, tiny, random_model, exported) -> Network:
    """Networks as they are, with a window that passes often, and with long notes."""
    if request.param == "small":
        return Network(exported(random_model(tiny(context=32))), "cpu", threads=1)
    if request.param == "droning":
        return request.getfixturevalue("biased")(context=96, OFF=-8.0, CHORD=1.0)
    return request.getfixturevalue("network")


@pytest.fixture(scope="module")
def whole(source) -> LivePiece:
    """A piece without changes."""
    return composed(source)


@pytest.fixture(scope="module")
def changed(source) -> LivePiece:
    """A piece whose changes are all known from the start."""
    return composed(source, DUO, WILD)


def test_without_changes_the_piece_is_the_usual_one(source, whole):
    ((take, _),) = compose_planned_takes(CUES, PLAN, source, CONFIG, 1)
    assert whole.take[0].score == take.score
    assert (whole.plan, whole.cues, whole.changes) == (PLAN, CUES, ())


@pytest.mark.parametrize("after", [50, None])
def test_the_same_changes_give_the_same_piece_whenever_they_come(source, changed, after):
    audience = Audience(DUO, WILD, after=after)
    again = composed(source, audience=audience)
    assert again.take[0].score == changed.take[0].score
    assert again.changes == changed.changes == (DUO, WILD)
    assert rows(audience) == rows(again), "what was heard is what is written"
    assert audience.until == SECONDS


def test_all_that_begins_before_the_bar_is_kept(whole, changed):
    kept = [row for row in rows(whole) if row[0] < begin(DUO)]
    assert [row for row in rows(changed) if row[0] < begin(DUO)] == kept
    assert any(end > begin(DUO) + 0.1 for *_, end in kept), "no note sounds across the bar line"
    assert rows(changed) != rows(whole)


def test_players_change_at_the_bar(changed):
    between = {
        note.instrument
        for note in changed.take[0].score.notes
        if begin(DUO) <= note.onset < begin(WILD)
    }
    assert between == {PIANO, STRINGS}


def test_bars_and_tempo_stay(whole, changed):
    assert changed.take[0].score.bars == whole.take[0].score.bars
    assert changed.take[0].score.beat_map == Timing(PLAN).beat_map
    assert changed.take[0].score.harmony == whole.take[0].score.harmony


def test_density_changes_at_the_bar(network):
    counts = []
    for density in (2.0, 30.0):
        change = LiveChange(3, LiveControl(density=density))
        onsets = [row[0] for row in rows(composed(network, change))]
        counts.append(sum(begin(change) <= onset < begin(change) + 6 for onset in onsets) / 6)
    assert counts[0] < 5 < 15 < counts[1]


def test_a_change_of_an_earlier_bar_takes_back_later_ones(network):
    back = LiveChange(4, LiveControl(density=3.0))
    piece = composed(network, audience=Audience(DUO, WILD, back, after=None))
    assert piece.changes == (DUO, back)
    assert composed(network, DUO, back).take[0].score == piece.take[0].score


def test_a_change_of_the_first_bar_composes_all_anew(network):
    solo = LiveChange(1, LiveControl(instruments=(STRINGS,)))
    piece = composed(network, audience=Audience(solo, after=None))
    assert {note.instrument for note in piece.take[0].score.notes} == {STRINGS}
