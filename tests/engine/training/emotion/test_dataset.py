"""Videos are divided for good, and ranges come from what they have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import EmsyncError
from engine.training.emotion.dataset import counts, divide, ranges, split_named


def names(parts):
    return {split: {video.name for video in videos} for split, videos in parts.items()}


def test_a_hash_divides_70_15_15_and_never_moves_a_video(made_up):
    videos = made_up(400)
    parts = names(divide(videos))
    assert sum(map(len, parts.values())) == 400
    assert 0.6 < len(parts["train"]) / 400 < 0.8 and len(parts["val"]) > 30
    fewer = names(divide(videos[100:]))
    assert all(fewer[split] <= parts[split] for split in parts)


def test_the_data_set_s_own_split_stays(made_up):
    videos = [replace(v, split="test" if n % 2 else "train") for n, v in enumerate(made_up(100))]
    parts = divide(videos)
    assert len(parts["test"]) == 50 and 2 <= len(parts["val"]) <= 15
    whole = [replace(v, split=("train", "val", "test")[n % 3]) for n, v in enumerate(made_up(9))]
    assert [len(members) for members in divide(whole).values()] == [3, 3, 3]


def test_an_empty_split_is_one_clear_line(made_up):
    with pytest.raises(EmsyncError, match="of 3 videos none is in the split 'val'"):
        divide([replace(v, split="test") for v in made_up(3)][:2] + made_up(1))


def test_ranges_are_by_modality_over_all_videos(made_up, small):
    videos = made_up(10)
    found = ranges(videos, small)
    clips = [video.features["clip"] for video in videos]
    assert found["clip"] == (min(a.min() for a in clips), max(a.max() for a in clips))
    silent = [replace(v, features={"clip": v.features["clip"]}) for v in videos]
    assert set(ranges(silent, small)) == {"clip"}


def test_words_for_splits_and_counts(made_up):
    assert [split_named(w) for w in ("Training", "valid", "dev", "TEST", "joy", "")] == [
        "train", "val", "val", "test", None, None,
    ]  # fmt: skip
    assert counts(made_up(7)).startswith("anger 2, disgust 1")
