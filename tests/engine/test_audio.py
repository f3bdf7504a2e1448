from __future__ import annotations

import wave

import numpy as np
import pytest

from engine.audio import read_sound
from engine.errors import EmsyncError


def test_channels_are_averaged_and_the_rate_is_changed(tmp_path):
    at = np.arange(44_100) / 44_100
    left = 0.6 * np.sin(2 * np.pi * 440 * at)
    stereo = np.stack([left, np.zeros_like(left)], 1)
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes((stereo * 32767).astype("<i2").tobytes())
    found = read_sound(tmp_path / "a.wav", 22_050)
    assert len(found) == pytest.approx(22_050, abs=32)
    middle = found[2000:-2000]
    expected = 0.3 * np.sin(2 * np.pi * 440 * np.arange(len(found)) / 22_050)[2000:-2000]
    assert np.abs(middle - expected).max() < 0.02


@pytest.mark.parametrize("content", [b"", b"no sound at all"])
def test_a_file_without_sound_is_refused(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(EmsyncError, match="no sound can be decoded"):
        read_sound(tmp_path / "a.wav", 22_050)


def test_a_silent_film_has_no_sound(demo):
    with pytest.raises(EmsyncError, match="has no sound"):
        read_sound(demo, 22_050)
