"""The composing loop: a cue sheet in, a score out (paper, Algorithm 1).

The network's window is finite. When it is full the oldest half is forgotten, from a BAR on, and
the rest read anew; notes struck in the forgotten half are ended, for the network no longer knows
of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.model.runtime import Decoder, Network
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.music.events import ScoreBuilder
from engine.music.offsets import BoundaryTracker
from engine.music.sampling import Sampling, choose
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import Instrument, Score

LONGEST_NOTE = {Instrument.STRINGS: 20.0}
LONGEST_OTHER = 10.0
"""No note is held longer than this, in seconds: a forgotten OFF must not drone through a film."""
MOST_AT_ONCE = 64
"""After so many tokens within one instant time must move on; real songs stay well below."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Commission:
    """How to compose, beyond what the film asks.

    seed: the same seed, cue sheet and machine give the same piece. instruments: who may play.
    wishes: conditions beyond emotion (each section brings its own valence and arousal).
    """

    seed: int = 0
    instruments: tuple[Instrument, ...] = voc.INSTRUMENTS
    sampling: Sampling = field(default_factory=Sampling)
    wishes: Conditions = field(default_factory=Conditions)

    def __post_init__(self) -> None:
        if not self.instruments:
            raise EmsyncError(
                f"instruments: name at least one of {', '.join(i.value for i in Instrument)}"
            )


def compose(
    cues: CueSheet, network: Network, commission: Commission, progress: Progress | None = None
) -> Score:
    """Compose for a cue sheet.

    progress: called with the seconds of music composed so far.
    """
    return _Composition(cues, network, commission).run(progress or (lambda seconds: None))


class _Composition:
    """One piece on its way: what has been said, what sounds, and what may be said next."""

    def __init__(self, cues: CueSheet, network: Network, commission: Commission) -> None:
        self.cues, self.commission = cues, commission
        self.config = network.config
        self.decoder = Decoder(network)
        self.rng = np.random.default_rng(commission.seed)
        self.tracker = BoundaryTracker(cues.boundaries)
        self.builder = ScoreBuilder()
        self.slot = voc.instrument_slot(len(commission.instruments))
        self.tokens: list[int] = [voc.START]
        self.offsets: list[float] = [self.tracker.offset]
        self.struck: dict[tuple[int, int], int] = {}
        """(instrument index, pitch) -> where in ``tokens`` the note's ON stands."""
        self.at_once = 0
        self.section = 0
        self.may_play = np.isin(
            voc.INSTRUMENT, [voc.INSTRUMENTS.index(i) for i in commission.instruments]
        ) & (voc.KIND == Kind.ON)
        self.allowed = self.may_play | (voc.KIND == Kind.TIMESHIFT)
        self.allowed[[voc.BAR, voc.CHORD]] = True
        self.only_shifts = voc.KIND == Kind.TIMESHIFT

    def run(self, progress: Progress) -> Score:
        """Compose to the end."""
        end = to_steps(self.cues.duration)
        logits = self._read_window()
        while True:
            allowed = self.only_shifts if self.at_once >= MOST_AT_ONCE else self.allowed
            token = choose(logits, allowed, self.commission.sampling, self.rng)
            self._take(token)
            if self.builder.cursor >= end:
                progress(self.cues.duration)
                return self.builder.finish(self.cues.duration)
            moved = voc.TOKENS[token].kind is Kind.TIMESHIFT
            if moved:
                progress(to_seconds(self.builder.cursor))
            changed = moved and self._enter_section()
            full = self.decoder.room == 0
            if full:
                self._forget_half()
            if full or changed:
                logits = self._read_window()
            else:
                logits = self.decoder.step([token], [self.offsets[-1]])[0]

    def _take(self, token: int) -> None:
        """Write a token down and see what it allows and forbids."""
        self.builder.push(token)
        self.tokens.append(token)
        self.offsets.append(self.tracker.push(token))
        kind, _, instrument, pitch = voc.TOKENS[token]
        if kind is Kind.TIMESHIFT:
            self.at_once = 0
            self.allowed[[voc.BAR, voc.CHORD]] = True
            self._end_long_notes()
            return
        self.at_once += 1
        if kind is Kind.BAR or kind is Kind.CHORD:
            self.allowed[token] = False
        elif kind is Kind.ON:
            self.struck[instrument, pitch] = len(self.tokens) - 1
            self.allowed[[token - 1, token]] = True, False
        elif kind is Kind.OFF:
            self._silence((instrument, pitch))

    def _silence(self, key: tuple[int, int]) -> None:
        """A note has ended: it may be struck again, and has no OFF to come."""
        self.struck.pop(key, None)
        off = voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self.allowed[off] = False
        self.allowed[off + 1] = self.may_play[off + 1]

    def _end_long_notes(self) -> None:
        for key, (onset, _) in list(self.builder.sounding.items()):
            limit = to_steps(LONGEST_NOTE.get(voc.INSTRUMENTS[key[0]], LONGEST_OTHER))
            if self.builder.cursor - onset >= limit:
                self.builder.close(key, onset + limit)
                self._silence(key)

    def _forget_half(self) -> None:
        """Drop the oldest half of the window, up to a BAR where one is near."""
        half, most = len(self.tokens) // 2, len(self.tokens) * 3 // 4
        first = next((i for i in range(half, most) if self.tokens[i] == voc.BAR), half)
        for key, position in list(self.struck.items()):
            if position < first:
                self.builder.close(key)
                self._silence(key)
            else:
                self.struck[key] = position - first
        del self.tokens[:first]
        del self.offsets[:first]

    def _read_window(self) -> np.ndarray:
        """Prefill with the window under the present section; logits [V] of what follows."""
        tokens = np.array([[self.slot, *self.tokens]], np.int64)
        offsets = np.array([[self.offsets[0], *self.offsets]], np.float32)
        conditions = self._conditions().vector(self.config.controls)[None]
        return self.decoder.prefill(tokens, offsets, conditions)[0, -1]

    def _conditions(self) -> Conditions:
        section = self.cues.sections[self.section]
        return replace(self.commission.wishes, valence=section.valence, arousal=section.arousal)

    def _enter_section(self) -> bool:
        """Move on to the section of now; whether it asks for another emotion."""
        before = self._conditions()
        now = to_seconds(self.builder.cursor)
        last = len(self.cues.sections) - 1
        while self.section < last and self.cues.sections[self.section].end <= now:
            self.section += 1
        # As text, for NaN is unlike itself.
        return repr(before) != repr(self._conditions())
