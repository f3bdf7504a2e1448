from hypothesis import strategies as st

from engine.score import Instrument, Note

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
