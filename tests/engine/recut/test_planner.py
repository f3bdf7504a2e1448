"""Plans of new cuts: kept bars are as they were, and gaps fit between them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.json_form import from_json, to_json
from engine.plan.plan import LATEST_PHRASE, Plan
from engine.plan.tempo_search import MOST_BEND
from engine.recut.cue_sheet import recut_cues
from engine.recut.planner import NewPlan, plan_recut
from engine.recut.stretches import Stretch, joined


def rates(plan: Plan) -> list[float]:
    return [(after - at) / (end - start) for (start, at), (end, after) in pairwise(plan.points)]


def middle(plan: Plan) -> float:
    return (min(rates(plan)) + max(rates(plan))) / 2


def kept_seconds(new: NewPlan) -> float:
    return sum(
        min(new.plan.seconds_at(run.new + run.beats), new.plan.duration)
        - new.plan.seconds_at(run.new)
        for run in new.kept
    )


def test_a_shot_between_two_hits_goes_without_a_new_bar(old_plan, old_cues, make_sheet):
    stretches = (Stretch(0.0, 0.0, 11.0), Stretch(17.5, 11.0, 14.5))
    cues = recut_cues(make_sheet(25.5, (6.0, 11.0, 15.5, 20.0)), old_cues, stretches)
    new = plan_recut(old_plan, cues, stretches)
    assert kept_seconds(new) == pytest.approx(25.5)
    assert new.plan.met(cues.boundaries) == (5, 5)
    assert new.plan.seconds_at(new.plan.last_chord) == pytest.approx(
        old_plan.seconds_at(old_plan.last_chord) - 6.5
    )


def test_the_same_film_has_the_same_plan(old_plan, old_cues):
    stretches = (Stretch(0.0, 0.0, 32.0),)
    cues = recut_cues(old_cues, old_cues, stretches)
    assert cues == old_cues
    new = plan_recut(old_plan, cues, stretches)
    assert [run.bars for run in new.kept] == [len(old_plan.bar_lines())]
    assert new.plan.bar_lines() == old_plan.bar_lines()
    assert new.plan.last_chord == old_plan.last_chord
    for bar in range(len(old_plan.bar_lines())):
        assert chords(new.plan, bar + 1) == chords(old_plan, bar + 1)


def chords(plan: Plan, bar: int) -> tuple[object, ...]:
    phrase = [phrase for phrase in plan.phrases if phrase.bar <= bar][-1]
    return phrase.key, phrase.instruments, phrase.chords_of_bar(bar - phrase.bar)


def test_kept_bars_keep_their_chords_and_players(old_plan, old_cues, make_sheet):
    stretches = (Stretch(0.0, 0.0, 9.3), Stretch(13.75, 9.3, 18.25))
    new = plan_recut(old_plan, recut_cues(make_sheet(27.55, (6.0, 9.3)), old_cues, stretches),
                     stretches)  # fmt: skip
    assert len(new.kept) == 2 and kept_seconds(new) > 20
    for run in new.kept:
        for n in range(run.bars):
            here, there = new.plan.bar_at(run.new) + n, old_plan.bar_at(run.old) + n
            assert chords(new.plan, here) == chords(old_plan, there)


def test_the_bar_before_a_kept_one_leads_there_as_it_did(old_plan, old_cues, make_sheet):
    """New picture at the start: the bars that led to the kept ones come before them."""
    stretches = (Stretch(11.0, 6.0, 21.0),)
    cues = recut_cues(make_sheet(27.0, (6.0,)), old_cues, stretches)
    (run,) = (new := plan_recut(old_plan, cues, stretches)).kept
    bar, before = new.plan.bar_at(run.new), old_plan.bar_at(run.old)
    assert bar > 1
    assert chords(new.plan, bar - 1)[2][-1] == chords(old_plan, before - 1)[2][-1]


def test_another_end_is_composed_anew(old_plan, old_cues, make_sheet):
    stretches = (Stretch(0.0, 0.0, 27.6),)
    cues = recut_cues(make_sheet(27.6, old_cues.boundaries[1:]), old_cues, stretches)
    new = plan_recut(old_plan, cues, stretches)
    (run,) = new.kept
    assert new.plan.last_chord >= run.new + run.beats
    key = new.plan.phrases[-1].key
    assert chords(new.plan, new.plan.bar_at(new.plan.last_chord))[2][-1].root == root(key)


def root(key: str) -> int:
    from engine.music.conditions import parse_key

    return int(parse_key(key)) % 12


def test_what_follows_the_last_chord_is_not_kept_before_new_picture(old_plan, old_cues, make_sheet):
    stretches = (Stretch(0.0, 0.0, 32.0),)
    cues = recut_cues(make_sheet(50.0, old_cues.boundaries[1:]), old_cues, stretches)
    new = plan_recut(old_plan, cues, stretches)
    assert all(run.old + run.beats <= old_plan.last_chord for run in new.kept)
    assert new.plan.seconds_at(new.plan.last_chord) > 45


def test_new_picture_of_another_emotion_has_another_key_and_loudness(
    old_plan, old_cues, make_sheet
):
    stretches = (Stretch(0.0, 0.0, 11.0), Stretch(11.0, 31.0, 21.0))
    other = make_sheet(52.0, (11.0, 31.0), (0.9, -0.8))
    new = plan_recut(old_plan, recut_cues(other, old_cues, stretches), stretches)
    between = [
        p for p in new.plan.phrases if 13 < new.plan.seconds_at(new.plan.bar_line(p.bar)) < 28
    ]
    assert between and all(phrase.key.endswith("major") for phrase in between)
    assert {p.key.split()[1] for p in old_plan.phrases} == {"minor"}
    assert {phrase.dynamics for phrase in between} == {"p"}
    assert "p" not in {phrase.dynamics for phrase in old_plan.phrases}


def test_a_cut_that_ends_just_after_a_phrase_begins_has_no_phrase_there(
    old_plan, old_cues, make_sheet
):
    bar = old_plan.bar_at(round(float(old_plan.clock.ticks(17.5))))
    assert bar in {phrase.bar for phrase in old_plan.phrases}
    stretches = (Stretch(0.0, 0.0, 17.5 + LATEST_PHRASE / 2),)
    cues = recut_cues(make_sheet(stretches[0].length, (6.0, 11.0)), old_cues, stretches)
    new = plan_recut(old_plan, cues, stretches)
    assert len(new.plan.bar_lines()) == bar
    assert new.plan.phrases[-1].bar < bar and chords(new.plan, bar)[2]


def test_beats_alone_are_planned_where_the_old_plan_has_nothing_else(
    free_plan, old_cues, make_sheet
):
    stretches = (Stretch(0.0, 0.0, 11.0), Stretch(17.5, 11.0, 14.5))
    cues = recut_cues(make_sheet(25.5, (6.0, 11.0)), old_cues, stretches)
    new = plan_recut(free_plan, cues, stretches)
    assert new.plan.phrases == () and new.plan.last_chord is None and len(new.kept) == 2


def test_nothing_in_common_keeps_nothing(old_plan, old_cues, make_sheet):
    new = plan_recut(old_plan, make_sheet(20.0, (7.0,)), ())
    assert new.kept == () and new.plan.last_chord is not None


pieces = st.lists(
    st.one_of(
        st.tuples(st.floats(0.0, 30.0), st.floats(0.2, 32.0)).map(
            lambda each: (each[0], min(each[1], 32.0 - each[0]))
        ),
        st.floats(0.1, 20.0),
    ),
    min_size=1,
    max_size=5,
)


@given(found=pieces, new_emotion=st.tuples(st.floats(-1, 1), st.floats(-1, 1)))
def test_any_cut_keeps_beats_and_stays_within_the_bend(
    old_plan, old_cues, make_sheet, found, new_emotion
):
    """found: pieces of the old film (start, length), and lengths of new picture."""
    stretches: list[Stretch] = []
    edits, now = [], 0.0
    for piece in found:
        length = piece if isinstance(piece, float) else piece[1]
        if not isinstance(piece, float):
            stretches.append(Stretch(piece[0], now, length))
        now += length
        edits.append(now)
    if now < 1:
        return
    kept = joined(stretches)
    cuts = tuple(sorted({edit for edit in edits[:-1] if edit < now}))
    cues = recut_cues(make_sheet(now, cuts, new_emotion), old_cues, kept)
    new = plan_recut(old_plan, cues, kept)
    plan = new.plan
    assert from_json(to_json(plan)) == plan
    for run in new.kept:
        assert run.new in plan.bar_lines()
        moved = plan.seconds_at(run.new) - old_plan.seconds_at(run.old)
        assert any(abs(each.moved - moved) < 1e-6 for each in kept)
        for beat in range(run.beats + 1):
            then = old_plan.seconds_at(run.old + beat) + moved
            assert plan.seconds_at(run.new + beat) == pytest.approx(then, abs=1e-6)
    assert max(abs(rate / middle(old_plan) - 1) for rate in rates(plan)) < MOST_BEND + 1e-6
