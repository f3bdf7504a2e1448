"""What a user changes in a region; the plan's beats and everything outside stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.music.conditions import parse_key
from engine.plan.plan import Phrase, Plan
from engine.rescore.changes import Changes, changed
from engine.rescore.regions import Region
from engine.score import Instrument
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = EVERYONE = tuple(Instrument)
PLAN = Plan(
    32.0,
    ((0, 0.0), (64, 32.0)),
    (4,),
    phrases=(
        Phrase(1, "A", "C major", (BASS, PIANO), 8.0, "p", ("C", "Am", "F", "G")),
        Phrase(5, "B", "C major", EVERYONE, 12.0, "f", ("F", "C G", "Dm", "G")),
        Phrase(9, "A", "C major", (PIANO, STRINGS), 8.0, "p", ("C", "Am", "F", "G")),
    ),
    last_chord=60,
)
"""Bars of two seconds."""


def film() -> CueSheet:
    sections = (
        Section(0.0, 16.0, {}, 0.3, -0.2, "look"),
        Section(16.0, 32.0, {}, 0.4, 0.0, "look"),
    )
    return CueSheet(Video("film.mp4", 32.0, 24.0, 64, 36), 0.0, 32.0, (), (), sections)


def bars(plan: Plan) -> list[tuple[str, tuple[Instrument, ...], float, str]]:
    """Chords, players, density and dynamics of each bar."""
    ends = [*(phrase.bar for phrase in plan.phrases[1:]), 17]
    return [
        (
            phrase.chords[(bar - phrase.bar) % len(phrase.chords)],
            phrase.instruments,
            phrase.density,
            phrase.dynamics,
        )
        for phrase, end in zip(plan.phrases, ends, strict=True)
        for bar in range(phrase.bar, end)
    ]


def check_outside(plan: Plan, first: int, until: int) -> None:
    """The bars outside ``first`` up to ``until`` are as they were."""
    before, after = bars(PLAN), bars(plan)
    assert after[: first - 1] == before[: first - 1]
    assert after[until - 1 :] == before[until - 1 :]
    assert replace(plan, phrases=PLAN.phrases) == PLAN


def test_without_changes_everything_is_as_it_was():
    assert changed(PLAN, film(), Region(3.0, 9.0), Changes()) == (PLAN, film())


def test_density_and_players_change_in_the_bars_of_the_region():
    changes = Changes(density=20.0, instruments=(DRUMS, STRINGS))
    plan, cues = changed(PLAN, film(), Region(4.0, 12.0), changes)
    check_outside(plan, 3, 7)
    for _, players, density, _ in bars(plan)[2:6]:
        assert (players, density) == ((DRUMS, STRINGS), 20.0)
    assert [bar[0] for bar in bars(plan)] == [bar[0] for bar in bars(PLAN)]
    assert cues == film()


def test_parts_of_a_phrase_do_not_pass_for_its_beginning():
    """A phrase of the same form repeats the bars of the last one, from its first on."""
    plan, _ = changed(PLAN, film(), Region(4.0, 6.0), Changes(density=20.0))
    assert [(p.bar, p.form) for p in plan.phrases] == [
        (1, "A"), (3, "C"), (4, "D"), (5, "B"), (9, "A"),
    ]  # fmt: skip


def test_parts_that_are_kept_stay_among_the_players():
    region = Region(8.0, 16.0, frozenset({STRINGS, PIANO}))
    plan, _ = changed(PLAN, film(), region, Changes(instruments=(STRINGS,)))
    assert plan.phrases[1].instruments == (BASS, DRUMS, GUITAR, STRINGS)
    with pytest.raises(EmsyncError, match="nobody plays there"):
        region = Region(8.0, 16.0, frozenset(EVERYONE))
        changed(PLAN, film(), region, Changes(instruments=()))


def test_chords_repeat_from_the_region_s_first_bar_and_the_piece_ends_as_planned():
    plan, _ = changed(PLAN, film(), Region(24.0, 32.0), Changes(chords=("Em", "D C B A E")))
    assert [bar[0] for bar in bars(plan)[12:]] == ["Em", "D C B A", "Em", bars(PLAN)[15][0]]
    assert bars(plan)[:12] == bars(PLAN)[:12]


def test_another_emotion_brings_its_own_density_dynamics_and_players():
    plan, cues = changed(PLAN, film(), Region(8.0, 16.0), Changes(emotion="lonely"))
    check_outside(plan, 5, 9)
    _, players, density, dynamics = bars(plan)[4]
    assert density < 12.0 and dynamics == "p" and len(players) < 5
    assert parse_key(plan.phrases[1].key) == 21  # the relative minor of C major
    assert [(s.start, s.end) for s in cues.sections] == [(0.0, 8.0), (8.0, 16.0), (16.0, 32.0)]
    assert cues.sections[1].valence == -0.65 and cues.sections[0].valence == 0.3


def test_a_value_of_the_emotion_changes_alone():
    _, cues = changed(PLAN, film(), Region(12.0, 20.0), Changes(arousal=0.8))
    assert [(s.start, s.valence, s.arousal) for s in cues.sections] == [
        (0.0, 0.3, -0.2), (12.0, 0.3, 0.8), (16.0, 0.4, 0.8), (20.0, 0.4, 0.0),
    ]  # fmt: skip


def test_a_region_within_a_bar_changes_that_bar():
    plan, _ = changed(PLAN, film(), Region(8.1, 8.6), Changes(density=3.0))
    assert [bar[2] for bar in bars(plan)][3:6] == [8.0, 3.0, 12.0]


def test_a_plan_without_phrases_has_nothing_to_change_but_the_emotion():
    plan = replace(PLAN, phrases=())
    assert changed(plan, film(), Region(4.0, 8.0), Changes(emotion="dark"))[0] == plan
    with pytest.raises(EmsyncError, match="no phrases"):
        changed(plan, film(), Region(4.0, 8.0), Changes(density=3.0))


@pytest.mark.parametrize("region", [Region(15.2, 32.0), Region(16.9, 31.2)])
def test_a_section_whose_bars_begin_beside_it_leaves_no_sliver(region):
    _, cues = changed(PLAN, film(), region, Changes(emotion="tense"))
    assert [(each.start, each.end) for each in cues.sections] == [(0.0, 16.0), (16.0, 32.0)]
    assert cues.sections[0].valence == 0.3 and cues.sections[1].arousal == 0.75
