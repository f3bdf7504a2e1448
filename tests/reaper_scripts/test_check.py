from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def parts(reaper, **notes):
    """Lua tables of (onset, pitch, velocity) by part."""
    table = reaper.lua.table_from
    return table({
        part: table([table({"onset": o, "pitch": p, "velocity": v}) for o, p, v in of])
        for part, of in notes.items()
    })  # fmt: skip


def compare(reaper, wanted, got):
    result = reaper.module("check").compare(parts(reaper, bass=wanted), parts(reaper, bass=got))
    return result.offset, result.parts.bass


SCORE = [(0.25 * row, 40 + row * row % 5, 80 + row) for row in range(40)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.floats(-1.5, 15), st.sets(st.integers(0, 39), max_size=10), st.randoms())
def test_the_offset_and_the_lost_notes_are_found(reaper, offset, lost, random):
    got = [
        (onset + offset + random.uniform(-0.004, 0.004), pitch, velocity)
        for row, (onset, pitch, velocity) in enumerate(SCORE)
        if row not in lost
    ]
    found, part = compare(reaper, SCORE, got)
    assert found == pytest.approx(offset, abs=0.004)
    assert (part.wanted, part.lost, part.extra, part.changed, part.swapped) == (
        40, len(lost), 0, 0, 0,
    )  # fmt: skip
    assert part.worst <= 0.008


def test_other_velocities_extra_notes_and_swapped_notes_are_counted(reaper):
    wanted = [(0.0, 40, 80), (0.5, 41, 80), (0.52, 42, 80), (1.0, 43, 80)]
    got = [(0.1, 40, 80), (0.63, 41, 80), (0.62, 42, 90), (1.1, 43, 80), (3.0, 50, 80)]
    offset, part = compare(reaper, wanted, got)
    assert offset == pytest.approx(0.1)
    assert (part.lost, part.extra, part.changed, part.swapped) == (0, 1, 1, 1)
    assert part.worst == pytest.approx(0.03)


@pytest.mark.parametrize(("off", "lost", "worst"), [(0.2, 0, 0.2), (3.1, 1, 0)])
def test_a_note_is_late_up_to_half_a_second_and_then_lost(reaper, off, lost, worst):
    got = [(onset + off * (row == 7), p, v) for row, (onset, p, v) in enumerate(SCORE)]
    _, part = compare(reaper, SCORE, got)
    assert (part.lost, part.extra, part.worst) == (lost, lost, pytest.approx(worst))


def test_a_lost_note_does_not_change_the_pairs_around_it(reaper):
    roll = [(0.1 * row, 42, 80) for row in range(30)]
    _, part = compare(reaper, roll, [note for row, note in enumerate(roll) if row != 11])
    assert (part.lost, part.extra, part.worst) == (1, 0, 0)


def test_a_take_without_notes_has_no_offset(reaper):
    offset, part = compare(reaper, SCORE, [])
    assert offset is None and part.lost == 40


def test_the_offset_is_the_same_for_all_parts(reaper):
    wanted = parts(reaper, bass=SCORE, piano=SCORE)
    got = parts(reaper, bass=[(o + 0.3, p, v) for o, p, v in SCORE],
                piano=[(o + 0.302, p, v) for o, p, v in SCORE])  # fmt: skip
    result = reaper.module("check").compare(wanted, got)
    assert result.offset == pytest.approx(0.301)
    assert result.parts.bass.typical == pytest.approx(0.001)
