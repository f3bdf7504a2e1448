"""The composing loop: cue sheets in, scores out, a row of the decoder for each piece.

Several pieces are dealt out to the cores. The pieces of one core share a decoder, so that a step
reads the weights once for all of them. The cores don't wait for each other.

A piece with an emotion, a tempo, a key or a density may take two rows. One is conditioned on them,
the other is not. What the first says beyond the second is amplified (guidance).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from threading import Event

import numpy as np

from engine.arrays import Logits
from engine.composing.composition import Composition, Take
from engine.composing.config import GenerationConfig
from engine.composing.listener import Listener
from engine.composing.sampling import choose, surprise
from engine.cues import CueSheet
from engine.model.runtime import Decoder, Network
from engine.music import vocabulary as voc
from engine.score import Score
from engine.threads import run_together

Progress = Callable[[float], None]


def compose(
    cues: CueSheet,
    network: Network,
    config: GenerationConfig,
    progress: Progress | None = None,
    listener: Listener | None = None,
) -> Score:
    """Compose for a cue sheet.

    progress: called with the seconds of music composed so far.
    listener: called with the notes that have ended since the last call, sorted by onset, and with
        the CHORDs since then, in seconds. Its third argument is the time in seconds before which
        nothing more begins. By the end it has all notes and CHORDs.
    """
    (take,) = compose_all([(cues, config)], network, progress, listener)
    return take.score


def compose_all(
    requests: Sequence[tuple[CueSheet, GenerationConfig]],
    network: Network,
    progress: Progress | None = None,
    listener: Listener | None = None,
) -> list[Take]:
    """Compose several pieces at once.

    progress: called with the seconds of music composed so far, all pieces together.
    listener: as for :func:`compose`; follows the first piece. Both are called in this thread.
    """
    compositions = [
        Composition(cues, network.config, config, None if number else listener)
        for number, (cues, config) in enumerate(requests)
    ]
    done = 0.0

    def show() -> None:
        nonlocal done
        seconds = sum(composition.seconds for composition in compositions)
        if progress is not None and seconds > done:
            progress(seconds)
            done = seconds

    groups = _deal(compositions, network.threads)
    jobs = [
        partial(_compose, group, network, show if number == 0 else None)
        for number, group in enumerate(groups)
    ]
    run_together(jobs, show)
    show()
    return [composition.take for composition in compositions]


def _deal(compositions: Sequence[Composition], threads: int) -> list[list[Composition]]:
    """The compositions in groups of equal size or nearly so, at most one for each thread."""
    groups = min(threads, len(compositions))
    ends = [len(compositions) * number // groups for number in range(groups + 1)]
    return [list(compositions[start:end]) for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the decoder: its piece, and whether it is conditioned on what the piece asks."""

    piece: Composition
    conditioned: bool = True

    def read(self, decoder: Decoder, row: int) -> Logits:
        """Read the piece's window anew; returns the last logits [V]."""
        return self.piece.window.read(decoder, row, self.piece.conditions(self.conditioned))

    def slide(self, decoder: Decoder, row: int) -> None:
        """Forget what the piece's window has forgotten."""
        self.piece.window.slide(decoder, row, self.piece.conditions(self.conditioned))


def _rows(piece: Composition) -> list[_Row]:
    """The rows of a piece: a second one where its conditions are to be amplified."""
    if piece.is_conditioned and piece.config.sampling.guidance != 1:
        return [_Row(piece), _Row(piece, conditioned=False)]
    return [_Row(piece)]


def _compose(
    compositions: Sequence[Composition],
    network: Network,
    show: Callable[[], None] | None,
    stop: Event,
) -> None:
    """Carry compositions to their ends, all rows in one decoder.

    show: called after each token. stop: ends the work early.
    """
    rows = [row for composition in compositions for row in _rows(composition)]
    decoder = Decoder(network, len(rows))
    logits = np.stack([row.read(decoder, number) for number, row in enumerate(rows)])
    while rows and not stop.is_set():
        _append_tokens(*_guided(rows, logits))
        if show is not None:
            show()
        for number in reversed(range(len(rows))):
            if rows[number].piece.finished:
                decoder.end(number)
                last = rows.pop()
                if number < len(rows):
                    rows[number] = last
        logits = _next_logits(decoder, rows)


def _guided(rows: Sequence[_Row], logits: Logits) -> tuple[list[Composition], Logits]:
    """Each piece once, and its logits [pieces, V], amplified where it has an unconditioned row."""
    conditioned = [number for number, row in enumerate(rows) if row.conditioned]
    pieces = [rows[number].piece for number in conditioned]
    plain = {row.piece: number for number, row in enumerate(rows) if not row.conditioned}
    guided = logits[conditioned]
    for number, piece in enumerate(pieces):
        if piece in plain:
            guidance = piece.config.sampling.guidance
            guided[number] = amplify(guided[number], logits[plain[piece]], guidance)
    return pieces, guided


def amplify(conditioned: Logits, plain: Logits, guidance: float) -> Logits:
    """Logits [V] in which what ``conditioned`` says beyond ``plain`` counts ``guidance`` times.

    Classifier-free guidance (Ho and Salimans 2022). Whether time moves on is amplified, but not how
    far. A shift must lead to the beat or to the boundary, and a little noise makes it miss.
    """
    guided = plain + guidance * (conditioned - plain)
    shifts = conditioned[voc.SHIFTS]
    moves_on = np.logaddexp.reduce(guided[voc.SHIFTS]) - np.logaddexp.reduce(shifts)
    guided[voc.SHIFTS] = shifts + moves_on
    return guided


def _append_tokens(pieces: Sequence[Composition], logits: Logits) -> None:
    """Append a token to each piece, given the logits [pieces, V] of what follows its last."""
    forced = [piece.forced_token() for piece in pieces]
    free = [number for number, token in enumerate(forced) if token is None]
    drawn: dict[int, tuple[int, float]] = {}
    if free:
        choosing = [pieces[number] for number in free]
        allowed = np.stack([piece.mask() for piece in choosing])
        masked = np.where(allowed, logits[free], np.float32(-np.inf))
        biased = np.stack([p.bias(row) for p, row in zip(choosing, masked, strict=True)])
        samplings = [piece.config.sampling for piece in choosing]
        tokens = choose(biased, samplings, [piece.rng for piece in choosing])
        nlls = surprise(masked, tokens)
        drawn = dict(zip(free, zip(tokens, nlls, strict=True), strict=True))
    for number, piece in enumerate(pieces):
        token = forced[number]
        piece.append(*((token, None) if token is not None else drawn[number]))


def _next_logits(decoder: Decoder, rows: Sequence[_Row]) -> Logits:
    """What follows each row's last token [rows, V]: most rows step, some are read anew."""
    for number, row in enumerate(rows):
        row.slide(decoder, number)
    read = {
        number: row.read(decoder, number)
        for number, row in enumerate(rows)
        if row.piece.window.stale
    }
    if len(read) == len(rows):
        return np.stack(list(read.values())) if read else np.empty((0, voc.SIZE), np.float32)
    windows = [row.piece.window for row in rows]
    logits = decoder.step([w.tokens[-1] for w in windows], [w.offsets[-1] for w in windows], read)
    for number, anew in read.items():
        logits[number] = anew
    return logits
