from __future__ import annotations

from dataclasses import fields, replace
from itertools import islice

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.music import conditions as cond
from engine.music import vocabulary as voc
from engine.music.events import decode
from engine.music.offsets import BoundaryTracker
from engine.score import Instrument
from engine.training.dataset import (
    IGNORED,
    Batch,
    Recipe,
    Windows,
    choose_start,
    drop_conditions,
    stack,
    validation_batches,
    window,
)

PLAIN = Recipe(
    start=1.0,
    short=0.0,
    chord_shift=0.0,
    chord_removal=0.0,
    emotion_dropout=0.0,
    control_dropout=0.0,
    transpose=0,
    pace=0.0,
)
KEY = cond.ALL.index("key")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def same(a: Batch, b: Batch) -> bool:
    return all(
        np.array_equal(getattr(a, f.name), getattr(b, f.name), equal_nan=True) for f in fields(a)
    )


def chorded(cache) -> int:
    """A song with chords."""
    return next(i for i in range(len(cache)) if (cache.song(i) == voc.CHORD).any())


@pytest.fixture(scope="module")
def whole(tiny):
    """A network whose window holds any of the songs."""
    return tiny("rotary", context=1024)


def test_tokens_offsets_and_targets_line_up(cache, whole):
    song = chorded(cache)
    cut = Windows(cache, whole, PLAIN)._window(song, whole, rng())
    (tokens,), (offsets,), (targets,) = cut.tokens, cut.offsets, cut.targets
    music = cache.song(song).tolist()
    count = len(music)
    tracker = BoundaryTracker(decode(music).chords)
    assert tokens[:count].tolist() == [voc.MORE_INSTRUMENTS, *music[:-1]]
    assert targets[:count].tolist() == [IGNORED, *music[1:]]
    assert offsets[0] == np.float32(tracker.offset)
    assert offsets[1:count] == pytest.approx([tracker.push(t) for t in music[:-1]], abs=1e-6)
    assert set(tokens[count:]) == {voc.PAD} and set(targets[count:]) == {IGNORED}


@pytest.mark.parametrize("first", [0, 1, 17])
def test_each_target_is_the_next_token(tiny, first):
    tokens = np.arange(100, 300, dtype=np.uint16)
    offsets = np.linspace(8, 0, 200).astype(np.float32)
    config = tiny("rotary", context=40)
    cut = window(tokens, offsets, first, np.zeros(6, np.float32), 2, config)
    assert cut.tokens.shape == cut.offsets.shape == cut.targets.shape == (1, config.window)
    assert cut.tokens[0, 0] == voc.FEWER_INSTRUMENTS
    assert cut.tokens[0, 1:].tolist() == tokens[first : first + config.window - 1].tolist()
    assert (cut.tokens[0, 2:] == cut.targets[0, 1:-1]).all()
    assert cut.targets[0, -1] == tokens[first + config.window - 1]
    assert cut.offsets[0].tolist() == offsets[[first, *range(first, first + 33)]].tolist()


@pytest.mark.parametrize(
    ("families", "slot"), [(2, voc.FEWER_INSTRUMENTS), (3, voc.MORE_INSTRUMENTS)]
)
def test_three_families_are_more_instruments(tiny, families, slot):
    tokens = np.array([voc.START, voc.BAR], np.uint16)
    cut = window(tokens, np.zeros(2, np.float32), 0, np.zeros(6, np.float32), families, tiny())
    assert cut.tokens[0, 0] == slot


def test_removed_chords_keep_their_boundaries(cache, whole):
    song = chorded(cache)
    recipe = replace(PLAIN, chord_removal=1.0)
    bare = Windows(cache, whole, recipe)._window(song, whole, rng())
    full = Windows(cache, whole, PLAIN)._window(song, whole, rng())
    music = bare.tokens[0][bare.tokens[0] != voc.PAD]
    assert voc.CHORD not in music and voc.CHORD not in bare.targets
    tracker = BoundaryTracker(decode(cache.song(song)).chords)
    expected = [tracker.push(int(t)) for t in music[1:]]
    assert bare.offsets[0, 1 : len(music)] == pytest.approx(expected, abs=1e-6)
    assert (full.tokens == voc.CHORD).sum() == 4


def test_chords_come_early(cache, whole):
    song = chorded(cache)
    shifted, straight = (
        Windows(cache, whole, replace(PLAIN, chord_shift=share))._window(song, whole, rng()).tokens
        for share in (1.0, 0.0)
    )
    assert (shifted == voc.CHORD).sum() == (straight == voc.CHORD).sum() == 4
    assert voc.STEPS[shifted].sum() < voc.STEPS[straight].sum()


def test_a_song_may_slow_down_if_its_tempo_is_unknown(cache, whole):
    song = chorded(cache)
    straight = int(voc.STEPS[cache.song(song)].sum())
    for dropout, free in ((1.0, True), (0.0, False)):
        windows = Windows(cache, whole, replace(PLAIN, chord_shift=1.0, control_dropout=dropout))
        lengths = []
        for seed in range(10):
            batch = windows._window(song, whole, rng(seed))
            assert np.isnan(batch.conditions[0, cond.ALL.index("tempo")]) == free
            lengths.append(int(voc.STEPS[batch.tokens].sum()))
        assert (max(lengths) > straight) == free


def test_songs_in_rare_metres_are_drawn_more_often(cache, whole):
    conditions = cache.conditions.copy()
    conditions[:, cond.ALL.index("metre")] = cond.METRES.index("4/4")
    common, rare = np.flatnonzero(~cache.validation)[:2]
    conditions[rare, cond.ALL.index("metre")] = cond.METRES.index("3/4")
    mixed = replace(cache, conditions=conditions)

    def odds(recipe: Recipe) -> float:
        shares = np.diff(Windows(mixed, whole, recipe).cumulative, prepend=0)
        return shares[rare] / shares[common]

    assert odds(replace(PLAIN, rare=4.0)) == pytest.approx(4 * odds(replace(PLAIN, rare=1.0)))


def test_tempo_and_density_follow_the_speed(cache, whole):
    song = next(i for i in range(len(cache)) if np.isfinite(cache.conditions[i]).all())
    straight = Windows(cache, whole, PLAIN)._window(song, whole, rng())
    windows = Windows(cache, whole, replace(PLAIN, pace=0.25))
    seen = []
    for seed in range(20):
        paced = windows._window(song, whole, rng(seed))
        longer = voc.STEPS[paced.tokens].sum() / voc.STEPS[straight.tokens].sum()
        faster = paced.conditions - straight.conditions
        for name in ("tempo", "density"):
            assert 2 ** -faster[0, cond.ALL.index(name)] == pytest.approx(longer, abs=0.02)
        seen.append(longer)
    assert 0.8 - 0.02 <= min(seen) < 0.9 and 1.1 < max(seen) <= 1.25 + 0.02


def test_a_fifth_of_the_chords_is_removed(cache, whole):
    recipe = replace(PLAIN, chord_removal=0.2)
    windows = Windows(cache, whole, recipe)
    chords = [
        (windows._window(chorded(cache), whole, rng(i)).tokens == voc.CHORD).sum()
        for i in range(250)
    ]
    assert np.mean(chords) == pytest.approx(4 * 0.8, abs=0.2)


def test_the_key_moves_with_the_song(cache, whole):
    song = next(i for i in range(12) if np.isfinite(cache.conditions[i, KEY]))
    windows = Windows(cache, whole, replace(PLAIN, transpose=3))
    before = int(cache.conditions[song, KEY])
    music = cache.song(song)
    first = np.flatnonzero(voc.PITCH[music] >= 0)
    pitched = first[voc.INSTRUMENT[music[first]] != voc.INSTRUMENTS.index(Instrument.DRUMS)][0]
    moves = set()
    for seed in range(20):
        cut = windows._window(song, windows.config, rng(seed))
        moved = (int(cut.tokens[0, pitched + 1]) - int(music[pitched])) // 2
        moves.add(moved)
        assert cut.conditions[0, KEY] % 12 == (before + moved) % 12
        assert cut.conditions[0, KEY] // 12 == before // 12
    assert len(moves) > 3


def test_the_cache_is_untouched(cache, whole):
    tokens, conditions = cache.tokens.copy(), cache.conditions.copy()
    Windows(cache, whole, Recipe()).batch(0, 30)
    validation_batches(cache, whole, 10, 5, cond.EMOTION)
    assert np.array_equal(cache.tokens, tokens)
    assert np.array_equal(cache.conditions, conditions, equal_nan=True)


def test_conditions_are_dropped_at_the_rates_of_the_recipe():
    dropped = np.isnan(
        [drop_conditions(np.zeros(6, np.float32), Recipe(), rng(i)) for i in range(4000)]
    )
    shares = dict(zip(cond.ALL, dropped.mean(0), strict=True))
    for name in cond.ALL:
        expected = 0.2 if name in cond.EMOTION else 1 - 0.65 * 0.65
        assert shares[name] == pytest.approx(expected, abs=0.03)
    assert dropped[:, 2:].all(1).mean() == pytest.approx(0.35 + 0.65 * 0.35**4, abs=0.03)


def test_unknown_conditions_stay_unknown():
    known = np.array([np.nan, 1, 1, 1, 1, 1], np.float32)
    kept = drop_conditions(known, replace(Recipe(), emotion_dropout=0, control_dropout=0), rng())
    assert np.array_equal(kept, known, equal_nan=True)


LONG = np.array([voc.START, *([voc.BAR, *[voc.shift(9)] * 49] * 40)], np.uint16)
"""Two thousand tokens with a bar in each fifty."""


def starts(recipe: Recipe, tokens=LONG, length: int = 100, times: int = 2000) -> np.ndarray:
    dice = rng()
    return np.array([choose_start(tokens, length, recipe, dice) for _ in range(times)])


def test_windows_start_at_the_shares_of_the_recipe():
    found = starts(Recipe())
    assert (found == 0).mean() == pytest.approx(0.05, abs=0.02)
    assert (LONG[found] == voc.BAR).mean() == pytest.approx(0.5 + 0.45 / 50, abs=0.03)
    assert np.percentile(found, [10, 50, 90]) == pytest.approx([150, 950, 1750], abs=100)
    assert found.max() <= len(LONG) - 50


def test_a_song_no_longer_than_half_a_window_starts_at_its_start():
    assert set(starts(Recipe(), LONG[:50], times=50)) == {0}


@pytest.mark.parametrize("bar", [0.0, 1.0])
def test_windows_moved_to_a_chord_contain_it(bar):
    tokens = LONG.copy()
    tokens[1234] = voc.CHORD
    found = starts(Recipe(start=0.0, bar=bar, chord=1.0), tokens)
    # The first token of a window is no target.
    assert ((found < 1234) & (found + 100 > 1234)).all()


@pytest.mark.parametrize("processes", [0, 2])
def test_batches_drawn_ahead_are_those_of_their_steps(cache, tiny, processes):
    windows = Windows(cache, tiny(), Recipe())
    ahead = list(windows.batches(3, 6, 4, rank=1, processes=processes))
    assert len(ahead) == 3
    for step, batch in enumerate(ahead, 3):
        assert np.array_equal(batch.tokens, windows.batch(step, 4, rank=1).tokens)
    assert list(windows.batches(6, 6, 4)) == []


def test_batches_can_be_endless(cache, tiny):
    windows = Windows(cache, tiny(), Recipe())
    drawn = list(islice(windows.batches(2, None, 4), 5))
    assert np.array_equal(drawn[4].tokens, windows.batch(6, 4).tokens)


def test_batches_depend_on_seed_and_step_alone(cache, tiny):
    first, again = (Windows(cache, tiny(), Recipe(), seed=5) for _ in range(2))
    first.batch(0, 4)
    assert same(first.batch(7, 4), again.batch(7, 4))
    assert not same(first.batch(7, 4), first.batch(8, 4))
    assert not same(first.batch(7, 4), first.batch(7, 4, rank=1))
    assert not same(first.batch(7, 4), Windows(cache, tiny(), Recipe(), seed=6).batch(7, 4))


def drawn(cache, tiny) -> np.ndarray:
    """How often each song of the cache is drawn, of 2000."""
    numbered = replace(cache, conditions=cache.conditions.copy())
    # The density is the number of the song.
    numbered.conditions[:, cond.ALL.index("density")] = np.arange(12)
    recipe = replace(Recipe(), control_dropout=0.0, short=0.0, pace=0.0)
    batch = Windows(numbered, tiny("rotary", context=12), recipe).batch(0, 2000)
    return np.bincount(batch.conditions[:, -1].astype(int), minlength=12)


def test_some_steps_have_short_windows(cache, tiny):
    config = tiny("rotary", context=102)
    windows = Windows(cache, config, Recipe(short=0.5))
    shapes = [windows.batch(step, 2).tokens.shape for step in range(40)]
    assert set(shapes) == {(2, config.window), (8, config.window // 4)}
    assert 10 <= shapes.count((2, config.window)) <= 30
    assert windows.batch(3, 2, rank=1).tokens.shape == shapes[3]


def test_songs_are_drawn_by_length_and_families(cache, tiny):
    counts = drawn(cache, tiny)
    assert (counts[cache.validation] == 0).all()
    weights = np.diff(cache.start) * np.where(cache.families >= 3, 2.0, 1.0)
    weights[cache.validation] = 0
    assert counts / 2000 == pytest.approx(weights / weights.sum(), abs=0.04)


def test_validation_is_fixed_and_unaltered(cache, tiny):
    batches, again = (validation_batches(cache, tiny(), 10, 4, cond.EMOTION) for _ in range(2))
    assert [len(batch.tokens) for batch in batches] == [4, 4, 2]
    assert all(same(a, b) for a, b in zip(batches, again, strict=True))
    whole = stack(batches)
    assert np.isnan(whole.conditions[:, 2:]).all()
    arousal = set(cache.conditions[cache.validation, 1].tolist())
    assert len(arousal) == 2 and set(whole.conditions[:, 1].tolist()) <= arousal
    music = [cache.song(int(i)).tobytes() for i in np.flatnonzero(cache.validation)]
    for row in whole.targets:
        asked = row[row != IGNORED].astype(np.uint16).tobytes()
        assert any(asked in song for song in music)


def test_controls_choose_the_conditions(cache, tiny):
    batch = Windows(cache, tiny("relative"), PLAIN).batch(0, 3)
    assert batch.conditions.shape == (3, 2)


def test_training_without_a_song_to_train_on_is_an_error(cache, tiny):
    everything = replace(cache, validation=np.ones(len(cache), bool))
    with pytest.raises(EmsyncError, match="train"):
        Windows(everything, tiny(), Recipe())
