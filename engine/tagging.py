"""Tags of music by musicnn (Pons and Serra 2019), for tag KL. The package is optional.

musicnn dates from 2019. It asks for a NumPy that Python 3.11 can't have, so it is installed without
its dependencies. TensorFlow 2 runs it through its old Keras.
"""

from __future__ import annotations

import os
import tempfile
import warnings
import wave
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np

from engine.arrays import Floats
from engine.audio import read_sound
from engine.errors import EmsyncError

TAGGER = "MTT_musicnn"
"""Trained on MagnaTagATune: 50 tags."""
RATE = 16_000
SHORTEST = 3.0
"""Seconds of one window of the tagger."""


def musicnn_tags(path: Path) -> Floats:
    """The probability of each tag [50] in a file of sound, averaged over its windows of 3 s.

    Raises ImportError if musicnn or what it needs is missing, and EmsyncError for sound that can't
    be read or is too short.
    """
    # Read when TensorFlow is imported.
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from musicnn.extractor import extractor

    sound = read_sound(path, RATE)
    if len(sound) < (SHORTEST + 0.1) * RATE:
        raise EmsyncError(f"{path}: lasts less than {SHORTEST:g} s; give longer music for tag KL")
    # musicnn reads files only, and not every format.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sound.wav"
        _write(sound, file)
        # It prints its progress, and old TensorFlow complains.
        with redirect_stdout(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            taggram, _ = extractor(str(file), TAGGER, extract_features=False)
    return np.asarray(taggram, np.float64).mean(0)


def _write(sound: Floats, path: Path) -> None:
    """Write mono samples as a WAV of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
