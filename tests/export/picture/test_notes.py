import pytest

from engine.score import Instrument, Note
from export.picture.notes import FEWEST_PITCHES, HIGHEST, LOWEST, SILENT, lane, pitch_name
from export.picture.rows import wrap


def notes(*pitches: int) -> list[Note]:
    return [Note(Instrument.PIANO, place, place + 0.5, p) for place, p in enumerate(pitches)]


def test_a_lane_is_as_high_as_its_pitches_need():
    heights = [lane(Instrument.PIANO, notes(*p)).height for p in ((), (60,), (40, 70), (0, 127))]
    assert heights == [SILENT, LOWEST, pytest.approx(1.7 * 31), HIGHEST]


def test_every_pitch_lies_within_the_lane():
    for pitches in ((60,), (60, 63), (36, 96), (0, 127)):
        part = lane(Instrument.PIANO, notes(*pitches))
        assert part.high - part.low + 1 >= FEWEST_PITCHES
        assert all(0 < part.y(pitch) < part.height for pitch in pitches)


def test_a_lane_names_its_lowest_and_highest_pitch():
    assert lane(Instrument.PIANO, notes(70, 36)).label == "C2 to Bb4"
    assert lane(Instrument.PIANO, []).label == "silent"
    assert lane(Instrument.DRUMS, notes(36)).label == ""
    assert pitch_name(0) == "C-1"


def test_notes_that_begin_in_one_pixel_are_one_stroke():
    quick = [Note(Instrument.PIANO, number / 10, number / 10 + 0.1, 60) for number in range(3600)]
    (fine,) = wrap(40.0, ())
    (_, separate), *_ = lane(Instrument.PIANO, quick[:400]).strokes(fine)
    assert len(separate) == 400
    coarse = wrap(86_400.0, ())[0]
    (_, joined), *_ = lane(Instrument.PIANO, quick).strokes(coarse)
    x, _, _ = joined[0]
    last, _, length = joined[-1]
    assert len(joined) < 60
    assert last + length - x == pytest.approx(360 * coarse.scale, abs=3)


def test_other_pitches_are_not_joined():
    both = [Note(Instrument.PIANO, 0.0, 0.1, pitch) for pitch in (60, 64)]
    ((_, strokes),) = lane(Instrument.PIANO, both).strokes(wrap(10.0, ())[0])
    assert len({y for _, y, _ in strokes}) == 2
