from engine.music import vocabulary as voc
from engine.music.features import bar_position
from engine.music.features.bar_position import BarPosition, Moment


def positions(*tokens: int) -> list[Moment]:
    feature, values = BarPosition(), []
    for token in tokens:
        feature.push(token)
        values.append(feature.value)
    return values


def test_before_the_first_bar_the_position_is_unknown() -> None:
    assert positions(voc.MORE_INSTRUMENTS, voc.shift(10)) == [bar_position.UNKNOWN] * 2


def test_the_time_since_the_first_bar_is_known() -> None:
    *_, last = positions(voc.shift(7), voc.BAR, voc.shift(100), voc.shift(20))
    assert last == Moment(120, bar_position.UNKNOWN.part)


def test_the_part_of_a_bar_comes_from_the_length_of_the_last() -> None:
    bar = [voc.BAR, voc.shift(125), voc.shift(125)]
    seen = positions(*bar, voc.BAR, voc.shift(125), voc.shift(31))
    assert seen[-3] == Moment(0, 0)
    assert seen[-2] == Moment(125, 48)
    assert seen[-1] == Moment(156, 60)


def test_a_shortened_bar_does_not_change_the_length() -> None:
    bar = [voc.BAR, voc.shift(100), voc.shift(100)]
    short = [voc.BAR, voc.shift(60)]
    for before in ([*bar, *short], [*bar, *bar, *short], [*short, *bar]):
        assert positions(*before, voc.BAR, voc.shift(50))[-1] == Moment(50, 24)


def test_a_bar_without_end_has_the_largest_values() -> None:
    bar = [voc.BAR, voc.shift(100)]
    late = positions(*bar, *bar, *[voc.shift(125)] * 6)[-1]
    assert late == Moment(bar_position.LONGEST, bar_position.MOST_PARTS)
