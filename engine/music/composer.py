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
from engine.score import CHORDAL, Instrument, Score

LONGEST_NOTE = {
    Instrument.BASS: 3.0,
    Instrument.DRUMS: 0.5,
    Instrument.GUITAR: 4.0,
    Instrument.PIANO: 4.0,
    Instrument.STRINGS: 6.0,
}
"""No note is held longer than this, in seconds: a forgotten OFF must not drone through a film.
The network is given the OFF, so that it knows."""
CHORD_NOTES = 3
CHORD_HOLD = 1.0
"""A CHORD is followed by so many notes of guitar or of piano at once, held for so many seconds at
least: what the mark means (paper, III-B2), with two beats taken at 120 a minute. Holds wherever
the network puts a CHORD; it knows nothing of boundaries."""
LONGEST_REST = 2.0
"""After so many seconds of silence a note must be struck before time moves on."""
MOST_AT_ONCE = 64
"""After so many tokens within one instant time must move on; real songs stay well below."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Commission:
    """How to compose, beyond what the film asks.

    seed, take: the same ones, cue sheet and machine give the same piece; takes of one seed are
    as different as seeds are. instruments: who may play.
    wishes: conditions beyond emotion (each section brings its own valence and arousal).
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
        self.rng = np.random.default_rng((commission.seed, commission.take))
        self.tracker = BoundaryTracker(cues.boundaries)
        self.builder = ScoreBuilder()
        self.slot = voc.instrument_slot(len(commission.instruments))
        self.tokens: list[int] = []
        self.offsets: list[float] = []
        self.struck: dict[tuple[int, int], int] = {}
        """(instrument index, pitch) -> where in ``tokens`` the note's ON stands."""
        self.at_once = 0
        self.last_sound = 0
        """The last step at which anything sounded."""
        self.section = 0
        self.may_play = np.isin(
            voc.INSTRUMENT, [voc.INSTRUMENTS.index(i) for i in commission.instruments]
        ) & (voc.KIND == Kind.ON)
        self.allowed = self.may_play | (voc.KIND == Kind.TIMESHIFT)
        self.allowed[[voc.BAR, voc.CHORD]] = True
        self.chordal = np.isin(
            voc.INSTRUMENT,
            [voc.INSTRUMENTS.index(i) for i in CHORDAL if i in commission.instruments],
        )
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

    def run(self, progress: Progress) -> Score:
        """Compose to the end."""
        end = to_steps(self.cues.duration)
        logits = self._read_window()
        while True:
            token = self._overdue()
            if token is None:
                token = choose(logits, self._allowed_now(), self.commission.sampling, self.rng)
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

    def _allowed_now(self) -> np.ndarray:
        """Which tokens [V] may come next."""
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
        self.tokens.append(token)
        self.offsets.append(self.tracker.push(token))
        kind, _, instrument, pitch = voc.TOKENS[token]
        if self.builder.sounding:
            self.last_sound = self.builder.cursor
        if kind is Kind.TIMESHIFT:
            self.at_once = self.chord_notes = 0
            self.allowed[self.marks] = True
            self._release_chords()
            return
        self.at_once += 1
        if kind is Kind.BAR or kind is Kind.CHORD:
            self.allowed[token] = False
            if kind is Kind.CHORD:
                self.chord_notes, self.chord_part = CHORD_NOTES, self.chordal
        elif kind is Kind.ON:
            self.struck[instrument, pitch] = len(self.tokens) - 1
            self.allowed[[token - 1, token]] = True, False
            if self.chord_notes:
                self.chord_notes -= 1
                self.chord_part = np.isin(voc.INSTRUMENT, [instrument])
                self.held[instrument, pitch] = self.builder.cursor + to_steps(CHORD_HOLD)
                self.allowed[token - 1] = False
        elif kind is Kind.OFF:
            self._silence((instrument, pitch))

    def _silence(self, key: tuple[int, int]) -> None:
        """A note has ended: it may be struck again, and has no OFF to come."""
        self.struck.pop(key, None)
        self.held.pop(key, None)
        off = voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self.allowed[off] = False
        self.allowed[off + 1] = self.may_play[off + 1]

    def _release_chords(self) -> None:
        for (instrument, pitch), until in list(self.held.items()):
            if self.builder.cursor >= until:
                del self.held[instrument, pitch]
                self.allowed[voc.note_off(voc.INSTRUMENTS[instrument], pitch)] = True

    def _overdue(self) -> int | None:
        """The OFF of a note that has sounded for as long as it may."""
        for (instrument, pitch), (onset, _) in self.builder.sounding.items():
            limit = to_steps(LONGEST_NOTE[voc.INSTRUMENTS[instrument]])
            if self.builder.cursor - onset >= limit:
                self.builder.close((instrument, pitch), onset + limit)
                return voc.note_off(voc.INSTRUMENTS[instrument], pitch)
        return None

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
