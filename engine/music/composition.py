"""A piece on its way (paper, Algorithm 1): what has been said, what sounds, what may be said next.

The network's window is finite. When it is full the oldest half is forgotten, up to a BAR, and the
rest moves up or, where the network can't, is read anew; notes struck in the forgotten half are
ended, for the network no longer knows of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.model.runtime import Decoder, Logits
from engine.music import vocabulary as voc
from engine.music.clock import BarClock
from engine.music.conditions import Conditions
from engine.music.ensemble import Ensemble
from engine.music.events import ScoreBuilder
from engine.music.offsets import BoundaryTracker
from engine.music.sampling import Sampling
from engine.music.steering import Steering
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import CHORDAL, Instrument, Note, Score

LONGEST_NOTE = {
    Instrument.BASS: 3.0,
    Instrument.DRUMS: 0.5,
    Instrument.GUITAR: 4.0,
    Instrument.PIANO: 4.0,
    Instrument.STRINGS: 6.0,
}
"""No note is held longer than this, in seconds: a forgotten OFF must not drone through a film.
The network is given the OFF, so that it knows."""
_LIMITS = [to_steps(LONGEST_NOTE[instrument]) for instrument in voc.INSTRUMENTS]
CHORD_NOTES = 3
CHORD_HOLD = 1.0, 2.0
"""A CHORD is followed by so many notes of guitar or of piano at once, held for two beats at least:
what the mark means (paper, III-B2). Two beats are half a bar, by what bars have lasted of late,
but no less and no more than so many seconds. Holds wherever the network puts a CHORD; it knows
nothing of boundaries."""
LONGEST_REST = 2.0
"""After so many seconds of silence a note must be struck before time moves on."""
MOST_AT_ONCE = 64
"""After so many tokens within one instant time must move on; real songs stay well below."""

LONGEST_REPEAT = 12.0
"""After so many seconds of one pitch alone an instrument must strike another."""

Listener = Callable[[tuple[Note, ...], tuple[float, ...], float], None]


@dataclass(frozen=True, slots=True)
class Commission:
    """How to compose, beyond what the film asks.

    seed, take: the same ones, cue sheet and machine give the same piece; takes of one seed are
    as different as seeds are. instruments: who may play.
    wishes: conditions beyond emotion (each section brings its own valence and arousal); what they
        ask is also seen to in the loop (:mod:`engine.music.steering`).
    """

    seed: int = 0
    take: int = 0
    instruments: tuple[Instrument, ...] = voc.INSTRUMENTS
    sampling: Sampling = field(default_factory=Sampling)
    wishes: Conditions = field(default_factory=Conditions)

    def __post_init__(self) -> None:
        if not self.instruments:
            raise EmsyncError(
                f"instruments: name at least one of {', '.join(i.value for i in Instrument)}"
            )


@dataclass(frozen=True, slots=True)
class Take:
    """A finished piece.

    tokens: how many it took. nats: the mean of minus the log probability of those chosen; the
    lower, the more the piece is what the network thinks music is.
    """

    score: Score
    tokens: int
    nats: float


def to_forget(tokens: Sequence[int]) -> int:
    """How many of a full window's tokens to forget: half, up to a BAR where one is near."""
    half, most = len(tokens) // 2, len(tokens) * 3 // 4
    return next((i for i in range(half, most) if tokens[i] == voc.BAR), half)


class Composition:
    """One piece on its way: what has been said, what sounds, and what may be said next."""

    def __init__(
        self,
        cues: CueSheet,
        config: ModelConfig,
        commission: Commission,
        listen: Listener | None = None,
    ) -> None:
        self.cues, self.commission, self.listen = cues, commission, listen
        self.config = config
        self.end = to_steps(cues.duration)
        self.score: Score | None = None
        self.count = 0
        """Of all tokens so far."""
        self.nats: list[float] = []
        """Of each token chosen: minus the log of its probability."""
        self.steering = Steering(commission.wishes)
        self.notes = 0
        """How many have been struck."""
        self.must_read = False
        """Whether the window must be read anew before the next token."""
        self.dropped = 0
        """How many of the tokens that the decoder has read have been forgotten since."""
        self.heard = 0
        """How many of the builder's notes the listener has heard."""
        self.heard_chords = 0
        self.rng = np.random.default_rng((commission.seed, commission.take))
        self.tracker = BoundaryTracker(cues.boundaries)
        self.builder = ScoreBuilder()
        self.clock = BarClock()
        self.slot = voc.instrument_slot(len(commission.instruments))
        self.tokens: list[int] = []
        self.offsets: list[float] = []
        self.struck: dict[tuple[int, int], int] = {}
        """(instrument index, pitch) -> where in ``tokens`` the note's ON stands."""
        self.alone: dict[int, tuple[int, int]] = {}
        """Instrument index -> the ON of the one pitch it strikes of late, and since which step."""
        self.at_once = 0
        self.none_due = -1
        """The step at which every note that had to end has ended."""
        self.last_sound = 0
        """The last step at which anything sounded."""
        self.section = 0
        self.may_play = np.isin(
            voc.INSTRUMENT, [voc.INSTRUMENTS.index(i) for i in commission.instruments]
        ) & (voc.KIND == Kind.ON)
        self.ensemble = Ensemble(self.may_play)
        self.allowed = self.may_play | (voc.KIND == Kind.TIMESHIFT)
        self.allowed[[voc.BAR, voc.CHORD]] = True
        self.chordal = np.isin(
            voc.INSTRUMENT,
            [voc.INSTRUMENTS.index(i) for i in CHORDAL if i in commission.instruments],
        )
        self.just_struck: list[tuple[int, int]] = []
        """(instrument index, pitch) of what was struck at this instant: a note lasts a step."""
        self.chord_notes = 0
        """How many notes the chord being struck still lacks."""
        self.chord_part = self.chordal
        self.held: dict[tuple[int, int], int] = {}
        """(instrument index, pitch) -> the step up to which a chord's note must sound."""
        self.marks = [voc.BAR, voc.CHORD] if self.chordal.any() else [voc.BAR]
        self.allowed[voc.CHORD] = voc.CHORD in self.marks
        self.only_shifts = voc.KIND == Kind.TIMESHIFT
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
        return Take(self.score, self.count, float(np.mean(self.nats)))

    @property
    def feels(self) -> bool:
        """Whether any emotion is asked for."""
        return any(
            not (math.isnan(section.valence) and math.isnan(section.arousal))
            for section in self.cues.sections
        )

    def lean(self, logits: Logits) -> Logits:
        """The logits [V] as the wishes would have them, and the families promised."""
        logits = self.ensemble.lean(logits, self.builder.cursor)
        return self.steering.lean(logits, self.notes, to_seconds(self.builder.cursor))

    def go_on(self, token: int, nats: float | None) -> None:
        """Add the next token; nats: minus the log of its probability, where it was chosen."""
        if nats is not None:
            self.nats.append(nats)
        self.dropped = 0
        self._take(token)
        self.count += 1
        moved = voc.TOKENS[token].kind is Kind.TIMESHIFT
        if self.builder.cursor >= self.end:
            for key in list(self.builder.sounding):
                self._close(key)
            score = self.builder.finish(self.cues.duration)
            self.score = replace(score, pulse=self.steering.pulse)
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
        in_bar = not self.allowed[voc.BAR]
        return self.steering.narrow(self._well_formed(), self.builder.cursor, in_bar)

    def _well_formed(self) -> np.ndarray:
        """Which tokens [V] may come next whatever the wishes."""
        if self.at_once >= MOST_AT_ONCE:
            return self.only_shifts
        if self.chord_notes:
            return self.allowed & self.may_play & self.chord_part
        silence = self.builder.cursor - self.last_sound
        if not self.builder.sounding and silence >= to_steps(LONGEST_REST):
            return self.may_play
        return self.allowed

    def _take(self, token: int) -> None:
        """Write a token down and see what it allows and forbids."""
        self.builder.push(token)
        self.clock = self.clock.push(token)
        self.tokens.append(token)
        self.offsets.append(self.tracker.push(token))
        kind, _, instrument, pitch = voc.TOKENS[token]
        if self.builder.sounding:
            self.last_sound = self.builder.cursor
        if kind is Kind.TIMESHIFT:
            self.at_once = self.chord_notes = 0
            self.allowed[self.marks] = True
            self._release()
            return
        self.at_once += 1
        if kind is Kind.BAR or kind is Kind.CHORD:
            self.allowed[token] = False
            if kind is Kind.CHORD:
                self.chord_notes, self.chord_part = CHORD_NOTES, self.chordal
        elif kind is Kind.ON:
            self.notes += 1
            self.ensemble.strike(instrument, self.builder.cursor)
            self.struck[instrument, pitch] = len(self.tokens) - 1
            self.allowed[[token - 1, token]] = False
            self.just_struck.append((instrument, pitch))
            before, since = self.alone.get(instrument, (token, self.builder.cursor))
            if before != token:
                sounds = (instrument, voc.TOKENS[before].pitch) in self.builder.sounding
                self.allowed[before] = self.may_play[before] and not sounds
                since = self.builder.cursor
            self.alone[instrument] = token, since
            if self.chord_notes:
                self.chord_notes -= 1
                self.chord_part = np.isin(voc.INSTRUMENT, [instrument])
                self.held[instrument, pitch] = self.builder.cursor + self._two_beats()
        elif kind is Kind.OFF:
            self._silence((instrument, pitch))

    def _two_beats(self) -> int:
        """How long a chord must sound, in steps."""
        shortest, longest = map(to_steps, CHORD_HOLD)
        return min(max(self.clock.bar // 2, shortest), longest)

    def _silence(self, key: tuple[int, int]) -> None:
        """A note has ended: it may be struck again, and has no OFF to come."""
        self.struck.pop(key, None)
        self.held.pop(key, None)
        off = voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self.allowed[off] = False
        alone, since = self.alone.get(key[0], (-1, 0))
        worn_out = alone == off + 1 and self.builder.cursor - since >= to_steps(LONGEST_REPEAT)
        self.allowed[off + 1] = self.may_play[off + 1] and not worn_out

    def _release(self) -> None:
        """Allow the OFFs of what was struck before time moved, and of chords held long enough."""
        for key in self.just_struck:
            if key in self.struck and key not in self.held:
                self.allowed[voc.note_off(voc.INSTRUMENTS[key[0]], key[1])] = True
        self.just_struck.clear()
        for (instrument, pitch), until in list(self.held.items()):
            if self.builder.cursor >= until:
                del self.held[instrument, pitch]
                self.allowed[voc.note_off(voc.INSTRUMENTS[instrument], pitch)] = True

    def overdue(self) -> int | None:
        """The OFF of a note that has sounded for as long as it may, now ended."""
        if self.none_due == self.builder.cursor:
            return None
        for key, (onset, _) in self.builder.sounding.items():
            if self.builder.cursor - onset >= _LIMITS[key[0]]:
                self._close(key)
                return voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self.none_due = self.builder.cursor
        return None

    def _close(self, key: tuple[int, int]) -> None:
        """End a note now, or when it had sounded for as long as it may."""
        if key in self.builder.sounding:
            onset, _ = self.builder.sounding[key]
            self.builder.close(key, min(self.builder.cursor, onset + _LIMITS[key[0]]))

    def _forget_half(self) -> None:
        """Drop the oldest half of the window."""
        first = to_forget(self.tokens)
        for key, position in list(self.struck.items()):
            if position < first:
                self._close(key)
                self._silence(key)
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
        and the conditions [C], with the emotion or without."""
        tokens = np.array([self.slot, *self.tokens[:length]], np.int64)
        offsets = np.array([self.offsets[0], *self.offsets[:length]], np.float32)
        conditions = self._conditions() if told else self.commission.wishes
        return tokens, offsets, conditions.vector(self.config.controls)

    def _conditions(self) -> Conditions:
        section = self.cues.sections[self.section]
        return replace(self.commission.wishes, valence=section.valence, arousal=section.arousal)

    def _enter_section(self) -> bool:
        """Move on to the section of now; whether it asks for another emotion."""
        now = to_seconds(self.builder.cursor)
        here, last = self.section, len(self.cues.sections) - 1
        while here < last and self.cues.sections[here].end <= now:
            here += 1
        if here == self.section:
            return False
        before, self.section = self._conditions(), here
        # As text, for NaN is unlike itself.
        return repr(before) != repr(self._conditions())
