import pytest

from engine.music.conditions import KEYS
from export.notation.spelling import MOST_SIGNS, signs, spell

_CLASSES = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("C major", 0), ("A minor", 0), ("F# minor", 3), ("Bb major", -2), ("Eb minor", -6),
        ("C# major", 7), ("Ab minor", -7), ("G# major", -4),
    ],
)  # fmt: skip
def test_keys_have_their_signs(key, expected):
    assert signs(key) == expected


@pytest.mark.parametrize("key", KEYS)
def test_every_pitch_is_spelled_as_it_sounds(key):
    assert abs(signs(key)) <= MOST_SIGNS
    for pitch in range(21, 109):
        step, alter, octave = spell(pitch, signs(key))
        assert 12 * (octave + 1) + _CLASSES[step] + alter == pitch
        assert abs(alter) <= 1


def test_a_scale_needs_no_accidentals_beyond_its_key():
    flats = {spell(pitch, -3)[:2] for pitch in (60, 62, 63, 65, 67, 68, 70)}
    assert flats == {("C", 0), ("D", 0), ("E", -1), ("F", 0), ("G", 0), ("A", -1), ("B", -1)}
    # The leading note of a minor key is raised.
    assert spell(68, signs("A minor"))[:2] == ("G", 1)


def test_octaves_go_by_the_letter():
    assert spell(71, -7) == ("C", -1, 5)
    assert spell(60, 7) == ("B", 1, 3)
