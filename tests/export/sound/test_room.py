from __future__ import annotations

import numpy as np
import pytest

from export.sound.blocks import BLOCK, in_blocks
from export.sound.room import Room

RATE = 48000


def test_reverb_follows_the_sound_and_dies_away():
    block = np.zeros((BLOCK, 2), np.float32)
    block[1000] = 1.0
    wet = Room().feed(block)
    assert np.abs(wet[:1500]).max() < 1e-6
    early, late = (np.sqrt((wet[a : a + 4800] ** 2).mean()) for a in (2000, 50000))
    assert late < early / 50


def test_reverb_goes_on_from_block_to_block():
    random = np.random.default_rng(3)
    sound = random.standard_normal((BLOCK + 30000, 2)).astype(np.float32)
    sound[:, :] *= 0.1
    # The same sound, once with its blocks parted elsewhere.
    whole = Room()
    first = np.concatenate([whole.feed(sound[:BLOCK]), whole.feed(sound[BLOCK:])])
    parted = Room()
    parts = [parted.feed(part) for part in (sound[:50000], sound[50000:BLOCK], sound[BLOCK:])]
    np.testing.assert_allclose(np.concatenate(parts), first, atol=1e-4)


@pytest.mark.parametrize("frames", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
@pytest.mark.parametrize("size", [1000, BLOCK, 2 * BLOCK + 7])
def test_blocks_have_one_size_and_the_right_sum(frames, size):
    sound = np.arange(2 * BLOCK)[:, None].repeat(2, 1)
    found = list(in_blocks(np.split(sound, range(size, len(sound), size)), frames))
    assert sum(map(len, found)) == frames
    assert all(len(block) == BLOCK for block in found[:-1])
    if frames:
        whole = np.concatenate(found)
        assert np.array_equal(whole[: len(sound)], sound[:frames])
        assert not whole[len(sound) :].any()
