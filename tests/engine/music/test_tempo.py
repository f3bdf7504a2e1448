from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.music.tempo import PPQ, Metre, Tempo, TempoMap, derive, tempo_map
from engine.score import Instrument, Note, Score

GRID = 0.008


def bars_of(seconds: float, count: int = 24, start: float = 0.0) -> np.ndarray:
    return start + np.arange(count) * seconds


def on_token_grid(times: np.ndarray) -> np.ndarray:
    return np.round(times / GRID) * GRID


def joined(*lengths: float) -> np.ndarray:
    """Downbeats of bars of these lengths."""
    return np.cumsum([0.0, *lengths])


def patterned(bars: np.ndarray, pattern: list[float]) -> list[float]:
    """Onsets at these fractions of every bar."""
    return [a + (b - a) * part for a, b in pairwise(bars) for part in pattern]


def metres(tempo_map: TempoMap) -> list[tuple[float, str]]:
    return [(m.tick / PPQ, f"{m.numerator}/{m.denominator}") for m in tempo_map.metres]


def tempos(tempo_map: TempoMap) -> list[tuple[float, float]]:
    return [(t.tick / PPQ, round(6e7 / t.microseconds, 1)) for t in tempo_map.tempos]


def distance(tempo_map: TempoMap, bars: np.ndarray) -> float:
    """The largest distance of a BAR from its nearest bar line, in seconds."""
    lines = tempo_map.seconds_at(tempo_map.bars)
    return max(float(np.min(np.abs(lines - bar))) for bar in bars)


QUARTERS = [0, 1 / 4, 2 / 4, 3 / 4]
THIRDS = [0, 1 / 3, 2 / 3]
SIXTHS = [0, 2 / 6, 3 / 6, 5 / 6]


@pytest.mark.parametrize(
    ("bars", "expected_tempos", "expected_metres"),
    [
        (np.array([]), [(0, 120)], [(0, "4/4")]),
        (np.array([0.0]), [(0, 120)], [(0, "4/4")]),
        (bars_of(2), [(0, 120)], [(0, "4/4")]),
        (on_token_grid(bars_of(240 / 117, 200)), [(0, 117)], [(0, "4/4")]),
        (np.delete(bars_of(2), [3, 11, 12]), [(0, 120)], [(0, "4/4")]),  # missing
        (np.sort([*bars_of(2), 9.0, 20.7]), [(0, 120)], [(0, "4/4")]),  # too many
        (joined(*[2.0] * 9, 2.15, 1.85, *[2.0] * 9), [(0, 120)], [(0, "4/4")]),  # late
        (joined(*[2.0] * 8, 1.0, *[2.0] * 8), [(0, 120)], [(0, "4/4"), (32, "2/4"), (34, "4/4")]),
        (joined(*[2.0] * 9, *[2.4] * 9), [(0, 120), (36, 100)], [(0, "4/4")]),
        (joined(*[2.0] * 9, *[2.02, 1.98] * 5), [(0, 120)], [(0, "4/4")]),  # below 2%
        (bars_of(2, start=0.5), [(0, 120)], [(0, "1/4"), (1, "4/4")]),
        (bars_of(2, start=1.25), [(0, 120)], [(0, "5/8"), (2.5, "4/4")]),
        (bars_of(2, start=5.0), [(0, 120)], [(0, "2/4"), (2, "4/4")]),
        (np.array([0.0, 1000.0]), [(0, 120)], [(0, "4/4")]),
    ],
)
def test_tempos_and_time_signatures_come_from_bars_alone(
    bars: np.ndarray,
    expected_tempos: list[tuple[float, float]],
    expected_metres: list[tuple[float, str]],
) -> None:
    found = derive(bars.tolist(), 2.0 + max(bars, default=0))
    assert (tempos(found), metres(found)) == (expected_tempos, expected_metres)


@pytest.mark.parametrize(
    ("pattern", "tempo", "metre"),
    [(QUARTERS, 120, "4/4"), (THIRDS, 90, "3/4"), (SIXTHS, 90, "6/8")],
)
def test_onsets_distinguish_time_signatures_of_one_length(
    pattern: list[float], tempo: float, metre: str
) -> None:
    found = derive(bars_of(2).tolist(), 48, patterned(bars_of(2), pattern))
    assert (tempos(found), metres(found)) == ([(0, tempo)], [(0, metre)])


def test_onsets_distinguish_a_new_time_signature_from_a_new_tempo() -> None:
    bars = joined(*[2.0] * 12, *[1.5] * 12)
    onsets = [*patterned(bars[:13], QUARTERS), *patterned(bars[12:], THIRDS)]
    found = derive(bars.tolist(), 44, onsets)
    assert (tempos(found), metres(found)) == ([(0, 120)], [(0, "4/4"), (48, "3/4")])


@pytest.mark.parametrize("start", [0.3, 0.6, 3.33])
def test_an_upbeat_ends_on_the_first_bar(start: float) -> None:
    bars = bars_of(2, start=start)
    assert distance(derive(bars.tolist(), 60), bars) < 0.001


def test_slow_drift_is_followed() -> None:
    bars = joined(*[2.0] * 20, *[240 / 121] * 20)  # 0.8% faster: 0.33 s within 20 bars
    found = derive(bars.tolist(), 90)
    assert tempos(found) == [(0, 120), (80, 121)]
    assert distance(found, bars) < 0.005


@given(st.lists(st.floats(-0.008, 0.008), min_size=19, max_size=19))
@settings(max_examples=15, deadline=None)
def test_jitter_does_not_change_the_tempo(jitter: list[float]) -> None:
    bars = np.append(0.0, bars_of(2, 20)[1:] + jitter)
    found = derive(bars.tolist(), 40)
    assert len(found.tempos) == 1
    assert distance(found, bars) < 0.03


def test_a_ritardando_is_followed() -> None:
    bars = joined(*2 * 1.01 ** np.arange(30))
    assert distance(derive(bars.tolist(), bars[-1] + 2), bars) < 0.04


def test_a_score_is_counted_by_the_onsets_of_its_notes() -> None:
    bars = bars_of(2)
    notes = [Note(Instrument.PIANO, t, t + 0.1, 60) for t in patterned(bars, THIRDS)]
    found = tempo_map(Score(tuple(notes), tuple(bars.tolist()), (), 48))
    assert found.metres == (Metre(0, 3, 4),)
    assert found.tempos == (Tempo(0, 666_667),)


any_bars = st.lists(st.floats(0, 1000), max_size=12)


@given(any_bars, st.floats(0, 1000), st.lists(st.floats(0, 700), max_size=12))
@settings(max_examples=50, deadline=None)
def test_times_are_exact_to_a_tick_for_any_bars(
    bars: list[float], duration: float, times: list[float]
) -> None:
    found = derive(bars, duration, times)
    ticks = found.tick_at(times)
    # Play the file's own numbers, in integers, as a sequencer does.
    changes = [*found.tempos, Tempo(2**62, 1)]
    for tick, time in zip(ticks.tolist(), times, strict=True):
        elapsed = sum(
            (min(following.tick, tick) - tempo.tick) * tempo.microseconds
            for tempo, following in pairwise(changes)
            if tempo.tick < tick
        )
        now = max((t for t in found.tempos if t.tick <= tick), key=lambda t: t.tick)
        before = max((t for t in found.tempos if t.tick < max(tick, 1)), key=lambda t: t.tick)
        assert abs(elapsed / PPQ - time * 1e6) <= max(now, before, key=_slowness).microseconds / PPQ
    assert found.seconds_at(found.beat_at(times)) == pytest.approx(times, abs=1e-6)
    assert found.beat_at(found.seconds_at(found.bars)) == pytest.approx(found.bars, abs=1e-6)
    assert found.tempos[0].tick == found.metres[0].tick == 0
    assert all(a.tick < b.tick for a, b in pairwise(found.tempos))
    assert all(0 < tempo.microseconds < 2**24 for tempo in found.tempos)


def _slowness(tempo: Tempo) -> int:
    return tempo.microseconds


def test_bar_lines_agree_with_the_time_signatures() -> None:
    found = derive(joined(*[2.0] * 4, 1.0, *[2.0] * 4).tolist(), 20)
    assert found.bars == (0, 4, 8, 12, 16, 18, 22, 26, 30, 34, 38)
