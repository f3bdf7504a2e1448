"""A piece on its way (paper, Algorithm 1): what has been said, and what the network still sees.

The network's window is finite. When it is full the oldest half is forgotten, up to a BAR, and the
rest moves up or, where the network can't, is read anew; notes struck in the forgotten half are
ended, for the network no longer knows of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.arrays import Logits
from engine.composing.logits.controls import Controls
from engine.composing.logits.grammar import Grammar
from engine.composing.logits.instrument_balance import InstrumentBalance
from engine.composing.logits.note_limits import NoteLimits
from engine.composing.logits.repetition import Repetition
from engine.composing.logits.time_snapping import snap
from engine.composing.sampling import Sampling
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.model.runtime import Decoder
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions, usual_density
from engine.music.events import ScoreBuilder
from engine.music.features.bar_position import BarPosition
from engine.music.offsets import BoundaryTracker
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import Instrument, Note, Score

Listener = Callable[[tuple[Note, ...], tuple[float, ...], float], None]


@dataclass(frozen=True, slots=True)
class GenerationConfig:
    """How to compose, beyond what the film asks.

    seed, take: the same ones, cue sheet and machine give the same piece; takes of one seed are
    as different as seeds are. instruments: who may play.
    conditions: conditions beyond emotion (each section brings its own valence and arousal); what they
        ask is also seen to in the loop (:mod:`engine.composing.logits.controls`).
    """

    seed: int = 0
    take: int = 0
    instruments: tuple[Instrument, ...] = voc.INSTRUMENTS
    sampling: Sampling = field(default_factory=Sampling)
    conditions: Conditions = field(default_factory=Conditions)

    def __post_init__(self) -> None:
        if not self.instruments:
            raise EmsyncError(
                f"instruments: name at least one of {', '.join(i.value for i in Instrument)}"
            )


@dataclass(frozen=True, slots=True)
class Take:
    """A finished piece.

    tokens: how many it took. nll: the mean of minus the log probability of those chosen; the
    lower, the more the piece is what the network thinks music is.
    """

    score: Score
    tokens: int
    nll: float


def to_forget(tokens: Sequence[int]) -> int:
    """How many of a full window's tokens to forget: half, up to a BAR where one is near."""
    half, most = len(tokens) // 2, len(tokens) * 3 // 4
    return next((i for i in range(half, most) if tokens[i] == voc.BAR), half)


class Composition:
    """One piece on its way."""

    def __init__(
        self,
        cues: CueSheet,
        config: ModelConfig,
        generation: GenerationConfig,
        listen: Listener | None = None,
    ) -> None:
        self.cues, self.generation, self.listen = cues, generation, listen
        self.config = config
        self.end = to_steps(cues.duration)
        self.score: Score | None = None
        self.count = 0
        """Of all tokens so far."""
        self.nll: list[float] = []
        """Of each token chosen: minus the log of its probability."""
        self.controls = Controls(generation.conditions)
        self.notes = 0
        """How many have been struck."""
        self.must_read = False
        """Whether the window must be read anew before the next token."""
        self.dropped = 0
        """How many of the tokens that the decoder has read have been forgotten since."""
        self.heard = 0
        """How many of the builder's notes the listener has heard."""
        self.heard_chords = 0
        self.rng = np.random.default_rng((generation.seed, generation.take))
        self.tracker = BoundaryTracker([self.controls.boundary(b) for b in cues.boundaries])
        self.builder = ScoreBuilder()
        self.clock = BarPosition()
        self.slot = voc.instrument_slot(len(generation.instruments))
        self.tokens: list[int] = []
        self.offsets: list[float] = []
        self.struck: dict[tuple[int, int], int] = {}
        """(instrument index, pitch) -> where in ``tokens`` the note's ON stands."""
        self.none_due = -1
        """The step at which every note that had to end has ended."""
        self.section = 0
        self.grammar = Grammar(generation.instruments, self.builder)
        self.note_limits = NoteLimits(self.builder, self.controls.quarters)
        self.instrument_balance = InstrumentBalance(self.grammar.may_play)
        self.repetition = Repetition(generation.sampling.repetition)
        # Half of all windows learnt from began at a BAR, few at START: begin as most did.
        self._take(voc.BAR)

    @property
    def finished(self) -> bool:
        """Whether the film's end has been reached."""
        return self.score is not None

    @property
    def seconds(self) -> float:
        """How much music there is."""
        return min(self.cues.duration, to_seconds(self.builder.cursor))

    @property
    def take(self) -> Take:
        """The finished piece."""
        assert self.score is not None
        return Take(self.score, self.count, float(np.mean(self.nll)))

    @property
    def asks(self) -> bool:
        """Whether an emotion, or anything else that the network can be told, is asked for."""
        controls = self.config.controls
        return any(
            np.isfinite(self._conditions(section).vector(controls)).any()
            for section in range(len(self.cues.sections))
        )

    def lean(self, logits: Logits) -> Logits:
        """The logits [V] with the families promised, the conditions and earlier bars in mind."""
        logits = self.instrument_balance.lean(logits, self.builder.cursor)
        logits = self.controls.lean(logits, self.notes, self.builder.cursor)
        # Under a tempo all steps lead to its grid already.
        return self.repetition.lean(snap(logits) if self.controls.steady is None else logits)

    def go_on(self, token: int, nll: float | None) -> None:
        """Add the next token; nll: minus the log of its probability, where it was chosen."""
        if nll is not None:
            self.nll.append(nll)
        self.dropped = 0
        self._take(token)
        self.count += 1
        moved = voc.TOKENS[token].kind is Kind.TIMESHIFT
        if self.builder.cursor >= self.end:
            for key in list(self.builder.sounding):
                self._close(key)
            score = self.builder.finish(self.cues.duration)
            self.score = replace(score, steady=self.controls.steady)
        self.must_read = moved and self._enter_section()
        # A place stays free, so that a row just read can stand by while the others step.
        if len(self.tokens) >= self.config.window - 1:
            self._forget_half()
        if moved and self.listen is not None:
            self._tell(self.listen)

    def _tell(self, listen: Listener) -> None:
        """Give the listener the notes that have ended since, and the CHORDs."""
        known = self.builder.notes[: self.heard]
        if self.score is not None:
            before = set(known)
            fresh = [note for note in self.score.notes if note not in before]
            until = self.cues.duration
        else:
            fresh = self.builder.notes[self.heard :]
            onsets = (onset for onset, _ in self.builder.sounding.values())
            until = to_seconds(min(onsets, default=self.builder.cursor))
        chords = self.builder.chords
        told = tuple(chords[self.heard_chords :])
        self.heard, self.heard_chords = len(self.builder.notes), len(chords)
        listen(tuple(sorted(fresh, key=lambda note: note.onset)), told, until)

    def allowed_now(self) -> np.ndarray:
        """Which tokens [V] may come next."""
        allowed = self.grammar.allowed()
        return self.controls.narrow(allowed, self.builder.cursor, self.grammar.in_bar)

    def _take(self, token: int) -> None:
        """Write a token down."""
        self.builder.push(token)
        self.clock.push(token)
        self.repetition.hear(token)
        self.grammar.hear(token, self.clock.bar)
        self.note_limits.hear(token, self.clock.bar)
        self.tokens.append(token)
        self.offsets.append(self.tracker.push(token))
        kind, _, instrument, pitch = voc.TOKENS[token]
        if kind is Kind.ON:
            self.notes += 1
            self.instrument_balance.strike(instrument, self.builder.cursor)
            self.struck[instrument, pitch] = len(self.tokens) - 1
        elif kind is Kind.OFF:
            self.struck.pop((instrument, pitch), None)

    def forced_token(self) -> int | None:
        """The OFF of a note that should have ended by now, and has; the network is given it, so
        that it knows."""
        if self.none_due == self.builder.cursor:
            return None
        for key in self.builder.sounding:
            if self.note_limits.due(key) <= self.builder.cursor:
                self._close(key)
                return voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self.none_due = self.builder.cursor
        return None

    def _close(self, key: tuple[int, int]) -> None:
        """End a note now, or when it should have ended."""
        if key in self.builder.sounding:
            self.builder.close(key, min(self.builder.cursor, self.note_limits.due(key)))

    def _forget_half(self) -> None:
        """Drop the oldest half of the window."""
        first = to_forget(self.tokens)
        for key, position in list(self.struck.items()):
            if position < first:
                self._close(key)
                self.grammar.ended(key)
                del self.struck[key]
            else:
                self.struck[key] = position - first
        del self.tokens[:first]
        del self.offsets[:first]
        self.dropped = first

    def slide(self, decoder: Decoder, row: int, told: bool) -> None:
        """Have the decoder forget what has been forgotten, if it can without reading anew."""
        if self.dropped and decoder.slides and not self.must_read:
            decoder.slide(self.dropped, *self._window(0, told), row)
        elif self.dropped:
            self.must_read = True

    def read(self, decoder: Decoder, row: int, told: bool) -> Logits:
        """Have the decoder read the window under the present section: the last logits [V]."""
        return decoder.prefill(*self._window(len(self.tokens), told), row)[-1]

    def _window(self, length: int, told: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What heads the window and its first so many tokens: tokens and offsets [1 + length],
        and the conditions [C], those asked for or none."""
        tokens = np.array([self.slot, *self.tokens[:length]], np.int64)
        offsets = np.array([self.offsets[0], *self.offsets[:length]], np.float32)
        conditions = self._conditions(self.section) if told else Conditions()
        return tokens, offsets, conditions.vector(self.config.controls)

    def _conditions(self, number: int) -> Conditions:
        """What the network is told in a section of the film: what is asked for and, where nobody
        asks how many notes there are, what is usual."""
        section, conditions = self.cues.sections[number], self.generation.conditions
        density = conditions.density
        if math.isnan(density):
            density = usual_density(section.arousal, len(self.generation.instruments))
        return replace(
            conditions, valence=section.valence, arousal=section.arousal, density=density
        )

    def _enter_section(self) -> bool:
        """Move on to the section of now; whether it asks for another emotion."""
        now = to_seconds(self.builder.cursor)
        here, last = self.section, len(self.cues.sections) - 1
        while here < last and self.cues.sections[here].end <= now:
            here += 1
        if here == self.section:
            return False
        before, self.section = self.section, here
        # As text, for NaN is unlike itself.
        return repr(self._conditions(before)) != repr(self._conditions(here))
