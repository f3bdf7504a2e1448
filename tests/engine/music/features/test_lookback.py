from itertools import chain, pairwise

import pytest

from engine.music import vocabulary as voc
from engine.music.features.lookback import AGO, LONGEST, ORDER, SLACK, Lookback
from engine.score import Instrument

UNKNOWN = (voc.PAD,) * len(AGO)
KICK, SNARE, HAT = (voc.note_on(Instrument.DRUMS, pitch) for pitch in (36, 38, 42))
TUNE = [voc.note_on(Instrument.BASS, pitch) for pitch in (30, 32, 33, 35)]
BAR = [voc.BAR, KICK, voc.shift(60), SNARE, HAT, voc.shift(60)]


def lookbacks(*tokens: int) -> list[tuple[int, ...]]:
    feature, values = Lookback(), []
    for token in tokens:
        feature.push(token)
        values.append(feature.value)
    return values


def test_in_the_first_bar_everything_is_unknown() -> None:
    assert lookbacks(voc.MORE_INSTRUMENTS, voc.START, *BAR) == [UNKNOWN] * (2 + len(BAR))


def test_repeated_bars_are_predicted() -> None:
    tokens = BAR * 6
    values = lookbacks(*tokens)
    for column, ago in enumerate(AGO):
        known = ago * len(BAR)
        assert all(value[column] == voc.PAD for value in values[:known])
        assert [value[column] for value in values[known:-1]] == tokens[known + 1 :]


def test_each_distance_looks_at_its_own_bar() -> None:
    bars = [(voc.BAR, note, voc.shift(100), note - 1, voc.shift(100)) for note in TUNE]
    values = lookbacks(*chain.from_iterable(bars), voc.BAR)
    assert values[-1] == (TUNE[3], TUNE[2], TUNE[0])


@pytest.mark.parametrize("ago", [1, 3, 7, 12])
def test_any_distance_in_bars_can_be_asked_for(ago: int) -> None:
    notes = [voc.note_on(Instrument.PIANO, 60 + number) for number in range(12)]
    lookback = Lookback()
    assert lookback.ago(ago) == voc.PAD
    for token in chain.from_iterable((voc.BAR, note, voc.shift(100)) for note in notes):
        lookback.push(token)
    lookback.push(voc.BAR)
    assert lookback.ago(ago) == notes[-ago]
    assert lookback.ago(13) == voc.PAD


def test_a_bar_long_ago_is_unknown_once_it_is_forgotten() -> None:
    lookback = Lookback()
    for token in [*BAR, *BAR * (LONGEST // len(BAR)), voc.BAR]:
        lookback.push(token)
    bars = LONGEST // len(BAR) + 1
    assert lookback.ago(bars // 4) == KICK
    assert lookback.ago(bars) == voc.PAD


def test_an_instant_continues_after_its_last_token() -> None:
    """After the kick the snare follows. After the hat, which comes later, time advances."""
    begun = [*BAR, *BAR, voc.BAR, KICK, voc.shift(60)]
    assert [value[0] for value in lookbacks(*begun, HAT)[-2:]] == [SNARE, voc.shift(60)]


def test_between_two_instants_a_shift_leads_to_the_next() -> None:
    assert lookbacks(*BAR, *BAR, voc.BAR, voc.shift(20))[-1][0] == voc.shift(40)
    assert lookbacks(*BAR, *BAR, voc.BAR, voc.shift(100))[-1][0] == voc.shift(20)


@pytest.mark.parametrize("early", [-SLACK, SLACK])
def test_a_difference_of_two_steps_does_not_matter(early: int) -> None:
    assert lookbacks(*BAR, *BAR, voc.BAR, KICK, voc.shift(60 - early))[-1][0] == SNARE


def test_old_tokens_are_forgotten() -> None:
    lookback = Lookback()
    for token in BAR * 4 + [voc.shift(1)] * (LONGEST - 10) + BAR * 4:
        lookback.push(token)
    assert lookback.value[0] == voc.BAR
    lookback = Lookback()
    for token in [*BAR, voc.BAR, *[KICK] * LONGEST]:
        lookback.push(token)
    assert lookback.value == UNKNOWN


def test_bars_that_are_too_short_are_unknown() -> None:
    assert lookbacks(voc.BAR, voc.shift(SLACK), voc.BAR) == [UNKNOWN] * 3


def test_a_bar_longer_than_the_last_looks_back_into_itself() -> None:
    long = [voc.BAR, KICK, voc.shift(60), SNARE, voc.shift(60), HAT, voc.shift(60)]
    assert lookbacks(voc.BAR, voc.shift(60), *long)[-1][0] == HAT


def test_the_order_within_an_instant_is_that_of_the_normal_form() -> None:
    chord = [
        voc.note_off(Instrument.BASS, 30), voc.BAR, KICK, TUNE[0],
        voc.note_on(Instrument.STRINGS, 60), voc.CHORD, voc.note_on(Instrument.GUITAR, 60),
    ]  # fmt: skip
    assert all(a < b for a, b in pairwise(ORDER[[voc.shift(1), *chord]]))
