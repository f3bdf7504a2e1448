from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from export.notation.grid import GridNote
from export.notation.voices import Chord, hits, split, voices

STEP = 3


def note(onset: int, end: int, pitch: int = 60) -> GridNote:
    return GridNote(onset, end, pitch)


notes = st.lists(
    st.builds(
        lambda onset, length, pitch: note(3 * onset, 3 * (onset + length), pitch),
        st.integers(0, 40), st.integers(1, 20), st.integers(55, 65),
    ),
    max_size=30,
    unique_by=lambda each: (each.onset, each.pitch),
).map(lambda found: sorted(found, key=lambda n: (n.onset, n.pitch)))  # fmt: skip


@given(notes, st.integers(1, 2))
def test_every_note_is_written_once_and_no_voice_overlaps_itself(found, most):
    lines = voices(found, STEP, most)
    assert len(lines) <= most
    written = [(c.start, pitch) for line in lines for c in line for pitch in c.pitches]
    assert sorted(written) == [(n.onset, n.pitch) for n in found]
    for line in lines:
        assert all(chord.end > chord.start for chord in line)
        assert all(a.end <= b.start for a, b in pairwise(line))


@given(notes)
def test_a_pitch_never_sounds_in_two_voices(found):
    spans = [(c.start, c.end, p) for line in voices(found, STEP) for c in line for p in c.pitches]
    for start, end, pitch in spans:
        assert not any(p == pitch and start < s < end for s, _, p in spans)


def test_small_rests_between_notes_are_filled():
    assert voices([note(0, 8), note(12, 18)], STEP) == (
        (Chord(0, 12, (60,)), Chord(12, 18, (60,))),
    )
    # A short note before a long pause stays short.
    assert voices([note(0, 3), note(24, 36)], STEP)[0][0] == Chord(0, 6, (60,))


def test_tones_that_end_nearly_together_are_a_chord():
    assert voices([note(0, 21, 60), note(0, 24, 64), note(0, 24, 67)], STEP) == (
        (Chord(0, 24, (60, 64, 67)),),
    )


def test_a_held_tone_below_a_moving_line_becomes_the_second_voice():
    line = [note(12, 24, 72), note(24, 36, 74), note(36, 48, 76)]
    first, second = voices([note(0, 48, 60), *line], STEP)
    assert [chord.pitches for chord in first] == [(72,), (74,), (76,)]
    assert second == (Chord(0, 48, (60,)),)


def test_drums_last_up_to_the_next_stroke_or_beat():
    strokes = [note(0, 3, 36), note(0, 3, 42), note(6, 9, 42), note(21, 24, 38)]
    assert hits(strokes, STEP) == (
        Chord(0, 6, (36, 42)), Chord(6, 12, (42,)), Chord(21, 24, (38,))
    )  # fmt: skip


def test_a_close_chord_stays_in_one_hand_and_a_wide_one_does_not():
    upper, lower = split([note(0, 6, 59), note(0, 6, 62), note(0, 6, 66)], 60)
    assert (len(upper), len(lower)) == (3, 0)
    upper, lower = split([note(0, 6, 40), note(0, 6, 64)], 60)
    assert (len(upper), len(lower)) == (1, 1)
