from hypothesis import given
from hypothesis import strategies as st

from export.notation.grid import Bar
from export.notation.values import values

COMMON, WALTZ, JIG = Bar(0, 48, 4, 4), Bar(0, 36, 3, 4), Bar(0, 36, 6, 8)
BARS = (COMMON, WALTZ, JIG, Bar(0, 24, 2, 4), Bar(0, 60, 5, 4), Bar(0, 72, 12, 8))


def named(start: int, end: int, bar: Bar, is_rest: bool = False) -> list[str]:
    return [
        value.type + "." * value.is_dotted + "3" * value.is_triplet
        for value in values(start, end, bar, is_rest)
    ]


def test_lengths_on_the_beat_are_one_value():
    assert named(0, 48, COMMON) == ["whole"]
    assert named(0, 36, COMMON) == ["half."]
    assert named(12, 36, COMMON) == ["half"]
    assert named(0, 18, COMMON) == ["quarter."]
    assert named(3, 12, COMMON) == ["eighth."]
    assert named(0, 36, WALTZ) == named(0, 36, JIG) == ["half."]
    assert named(18, 36, JIG) == ["quarter."]


def test_a_length_across_a_beat_shows_the_beat():
    assert named(9, 21, COMMON) == ["16th", "eighth."]
    assert named(3, 15, COMMON) == ["eighth.", "16th"]
    assert named(12, 24, JIG) == ["eighth", "eighth"]


def test_a_syncopation_within_half_a_bar_is_one_note_but_not_across_its_middle():
    assert named(6, 18, COMMON) == ["quarter"]
    assert named(18, 30, COMMON) == ["eighth", "eighth"]


def test_rests_begin_where_their_value_divides_the_bar():
    assert named(12, 48, COMMON, is_rest=True) == ["quarter", "half"]
    assert named(6, 18, COMMON, is_rest=True) == ["eighth", "eighth"]
    assert named(3, 12, COMMON, is_rest=True) == ["16th", "eighth"]


def test_thirds_of_a_beat_are_triplets():
    assert named(4, 12, COMMON) == ["quarter3"]
    assert named(8, 24, COMMON) == ["eighth3", "quarter"]
    assert named(0, 28, COMMON) == ["half", "eighth3"]


@given(st.sampled_from(BARS), st.integers(0, 23), st.integers(1, 24), st.booleans())
def test_values_of_sixteenths_fill_a_length_exactly(bar, start, length, is_rest):
    start, end = 3 * start, min(3 * (start + length), bar.length)
    found = list(values(start, end, bar, is_rest))
    assert sum(value.units for value in found) == max(end - start, 0)
    assert not any(value.is_triplet for value in found)


@given(st.integers(0, 11), st.integers(1, 12), st.booleans())
def test_values_of_triplets_fill_a_length_exactly(start, length, is_rest):
    start, end = 4 * start, min(4 * (start + length), COMMON.length)
    found = list(values(start, end, COMMON, is_rest))
    assert sum(value.units for value in found) == end - start
    # A triplet never goes beyond its beat.
    for value in found:
        if value.is_triplet:
            assert value.start // 12 == (value.start + value.units - 1) // 12
