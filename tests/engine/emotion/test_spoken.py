"""Speech as the experts heard it, for music that gives way to it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.emotion.experts.sound import SoundTrack
from engine.emotion.experts.speech import SpeechTrack
from engine.emotion.spoken import joined, spoken


def sound_track(start: float, *rows: tuple[float, float, float]) -> SoundTrack:
    """A second for each row of probabilities: speech, singing and music."""
    events = np.repeat(np.array(rows, np.float32), 10, axis=0)
    return SoundTrack(start, np.full(len(events), -20.0), np.full(len(events), 900.0), events)


def speech_track(*stretches: tuple[float, float]) -> SpeechTrack:
    starts, ends = (np.array(times) for times in zip(*stretches, strict=True))
    count = len(stretches)
    return SpeechTrack(starts, ends, np.zeros((count, 5)), [""] * count, np.zeros(count, np.bool_))


def test_speech_over_music_counts_and_singing_does_not():
    track = sound_track(
        0.5, (0.1, 0, 0), (0.9, 0.1, 0.8), (0.6, 0.9, 0.9), (0.2, 0, 1), (0.7, 0, 0)
    )
    found = spoken({"sound": track})
    assert found == (pytest.approx((1.5, 2.5)), pytest.approx((4.5, 5.5)))


def test_utterances_go_before_what_the_sound_is_like():
    sound = sound_track(0.0, (0.9, 0, 0), (0.9, 0, 0))
    tracks = {"speech": speech_track((0.2, 0.6), (1.0, 1.8), (4.0, 4.1)), "sound": sound}
    # A pause is filled, and a short cry is none that music gives way to.
    assert spoken(tracks) == (pytest.approx((0.2, 1.8)),)


def test_nobody_who_heard_it_is_no_silence():
    assert spoken({}) is None
    assert spoken({"sound": SoundTrack(0.0, np.zeros(5), np.zeros(5), None)}) is None
    assert spoken({"sound": sound_track(0.0, (0, 0, 0))}) == ()
    assert joined(()) == ()
