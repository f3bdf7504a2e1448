import pytest

from engine.originality.check import originality
from engine.score import Instrument, Note, Score

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument


def test_a_quote_is_reported_with_its_place(fingerprint, tune, played):
    score = played([*tune(900, 40), *tune(3)[10:50]], STRINGS)
    (part,) = originality(score, fingerprint).parts
    assert part.instrument is STRINGS
    assert part.notes == 80
    assert 40 <= part.longest <= 42
    assert part.begin == pytest.approx(10.0, abs=0.6)
    assert part.bar in (5, 6)
    assert not part.within


def test_a_tune_of_its_own_lies_within_the_band(fingerprint, tune, played):
    found = originality(played(tune(905, 80)), fingerprint)
    assert found.within
    assert found.share == 1.0


def test_the_share_counts_the_notes_outside_known_passages(fingerprint, tune, played):
    found = originality(played([*tune(900, 40), *tune(3)[10:50]]), fingerprint)
    assert found.share == pytest.approx(0.5, abs=0.03)


def test_a_score_without_notes_shares_nothing(fingerprint):
    found = originality(Score((), (), (), 4.0), fingerprint)
    assert (found.parts, found.share, found.within) == ((), 1.0, True)


def test_drums_are_left_out(fingerprint, tune, played):
    assert originality(played(tune(3), DRUMS), fingerprint).parts == ()


def test_ten_thousand_notes_at_one_instant_are_a_line_too(fingerprint):
    notes = tuple(
        Note(part, 0.0, 1.0, 21 + n % 88) for part in Instrument for n in range(2000)
    )  # fmt: skip
    found = originality(Score(notes, (), (), 1.0), fingerprint)
    assert [part.notes for part in found.parts] == [88] * 4
