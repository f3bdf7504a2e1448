"""A rule of one's own takes part in the loop like those that are there."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing import composition
from engine.composing.config import GenerationConfig
from engine.composing.logits.rule import Rule, stop_at
from engine.composing.loop import compose
from engine.composing.state import PieceState
from engine.cues import CueSheet, Video
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument, Score
from engine.section import Section

CUES = CueSheet(
    Video("f", 12.0, 24.0, 64, 36), 0.0, 12.0, (), (), (Section(0.0, 12.0, {}, 0.1, 0.2, "user"),)
)
ANY = np.ones(voc.SIZE, bool)
MIDDLE_C = voc.note_on(Instrument.PIANO, 60)


@pytest.fixture
def with_rule(monkeypatch, network):
    """Compose with one more rule."""

    def run(rule: Rule):
        usual = composition._rules
        monkeypatch.setattr(composition, "_rules", lambda *args: (*usual(*args), rule))
        return compose(CUES, network, GenerationConfig())

    return run


def test_the_plain_rule_changes_nothing(with_rule, network):
    assert with_rule(Rule()) == compose(CUES, network, GenerationConfig())


def test_a_mask_forbids(with_rule):
    class OnlyDrumsAndBass(Rule):
        def mask(self, allowed, state):
            low = np.isin(voc.INSTRUMENT, [0, 1]) | (voc.KIND != Kind.ON)
            return allowed & low

    score = with_rule(OnlyDrumsAndBass())
    assert {n.instrument for n in score.notes} <= {Instrument.BASS, Instrument.DRUMS}
    assert score.notes


def test_a_bias_favours(with_rule, network):
    class MiddleC(Rule):
        def bias(self, logits, state):
            logits = logits.copy()
            logits[MIDDLE_C] += 8
            return logits

    def share(score: Score) -> float:
        pitches = [note.pitch for note in score.part(Instrument.PIANO)]
        return pitches.count(60) / len(pitches)

    plain = compose(CUES, network, GenerationConfig())
    assert share(with_rule(MiddleC())) > share(plain) + 0.1


def test_a_forced_token_comes_and_every_token_is_seen(with_rule):
    class Metronome(Rule):
        """Middle C, once, at the first instant after a second."""

        def __init__(self) -> None:
            self.seen: list[int] = []
            self.forced = False

        def forced_token(self, state: PieceState) -> int | None:
            if self.forced or state.cursor < 125 or (3, 60) in state.active:
                return None
            self.forced = True
            return MIDDLE_C

        def update(self, token: int, state: PieceState) -> None:
            self.seen.append(token)

    rule = Metronome()
    score = with_rule(rule)
    place = rule.seen.index(MIDDLE_C)
    assert rule.forced and rule.seen[0] == voc.BAR
    onset = voc.to_seconds(int(voc.STEPS[rule.seen[:place]].sum()))
    assert any(n.pitch == 60 and n.onset == onset for n in score.part(Instrument.PIANO))


@pytest.mark.parametrize(
    ("left", "longest"), [(1, 1), (60, 60), (124, 124), (125, 125), (400, 125)]
)
def test_no_time_shift_leads_beyond_the_step(left, longest):
    stopped = stop_at(1000 + left, ANY, SimpleNamespace(cursor=1000))
    assert voc.STEPS[stopped].max() == longest
    assert stopped.sum() == voc.SIZE - (voc.MAX_SHIFT - longest)
    assert ANY.all()


def test_what_was_forbidden_stays_forbidden():
    allowed = ANY.copy()
    allowed[[voc.BAR, voc.shift(7)]] = False
    stopped = stop_at(9, allowed, SimpleNamespace(cursor=0))
    assert not stopped[[voc.BAR, voc.shift(7), voc.shift(10)]].any()
    assert stopped[voc.shift(9)]
