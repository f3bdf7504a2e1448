from collections import defaultdict
from pathlib import Path

import mido
import pretty_midi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import EmsyncError
from engine.music.events import normalise
from engine.music.tempo import PPQ, tempo_map
from engine.score import Instrument, Note, Score
from export.midi import write_midi, write_stems

P = Instrument.PIANO
TICK = 0.001
"""Seconds; longer than a tick of any tempo that these scores' bars can lead to... """

steps = st.integers(0, 6000)
notes = st.builds(
    lambda instrument, onset, length, pitch, velocity: Note(
        instrument, onset / 125, (onset + length) / 125, pitch, velocity
    ),
    st.sampled_from(Instrument),
    steps,
    st.integers(1, 500),
    st.integers(21, 108),
    st.integers(1, 127),
)
