"""One piece in progress: its state, its rules, and what the network sees of it (Algorithm 1)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.arrays import Logits, Mask
from engine.composing.config import GenerationConfig, section_conditions
from engine.composing.infill import Given, with_given
from engine.composing.listener import Listener, NoteFeed
from engine.composing.logits.bass_line import BassLine
from engine.composing.logits.controls import Controls
from engine.composing.logits.drum_kit import DrumKit
from engine.composing.logits.ending import BeginningAndEnding
from engine.composing.logits.given_notes import BetweenGiven, GivenNotes
from engine.composing.logits.grammar import Grammar
from engine.composing.logits.harmony import Harmony
from engine.composing.logits.instrument_balance import InstrumentBalance
from engine.composing.logits.note_limits import NoteLimits
from engine.composing.logits.originality import Originality
from engine.composing.logits.part_balance import PartBalance
from engine.composing.logits.players import Players
from engine.composing.logits.registers import Registers
from engine.composing.logits.repetition import Repetition
from engine.composing.logits.rule import Rule
from engine.composing.logits.subdivision import Subdivision
from engine.composing.logits.sustain import Sustain
from engine.composing.logits.texture import Texture
from engine.composing.logits.time_snapping import TimeSnapping
from engine.composing.seams import Seams
from engine.composing.state import Key, PieceState
from engine.composing.window import Window
from engine.cues import CueSheet
from engine.model.config import ModelConfig
from engine.model.decoder import Decoder
from engine.music import vocabulary as voc
from engine.music.conditions import UNKNOWN, Conditions, usual_density, with_guidance
from engine.music.offsets import BoundaryTracker
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import Score

_ALL = np.ones(voc.SIZE, np.bool_)
_SHIFT = voc.KIND == Kind.TIMESHIFT
SKIPPED = 48
"""The fewest given events that are read at once, and not token by token."""
TOGETHER = 3
"""The fewest given events of an instant that are read at once. A row that reads four tokens takes
less than two steps. It does so in company too, since a piece must not depend on its neighbours."""


@dataclass(frozen=True, slots=True)
class Take:
    """A finished piece.

    tokens: its length in tokens. nll: the mean negative log likelihood of the drawn tokens, in
    nats; 0 if none was drawn. The lower it is, the more usual the piece is to the network.
    seam: the negative log likelihood of the seams, in nats a note; NaN without any.
    """

    score: Score
    tokens: int
    nll: float
    seam: float = math.nan


class Composition:
    """A piece in progress."""

    def __init__(
        self,
        cues: CueSheet,
        model: ModelConfig,
        config: GenerationConfig,
        listener: Listener | None = None,
        first: int = 0,
    ) -> None:
        """model: of the network that composes. listener: follows the piece; None for nobody.
        first: the step from which on the listener follows it."""
        self.config = config
        self.rng = np.random.default_rng((config.seed, config.take))
        self.score: Score | None = None
        self._cues, self._controls = cues, model.controls
        self._end = to_steps(cues.duration)
        self._sections = section_conditions(cues, config)
        ends = [section.end for section in cues.sections]
        self._state = PieceState(list(zip(ends, self._sections, strict=True)))
        self._limits = NoteLimits(config.conditions)
        controls = Controls(config.arrangement, config.given)
        self._given = None if config.given is None else GivenNotes(config.given)
        self._seams = Seams(config.seams)
        self._rules = _rules(config, controls, self._limits, self._given)
        boundaries = [controls.nearest_time(boundary) for boundary in cues.boundaries]
        self._offsets = BoundaryTracker(boundaries)
        self._window = Window(model.window, voc.instrument_slot(len(config.instruments)))
        self._feed = (
            None
            if listener is None
            else NoteFeed(listener, self._state.builder, cues.duration, first)
        )
        self._count = 0
        self._nlls: list[float] = []
        # Half of the training windows began at a BAR, few at START.
        self._push(voc.BAR)

    @property
    def finished(self) -> bool:
        """Whether the film's end has been reached."""
        return self.score is not None

    @property
    def seconds(self) -> float:
        """How much music there is, in seconds."""
        if self.finished:
            return self._cues.duration
        return min(self._cues.duration, to_seconds(self._state.cursor))

    @property
    def take(self) -> Take:
        """The finished piece."""
        assert self.score is not None
        nll = float(np.mean(self._nlls or [0.0]))
        return Take(self.score, self._count, nll, self._seams.nll)

    def passed(self, step: int) -> bool:
        """Whether all that begins before a step has been composed, and has ended."""
        if self.finished:
            return True
        onsets = (onset for onset, _ in self._state.active.values())
        return self._state.cursor >= step and all(onset >= step for onset in onsets)

    def composed_before(self, step: int) -> Given:
        """The music that begins before a step that has passed, to be given to another piece."""
        score = self._state.builder.finish() if self.score is None else self.score
        if self.config.given is not None:
            score = with_given(score, self.config.given)
        end = to_seconds(step)
        return Given(
            ((0.0, end),),
            tuple(note for note in score.notes if note.onset < end),
            tuple(chord for chord in score.chords if chord < end),
            tuple(bar for bar in score.bars if bar < end),
        )

    @property
    def window(self) -> Window:
        """What the network sees of the piece."""
        return self._window

    def conditions(self) -> np.ndarray:
        """What the network is conditioned on now: [C]."""
        return self._model_conditions(self._state.section).vector(self._controls)

    def read(self, decoder: Decoder, row: int) -> Logits:
        """Have a row of the decoder read the whole window; returns the last logits [V]."""
        return self._window.read(decoder, row, self.conditions())

    def sees_as(self, other: Composition) -> bool:
        """Whether the network would read the same as for another piece."""
        return (
            self._window.tokens == other._window.tokens
            and self._window.offsets == other._window.offsets
            and np.array_equal(self.conditions(), other.conditions(), equal_nan=True)
        )

    def slide(self, decoder: Decoder, row: int) -> None:
        """Have a row of the decoder forget what the window has forgotten, and learn conditions."""
        if self._window.dropped or self._window.changed:
            self._window.slide(decoder, row, self.conditions())

    def forced_token(self) -> int | None:
        """The token that a rule forces, or None."""
        for rule in self._rules:
            if (token := rule.forced_token(self._state)) is not None:
                return token
        return None

    def mask(self) -> Mask:
        """Which tokens [V] may come next."""
        allowed = _ALL
        for rule in self._rules:
            allowed = rule.mask(allowed, self._state)
        # Given parts may leave the others nothing that they may play. Then time moves on.
        return allowed if allowed.any() else _SHIFT

    def bias(self, logits: Logits) -> Logits:
        """The logits [V] with the preferences of all rules."""
        for rule in self._rules:
            logits = rule.bias(logits, self._state)
        return logits

    def skip_given(self) -> None:
        """Append given music up to where something is composed or measured, if that is long.

        The window must be read anew then.
        """
        if self._given is None or self._given.rest_of_span(self._state) < SKIPPED:
            return
        skipped = False
        while not self.finished and not self._seams.hold(self._state.cursor):
            if self._given.free(self._state) or (token := self.forced_token()) is None:
                break
            self.append(token, None)
            skipped = True
            rest_is_given = self._given.holds_until(self._end, self._state)
            if rest_is_given and self._seams.passed(self._state.cursor) and not self.finished:
                self._finish()
                self._feed_listener()
        if skipped:
            self._window.stale = True
            self._forget(self._window.shorten(self.config.context))

    def pass_given(self, decoder: Decoder, row: int) -> None:
        """Append given music that nobody is asked about; a row of the decoder reads it at once.

        That is music whose likelihood is measured, and several given tokens between free parts. The
        row has read all of the window but the last token, and has so afterwards.
        """
        window = self._window
        steps: list[int] = []
        tokens, offsets = window.tokens[-1:], window.offsets[-1:]
        while (token := self._given_token(bool(steps))) is not None:
            steps.append(self._state.cursor)
            self.append(token, None)
            tokens.append(token)
            offsets.append(window.offsets[-1])
        if steps:
            read = np.array(tokens[:-1], np.int64), np.array(offsets[:-1], np.float32)
            for step, token, logits in zip(
                steps, tokens[1:], decoder.extend(*read, row), strict=True
            ):
                self._seams.measure(step, token, logits)

    def _given_token(self, going_on: bool) -> int | None:
        """The next token, where it is given and read together with others; None where not.

        going_on: whether such tokens come before it. None too where the decoder must first follow
        the window.
        """
        window, given = self._window, self._given
        if self.finished or window.dropped or window.changed or window.stale or given is None:
            return None
        free = given.free(self._state)
        if free is None:
            return None
        if not free:
            return self.forced_token() if self._seams.hold(self._state.cursor) else None
        together = going_on or given.due_now(self._state) >= TOGETHER
        return self.forced_token() if together else None

    def append(self, token: int, nll: float | None, logits: Logits | None = None) -> None:
        """Append the next token.

        nll: its negative log likelihood in nats if it was drawn, None if it was forced. logits:
        what the network gave [V]; None if it was not asked.
        """
        if logits is not None:
            self._seams.measure(self._state.cursor, token, logits)
        given = self._given is not None and self._given.gives(token, self._state)
        # A step to a given event may lead where no rule would let the others go.
        if nll is not None and not given and math.isfinite(nll):
            self._nlls.append(nll)
        self._window.dropped = 0
        self._push(token)
        self._count += 1
        if self._state.cursor >= self._end:
            self._finish()
        moved = voc.TOKENS[token].kind is Kind.TIMESHIFT
        changed = moved and self._state.enter_section()
        if self._seams.hold(self._state.cursor):
            # What follows is only measured, so it need not be read under its own conditions.
            changed = False
        self._window.changed = changed and self.config.keep_reading
        self._window.stale = changed and not self.config.keep_reading
        if self._window.stale:
            self._forget(self._window.shorten(self.config.context))
        if self._window.full:
            self._forget(self._window.forget_half())
        if moved:
            self._feed_listener()

    def _feed_listener(self) -> None:
        if self._feed is not None:
            self._feed.send(self.score)

    def _forget(self, keys: Iterable[Key]) -> None:
        """End active notes that the network no longer knows of; nothing else would."""
        for key in keys:
            if self._given is not None and self._given.holds(key):
                continue
            self._limits.close(key, self._state)
            for rule in self._rules:
                rule.note_closed(key, self._state)

    def _finish(self) -> None:
        for key in list(self._state.active):
            self._limits.close(key, self._state)
        self.score = self._state.builder.finish(self._cues.duration)
        if self.config.given is not None:
            # A note that the window forgot was closed early.
            self.score = with_given(self.score, self.config.given)

    def _push(self, token: int) -> None:
        self._state.push(token)
        for rule in self._rules:
            rule.update(token, self._state)
        self._window.push(token, self._offsets.push(token))

    def _model_conditions(self, section: int) -> Conditions:
        """What the network is given for a section.

        The usual density stands in where none is asked for.
        """
        asked = self._sections[section]
        if self.config.arrangement is not None and self.config.arrangement.chords:
            # The chords say enough. A network that knows the key leaves its scale hardly ever.
            asked = replace(asked, key=UNKNOWN)
        if math.isnan(asked.density):
            usual = usual_density(asked.arousal, len(self.config.instruments))
            asked = replace(asked, density=usual)
        return with_guidance(asked, self.config.sampling.guidance)


def _rules(
    config: GenerationConfig, controls: Controls, limits: NoteLimits, given: GivenNotes | None
) -> Sequence[Rule]:
    """The rules of a piece, in the order in which they are asked."""
    arrangement = config.arrangement
    # Time shifts of a grid lead to it already.
    snapping = [TimeSnapping()] if arrangement is None else []
    # Harmony comes last, so that it weighs the notes that repetition favours too.
    planned: Sequence[Rule] = (
        (InstrumentBalance(config.instruments),)
        if arrangement is None or not arrangement.phrases
        else (
            Players(arrangement),
            PartBalance(arrangement),
            Registers(arrangement),
            Sustain(arrangement),
            Texture(),
            DrumKit(arrangement),
            Subdivision(arrangement),
        )
    )
    harmony = () if arrangement is None else (Harmony(arrangement), BeginningAndEnding(arrangement))
    original = () if config.fingerprint is None else (Originality(config.fingerprint),)
    return (
        *(() if given is None else (given,)),
        Grammar(config.instruments),
        limits,
        BassLine(),
        *planned,
        controls,
        *snapping,
        Repetition(config.sampling.repetition, arrangement),
        *harmony,
        *original,
        *(() if given is None else (BetweenGiven(given),)),
    )
