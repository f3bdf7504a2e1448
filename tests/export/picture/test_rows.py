import pytest

from export.picture.rows import LEFT, MOST_ROWS, RIGHT, WIDTH, fitting, stride, wrap


@pytest.mark.parametrize(("duration", "count"), [(0.0, 1), (40.0, 1), (41.0, 2), (600.0, 15)])
def test_rows_last_up_to_forty_seconds(duration: float, count: int):
    assert len(wrap(duration, ())) == count


def test_rows_follow_each_other_and_hold_every_time_once():
    rows = wrap(100.0, [number * 1.7 for number in range(60)])
    for seconds in (0.0, 33.3, 34.0, 99.9, 100.0):
        assert sum(row.holds(seconds) for row in rows) == 1
    assert all(row.start in {number * 1.7 for number in range(60)} for row in rows)


def test_every_row_fits_the_picture_and_has_one_scale():
    rows = wrap(130.0, [0.0, 31.0, 66.0, 99.0])
    assert len({row.scale for row in rows}) == 1
    assert max(row.x(row.end) for row in rows) == pytest.approx(WIDTH - RIGHT)
    assert {row.x(row.start) for row in rows} == {LEFT}


def test_a_far_bar_line_does_not_begin_a_row():
    first, second = wrap(60.0, [0.0, 20.0])
    assert (first.end, second.start) == (30.0, 30.0)


def test_a_very_long_film_has_the_most_rows():
    assert len(wrap(86_400.0, ())) == MOST_ROWS


def test_labels_that_would_run_into_each_other_are_left_out():
    assert fitting([(0, "long label"), (20, "b"), (90, "c")]) == [(0, "long label"), (90, "c")]


def test_a_label_does_not_leave_the_picture():
    ((x, _),) = fitting([(WIDTH - 10, "a label")])
    assert x < WIDTH - 40


def test_one_of_a_power_of_two_places_is_drawn():
    places = [0.0, 3.0, 6.0, 9.0]
    assert [stride(places, apart) for apart in (3, 4, 6, 7, 25)] == [1, 2, 2, 4, 16]
    assert stride([5.0], 100) == 1
