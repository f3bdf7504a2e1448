import pytest

from engine.plan.plan import Plan
from engine.score import BeatMap, Score
from export.picture.timeline import Meeting, plan_timeline, score_timeline


def at(beat: float, *bars: tuple[int, int], duration: float = 12.0) -> Score:
    """A score whose quarter notes last ``beat`` seconds."""
    beat_map = BeatMap((0, 100), (0.0, 100 * beat), bars)
    return Score((), (), (), duration, beat_map=beat_map)


def test_the_beat_follows_the_time_signature():
    timeline = score_timeline(at(0.5, (6, 8), (3, 4), duration=3.0))
    assert timeline.bars == pytest.approx((0.0, 1.5))
    assert timeline.beats == pytest.approx((0.0, 0.75, 1.5, 2.0, 2.5))
    assert timeline.signatures == ((0.0, "6/8"), (1.5, "3/4"))


def test_no_bar_begins_where_the_film_ends():
    beat_map = BeatMap((0, 8, 16), (0.0, 3.7, 7.3 + 1e-5), ((4, 4),))
    timeline = score_timeline(Score((), (), (), 7.3, beat_map=beat_map))
    assert len(timeline.bars) == 4


def test_equal_tempi_are_one():
    beat_map = BeatMap((0, 8, 16, 24), (0.0, 4.0, 8.0, 13.0), ((4, 4),))
    timeline = score_timeline(Score((), (), (), 13.0, beat_map=beat_map))
    starts, tempi = zip(*timeline.tempi, strict=True)
    assert starts == pytest.approx((0.0, 8.0), abs=1e-4)
    assert tempi == pytest.approx((120.0, 96.0), abs=1e-3)


@pytest.mark.parametrize(
    ("seconds", "meeting"),
    [
        (4.0, Meeting.BAR_LINE),
        (4.0 + 1 / 30, Meeting.BAR_LINE),
        (4.0 - 1 / 30, Meeting.BAR_LINE),
        (4.04, Meeting.MISSED),
        (4.5, Meeting.BEAT),
        (99.0, Meeting.MISSED),
    ],
)
def test_a_boundary_meets_what_lies_within_a_thirtieth_of_a_second(
    seconds: float, meeting: Meeting
):
    timeline = score_timeline(at(0.5, (4, 4)))
    assert timeline.meeting(seconds) is meeting


def test_the_nearest_bar_counts_from_one():
    timeline = score_timeline(at(0.5, (4, 4)))
    assert [timeline.nearest_bar(seconds) for seconds in (0.0, 0.9, 1.1, 99.0)] == [1, 1, 2, 6]


def test_the_usual_time_signature_holds_the_longest():
    assert score_timeline(at(0.5, (3, 4), (2, 4), (4, 4))).usual_signature == "4/4"


def test_a_plan_has_the_bars_and_beats_of_its_points():
    plan = Plan(10.0, ((0, 0.0), (8, 4.0), (20, 10.1)), (4, 4, 3, 4, 4))
    timeline = plan_timeline(plan)
    lines = [plan.seconds_at(line) for line in plan.bar_lines()]
    assert timeline.bars == pytest.approx(lines, abs=1e-3)
    beats = [plan.seconds_at(beat) for beat in range(20)]
    assert timeline.beats == pytest.approx(beats, abs=1e-3)


def test_a_plan_in_dotted_quarters_has_their_beats():
    plan = Plan(8.0, ((0, 0.0), (12, 8.0)), (2,), beat="dotted quarter")
    timeline = plan_timeline(plan)
    assert timeline.signatures == ((0.0, "6/8"),)
    assert timeline.beats == pytest.approx([number * 2 / 3 for number in range(12)], abs=1e-3)
    assert [round(tempo, 2) for _, tempo in timeline.tempi] == [135.0]
