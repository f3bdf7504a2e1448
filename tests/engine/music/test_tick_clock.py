import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music.tempo import PPQ, Tempo, TempoMap
from engine.music.tick_clock import TickClock

GAPS = st.lists(st.integers(1, 20_000), max_size=8)
MICROSECONDS = st.integers(150_000, 2_000_000)
TEMPOS = GAPS.flatmap(
    lambda gaps: st.tuples(
        st.just([0, *np.cumsum(gaps).tolist()]),
        st.lists(MICROSECONDS, min_size=len(gaps) + 1, max_size=len(gaps) + 1),
    )
)


def test_ticks_become_seconds_at_every_tempo() -> None:
    clock = TickClock([0, 480], [1 / 960, 1 / 480])
    assert clock.seconds([0, 240, 480, 960]) == pytest.approx([0, 0.25, 0.5, 1.5])
    assert float(clock.seconds(720)) == pytest.approx(1.0)
    assert clock.ticks([0, 0.25, 0.5, 1.5]) == pytest.approx([0, 240, 480, 960])


def test_the_first_tempo_also_holds_before_the_first_tick() -> None:
    clock = TickClock([0, 100], [0.5, 0.01])
    assert float(clock.seconds(-2)) == -1
    assert float(clock.ticks(-1)) == -2


def test_given_starts_are_used_as_they_are() -> None:
    clock = TickClock([0, 2], [0.5, 0.25], starts=[0, 1.5])
    assert clock.seconds([1, 2, 4]).tolist() == [0.5, 1.5, 2]
    assert clock.ticks([1.5, 2]).tolist() == [2, 4]


@given(TEMPOS, st.lists(st.floats(0, 300), min_size=1))
def test_conversions_are_inverse(tempos: tuple[list[int], list[int]], seconds: list[float]) -> None:
    clock = TickClock(tempos[0], np.array(tempos[1]) / (PPQ * 1e6))
    assert clock.seconds(clock.ticks(seconds)) == pytest.approx(seconds, abs=1e-9)


@given(TEMPOS, st.floats(0, 300))
def test_a_tempo_map_sums_whole_microseconds(
    tempos: tuple[list[int], list[int]], seconds: float
) -> None:
    """The bytes of MIDI files depend on this: sums of rounded seconds would drift."""
    ticks, lengths = tempos
    starts, elapsed = [0], 0
    for before, after, length in zip(ticks, ticks[1:], lengths, strict=False):
        elapsed += (after - before) * length
        starts.append(elapsed)
    exact = [start / (PPQ * 1e6) for start in starts]
    row = max(i for i, start in enumerate(exact) if start <= seconds)
    beat = ticks[row] / PPQ + (seconds - exact[row]) / (lengths[row] / 1e6)
    tempo_map = TempoMap(tuple(map(Tempo, ticks, lengths)), (), ())
    assert float(tempo_map.beat_at(seconds)) == beat
