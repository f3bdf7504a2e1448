"""The composing loop: cue sheets in, scores out, a row of the decoder for each piece.

A piece that asks for an emotion, a tempo, a key or the like takes two rows, one of which is told of
none: what the other says beyond it is overstated (guidance).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Logits
from engine.composing.sampling import choose, surprise
from engine.composing.state import Composition, GenerationConfig, Listener, Take
from engine.cues import CueSheet
from engine.model.runtime import Decoder, Network
from engine.music import vocabulary as voc
from engine.score import Score

Progress = Callable[[float], None]


def compose(
    cues: CueSheet,
    network: Network,
    generation: GenerationConfig,
    progress: Progress | None = None,
    listen: Listener | None = None,
) -> Score:
    """Compose for a cue sheet.

    progress: called with the seconds of music composed so far.
    listen: called with the notes that have ended since the last call, in order of onset, the
        CHORDs that have come since, in seconds, and the time in seconds before which no further
        onset or CHORD will come; by the end it has heard all.
    """
    (take,) = compose_all([(cues, generation)], network, progress, listen)
    return take.score


def compose_all(
    requests: Sequence[tuple[CueSheet, GenerationConfig]],
    network: Network,
    progress: Progress | None = None,
    listen: Listener | None = None,
) -> list[Take]:
    """Compose several pieces at once.

    progress: called with the seconds of music composed so far, all pieces together.
    listen: as for :func:`compose`; hears the first piece.
    """
    compositions = [
        Composition(cues, network.config, generation, None if number else listen)
        for number, (cues, generation) in enumerate(requests)
    ]
    _compose(compositions, network, progress)
    return [composition.take for composition in compositions]


@dataclass(frozen=True, slots=True)
class _Reader:
    """A row of the decoder: whose tokens it reads, and whether it is told what is asked for."""

    composition: Composition
    told: bool = True


def _readers(composition: Composition) -> list[_Reader]:
    """The rows that a piece takes: a second one where what is asked for is to be overstated."""
    if composition.asks and composition.generation.sampling.guidance != 1:
        return [_Reader(composition), _Reader(composition, told=False)]
    return [_Reader(composition)]


def _compose(
    compositions: Sequence[Composition], network: Network, progress: Progress | None
) -> None:
    """Carry compositions to their ends, a row of one decoder for each of their readers."""
    rows = [reader for composition in compositions for reader in _readers(composition)]
    decoder = Decoder(network, len(rows))
    logits = np.stack([r.composition.read(decoder, row, r.told) for row, r in enumerate(rows)])
    done = 0.0
    while rows:
        _go_on(*_guided(rows, logits))
        if progress is not None:
            seconds = sum(composition.seconds for composition in compositions)
            if seconds > done:
                progress(seconds)
                done = seconds
        for row in reversed(range(len(rows))):
            if rows[row].composition.finished:
                decoder.end(row)
                last = rows.pop()
                if row < len(rows):
                    rows[row] = last
        logits = _next_logits(decoder, rows)


def _guided(rows: Sequence[_Reader], logits: Logits) -> tuple[list[Composition], Logits]:
    """Each piece once, and its logits [pieces, V] with what was asked for overstated, where a piece
    has a reader that is told nothing."""
    told = [row for row, reader in enumerate(rows) if reader.told]
    pieces = [rows[row].composition for row in told]
    untold = {reader.composition: row for row, reader in enumerate(rows) if not reader.told}
    guided = logits[told]
    for piece, composition in enumerate(pieces):
        if composition in untold:
            guidance = composition.generation.sampling.guidance
            guided[piece] = overstate(guided[piece], logits[untold[composition]], guidance)
    return pieces, guided


def overstate(told: Logits, plain: Logits, guidance: float) -> Logits:
    """Logits [V] in which what ``told`` says beyond ``plain`` counts so many times.

    Classifier-free guidance (Ho and Salimans 2022). Whether time moves on is overstated, but not
    how far: a step must lead to the beat, or to the boundary, which little noise is enough to miss.
    """
    guided = plain + guidance * (told - plain)
    as_told = told[voc.SHIFTS]
    moves_on = np.logaddexp.reduce(guided[voc.SHIFTS]) - np.logaddexp.reduce(as_told)
    guided[voc.SHIFTS] = as_told + moves_on
    return guided


def _go_on(rows: Sequence[Composition], logits: Logits) -> None:
    """Add a token to each piece, by the logits [rows, V] of what follows its last."""
    due = [composition.forced_token() for composition in rows]
    free = [row for row, token in enumerate(due) if token is None]
    chosen: dict[int, tuple[int, float]] = {}
    if free:
        choosing = [rows[row] for row in free]
        allowed = np.stack([composition.allowed_now() for composition in choosing])
        heard = np.where(allowed, logits[free], np.float32(-np.inf))
        leaning = np.stack([c.lean(row) for c, row in zip(choosing, heard, strict=True)])
        samplings = [composition.generation.sampling for composition in choosing]
        tokens = choose(leaning, samplings, [composition.rng for composition in choosing])
        nll = surprise(heard, tokens)
        chosen = dict(zip(free, zip(tokens, nll, strict=True), strict=True))
    for row, composition in enumerate(rows):
        token = due[row]
        composition.go_on(*((token, None) if token is not None else chosen[row]))


def _next_logits(decoder: Decoder, rows: Sequence[_Reader]) -> Logits:
    """What follows each row's last token [rows, V]: most rows step, some are read anew."""
    for row, reader in enumerate(rows):
        reader.composition.slide(decoder, row, reader.told)
    read = {
        row: reader.composition.read(decoder, row, reader.told)
        for row, reader in enumerate(rows)
        if reader.composition.must_read
    }
    if len(read) == len(rows):
        return np.stack(list(read.values())) if read else np.empty((0, voc.SIZE), np.float32)
    pieces = [reader.composition for reader in rows]
    logits = decoder.step([p.tokens[-1] for p in pieces], [p.offsets[-1] for p in pieces], read)
    for row, anew in read.items():
        logits[row] = anew
    return logits
