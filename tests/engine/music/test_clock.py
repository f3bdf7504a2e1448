"""The bar clock, and its twin for whole windows."""

import numpy as np
import torch

from engine.model.transformer import moments
from engine.music import clock
from engine.music import vocabulary as voc
from engine.music.clock import BarClock, Moment


def listen(*tokens: int) -> list[Moment]:
    return clock.read(BarClock(), tokens)[1]


def test_nothing_is_known_before_a_bar() -> None:
    assert listen(voc.MORE_INSTRUMENTS, voc.shift(10)) == [clock.UNKNOWN] * 2


def test_time_since_the_bar_is_known_from_the_first_on() -> None:
    *_, last = listen(voc.shift(7), voc.BAR, voc.shift(100), voc.shift(20))
    assert last == Moment(120, clock.UNKNOWN.part)


def test_part_of_the_bar_is_by_the_length_of_the_last() -> None:
    bar = [voc.BAR, voc.shift(125), voc.shift(125)]
    seen = listen(*bar, voc.BAR, voc.shift(125), voc.shift(31))
    assert seen[-3] == Moment(0, 0)
    assert seen[-2] == Moment(125, 48)
    assert seen[-1] == Moment(156, 60)


def test_a_bar_cut_short_changes_nothing() -> None:
    bar = [voc.BAR, voc.shift(100), voc.shift(100)]
    short = [voc.BAR, voc.shift(60)]
    for before in ([*bar, *short], [*bar, *bar, *short], [*short, *bar]):
        assert listen(*before, voc.BAR, voc.shift(50))[-1] == Moment(50, 24)


def test_a_bar_that_does_not_end() -> None:
    bar = [voc.BAR, voc.shift(100)]
    late = listen(*bar, *bar, *[voc.shift(125)] * 6)[-1]
    assert late == Moment(clock.LONGEST, clock.MOST_PARTS)


def test_the_network_reckons_alike() -> None:
    rng = np.random.default_rng(3)
    shares = np.full(voc.SIZE, 0.2 / voc.SIZE)
    shares[voc.BAR] = 0.1
    shares[voc.FIRST_SHIFT : voc.FIRST_NOTE] += 0.7 / voc.MAX_SHIFT
    tokens = rng.choice(voc.SIZE, (8, 400), p=shares / shares.sum())
    since, part = moments(torch.from_numpy(tokens), torch.from_numpy(voc.STEPS[tokens]))
    for row, told in zip(tokens, torch.stack([since, part], 2).tolist(), strict=True):
        assert told == [list(moment) for moment in listen(*row.tolist())]
    assert len(np.unique(since)) > 100 and len(np.unique(part)) > 90
