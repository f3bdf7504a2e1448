"""The bar bar_position."""

from engine.music import vocabulary as voc
from engine.music.features import bar_position
from engine.music.features.bar_position import BarPosition, Moment


def listen(*tokens: int) -> list[Moment]:
    bars, bar_positions = BarPosition(), []
    for token in tokens:
        bars.push(token)
        bar_positions.append(bars.value)
    return bar_positions


def test_nothing_is_known_before_a_bar() -> None:
    assert listen(voc.MORE_INSTRUMENTS, voc.shift(10)) == [bar_position.UNKNOWN] * 2


def test_time_since_the_bar_is_known_from_the_first_on() -> None:
    *_, last = listen(voc.shift(7), voc.BAR, voc.shift(100), voc.shift(20))
    assert last == Moment(120, bar_position.UNKNOWN.part)


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
    assert late == Moment(bar_position.LONGEST, bar_position.MOST_PARTS)
