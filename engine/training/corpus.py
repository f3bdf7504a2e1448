"""Songs from MIDI files: five merged parts, bars, chords and the conditions they meet.

The merge is that of the Lakh Pianoroll Dataset's LPD-5 variant (Dong et al., MuseGAN, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from symusic.core import ScoreTick

from engine.music.chords import chord_onsets
from engine.music.conditions import METRES, UNKNOWN, Conditions
from engine.music.key import find_key
from engine.score import CHORDAL, Instrument, Note, Score

MIN_NOTES = 32
MIN_SECONDS, MAX_SECONDS = 8.0, 1800.0
MAX_NOTES_PER_SECOND = 100.0
STEADY = 0.8
"""A song has a tempo, or a metre, if it keeps to it for this share of its length."""
TEMPO_TOLERANCE = 0.03

Floats = npt.NDArray[np.float64]


class UnusableSong(Exception):
    """Why a file is left out of the corpus, in a word or two."""


@dataclass(frozen=True, slots=True)
class Song:
    """A song ready to be tokenised, with what it would have been asked for.

    conditions: valence and arousal are unknown here; they are labels, not properties of notes.
    """

    score: Score
    conditions: Conditions

    @property
    def instruments(self) -> frozenset[Instrument]:
        """The families that play."""
        return frozenset(note.instrument for note in self.score.notes)


def family(program: int, is_drum: bool) -> Instrument | None:
    """The part that LPD-5 merges a MIDI program (from 0) into; None where it is dropped."""
    if is_drum:
        return Instrument.DRUMS
    if program < 8:
        return Instrument.PIANO
    if 24 <= program < 32:
        return Instrument.GUITAR
    if 32 <= program < 40:
        return Instrument.BASS
    if program < 96 or 104 <= program < 112:
        return Instrument.STRINGS
    return None


def read_song(path: Path) -> Song:
    """Read a MIDI file; raises :class:`UnusableSong` with the reason where it will not do."""
    try:
        midi = ScoreTick(path)
    except Exception as error:  # the parser raises many kinds on broken files
        raise UnusableSong("unreadable") from error
    parts = _parts(midi)
    if sum(len(onsets) for onsets, *_ in parts.values()) < MIN_NOTES:
        raise UnusableSong("too few notes")

    clock = _Clock(midi)
    bars, metre = _bars(midi, max(ends.max() for _, ends, _ in parts.values()))
    # The piece begins at the bar of its first note and ends with its last.
    first = min(onsets.min() for onsets, *_ in parts.values())
    zero = max((bar for bar in bars if bar <= first), default=first)
    start = clock.seconds(zero)
    seconds = {
        instrument: (clock.seconds(onsets) - start, clock.seconds(ends) - start, pitches)
        for instrument, (onsets, ends, pitches) in parts.items()
    }
    duration = max(float(ends.max()) for _, ends, _ in seconds.values())
    notes = sum(len(onsets) for onsets, *_ in seconds.values())
    if not MIN_SECONDS <= duration <= MAX_SECONDS:
        raise UnusableSong("too short or too long")
    if notes / duration > MAX_NOTES_PER_SECOND:
        raise UnusableSong("too dense")

    quarter = midi.ticks_per_quarter
    chords = chord_onsets(
        [
            (onsets / quarter, ends / quarter, pitches)
            for instrument in CHORDAL
            if instrument in parts
            for onsets, ends, pitches in [parts[instrument]]
        ]
    )
    score = Score(
        notes=tuple(
            Note(instrument, float(onset), float(end), int(pitch))
            for instrument, columns in seconds.items()
            for onset, end, pitch in zip(*columns, strict=True)
        ),
        bars=tuple((clock.seconds(bars[bars >= zero]) - start).tolist()),
        chords=tuple((clock.seconds(chords * quarter) - start).tolist()),
        duration=duration,
    )
    tonal = [columns for i, columns in seconds.items() if i is not Instrument.DRUMS]
    conditions = Conditions(
        tempo=clock.tempo,
        metre=metre,
        key=find_key(
            np.concatenate([pitches for *_, pitches in tonal]),
            np.concatenate([ends - onsets for onsets, ends, _ in tonal]),
        )
        if tonal
        else UNKNOWN,
        density=notes / duration,
    )
    return Song(score, conditions)


def _parts(midi: ScoreTick) -> dict[Instrument, tuple[Floats, Floats, npt.NDArray[np.int64]]]:
    """Onsets and ends in ticks, and pitches, of each part that has notes."""
    merged: dict[Instrument, list[tuple[Floats, Floats, npt.NDArray[np.int64]]]] = {}
    for track in midi.tracks:
        instrument = family(track.program, track.is_drum)
        if instrument is not None and len(track.notes):
            columns = track.notes.numpy()
            onsets = columns["time"].astype(np.float64)
            ends = onsets + columns["duration"]
            pitches = columns["pitch"].astype(np.int64)
            merged.setdefault(instrument, []).append((onsets, ends, pitches))
    return {
        instrument: tuple(np.concatenate(column) for column in zip(*tracks, strict=True))  # type: ignore[misc]
        for instrument, tracks in merged.items()
    }


class _Clock:
    """Ticks to seconds through a file's tempo map."""

    def __init__(self, midi: ScoreTick) -> None:
        tempos = midi.tempos.numpy()
        ticks, mspq = tempos["time"].astype(np.float64), tempos["mspq"].astype(np.float64)
        if not len(ticks) or ticks[0] > 0:
            ticks, mspq = np.append(0.0, ticks), np.append(500_000.0, mspq)
        # Of several tempos at one tick, the last holds.
        last = np.append(np.diff(ticks) > 0, True)
        self._ticks = ticks[last]
        self._rate = mspq[last] / 1e6 / midi.ticks_per_quarter
        spans = np.diff(self._ticks) * self._rate[:-1]
        self._seconds = np.append(0.0, np.cumsum(spans))
        self._quarter = midi.ticks_per_quarter
        self._end = float(midi.end())

    def seconds(self, ticks: Floats | float) -> Floats:
        """Seconds at these ticks."""
        segment = np.searchsorted(self._ticks, ticks, "right") - 1
        return self._seconds[segment] + (ticks - self._ticks[segment]) * self._rate[segment]

    @property
    def tempo(self) -> float:
        """Quarter notes a minute, or NaN if the song does not keep to one."""
        lengths = np.diff(np.append(self._ticks, max(self._end, self._ticks[-1] + 1)))
        order = np.argsort(self._rate)
        middle = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
        median = self._rate[order][middle]
        near = np.abs(self._rate / median - 1) < TEMPO_TOLERANCE
        if lengths[near].sum() < STEADY * lengths.sum():
            return UNKNOWN
        return float(60 / (median * self._quarter))


def _bars(midi: ScoreTick, end: float) -> tuple[Floats, float]:
    """Downbeats in ticks up to ``end``, and the metre's index (NaN if changing or unusual).

    Without a time signature it is 4/4 (the MIDI standard's default). Bars of a single beat are
    no bars: some collections write 1/4 throughout.
    """
    changes = midi.time_signatures.numpy()
    times = changes["time"].astype(np.float64)
    numerators, denominators = changes["numerator"].tolist(), changes["denominator"].tolist()
    if not len(times) or times[0] > 0:
        times = np.append(0.0, times)
        numerators, denominators = [4, *numerators], [4, *denominators]
    bars: list[Floats] = []
    spans: dict[str, float] = {}
    for i, (time, numerator, denominator) in enumerate(
        zip(times, numerators, denominators, strict=True)
    ):
        until = min(times[i + 1], end) if i + 1 < len(times) else end
        if until <= time:
            continue
        name = f"{numerator}/{denominator}"
        spans[name] = spans.get(name, 0.0) + until - time
        if numerator > 1:
            length = midi.ticks_per_quarter * 4 * numerator / denominator
            bars.append(np.arange(time, until, length))
    main = max(spans, key=spans.__getitem__, default="4/4")
    steady = spans.get(main, 0.0) >= STEADY * sum(spans.values())
    metre = float(METRES.index(main)) if main in METRES and steady else UNKNOWN
    return np.concatenate(bars) if bars else np.array([]), metre
