"""The lookback: what followed at this place bars ago."""

from itertools import chain, pairwise

import pytest

from engine.music import vocabulary as voc
from engine.music.features.lookback import AGO, LONGEST, ORDER, SLACK, Lookback
from engine.score import Instrument

UNKNOWN = (voc.PAD,) * len(AGO)
KICK, SNARE, HAT = (voc.note_on(Instrument.DRUMS, pitch) for pitch in (36, 38, 42))
TUNE = [voc.note_on(Instrument.BASS, pitch) for pitch in (30, 32, 33, 35)]
BAR = [voc.BAR, KICK, voc.shift(60), SNARE, HAT, voc.shift(60)]


def listen(*tokens: int) -> list[tuple[int, ...]]:
    lookback, told = Lookback(), []
    for token in tokens:
        lookback.push(token)
        told.append(lookback.value)
    return told


def test_nothing_is_known_of_the_first_bar() -> None:
    assert listen(voc.MORE_INSTRUMENTS, voc.START, *BAR) == [UNKNOWN] * (2 + len(BAR))


def test_what_repeats_is_foretold() -> None:
    tokens = BAR * 6
    told = listen(*tokens)
    for column, ago in enumerate(AGO):
        known = ago * len(BAR)
        assert all(heard[column] == voc.PAD for heard in told[:known])
        assert [heard[column] for heard in told[known:-1]] == tokens[known + 1 :]


def test_each_echo_is_of_its_own_bar() -> None:
    bars = [(voc.BAR, note, voc.shift(100), note - 1, voc.shift(100)) for note in TUNE]
    told = listen(*chain.from_iterable(bars), voc.BAR)
    assert told[-1] == (TUNE[3], TUNE[2], TUNE[0])


def test_an_instant_goes_on_where_it_stands() -> None:
    """The snare left out, the hat is next; the hat struck, time moves on."""
    begun = [*BAR, *BAR, voc.BAR, KICK, voc.shift(60)]
    assert [heard[0] for heard in listen(*begun, HAT)[-2:]] == [SNARE, voc.shift(60)]


def test_a_moment_between_two_is_led_to_the_next() -> None:
    assert listen(*BAR, *BAR, voc.BAR, voc.shift(20))[-1][0] == voc.shift(40)
    assert listen(*BAR, *BAR, voc.BAR, voc.shift(100))[-1][0] == voc.shift(20)


@pytest.mark.parametrize("early", [-SLACK, SLACK])
def test_a_step_or_two_are_no_difference(early: int) -> None:
    assert listen(*BAR, *BAR, voc.BAR, KICK, voc.shift(60 - early))[-1][0] == SNARE


def test_long_ago_is_forgotten() -> None:
    lookback = Lookback()
    for token in BAR * 4 + [voc.shift(1)] * (LONGEST - 10) + BAR * 4:
        lookback.push(token)
    assert lookback.value[0] == voc.BAR
    lookback = Lookback()
    for token in [*BAR, voc.BAR, *[KICK] * LONGEST]:
        lookback.push(token)
    assert lookback.value == UNKNOWN


def test_bars_too_short_have_no_echo() -> None:
    assert listen(voc.BAR, voc.shift(SLACK), voc.BAR) == [UNKNOWN] * 3


def test_a_bar_longer_than_the_last_hears_on_into_itself() -> None:
    long = [voc.BAR, KICK, voc.shift(60), SNARE, voc.shift(60), HAT, voc.shift(60)]
    assert listen(voc.BAR, voc.shift(60), *long)[-1][0] == HAT


def test_orders_are_the_normal_form_s() -> None:
    chord = [
        voc.note_off(Instrument.BASS, 30), voc.BAR, KICK, TUNE[0],
        voc.note_on(Instrument.STRINGS, 60), voc.CHORD, voc.note_on(Instrument.GUITAR, 60),
    ]  # fmt: skip
    assert all(a < b for a, b in pairwise(ORDER[[voc.shift(1), *chord]]))
