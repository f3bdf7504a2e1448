"""The composing loop: cue sheets in, scores out, a row of the decoder for each piece.

Several pieces are dealt out to the cores. The pieces of one core share a decoder, so that a step
reads the weights once for all of them. The cores don't wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from threading import Event

import numpy as np

from engine.arrays import Logits
from engine.composing.composition import Composition, Take
from engine.composing.config import GenerationConfig
from engine.composing.listener import Listener
from engine.composing.openings import Openings
from engine.composing.sampling import choose, surprise
from engine.cues import CueSheet
from engine.model.decoder import Decoder
from engine.model.runtime import Network
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

    for composition in compositions:
        composition.skip_given()
    if pieces := [each for each in compositions if not each.finished]:
        groups = _deal(pieces, network.threads)
        openings = Openings(groups)

        def compose_group(number: int, stop: Event) -> None:
            shown = None if number else show
            _compose(groups[number], network, openings, number, shown, stop.is_set)

        run_together([partial(compose_group, number) for number in range(len(groups))], show)
    show()
    return [composition.take for composition in compositions]


def _deal(compositions: Sequence[Composition], threads: int) -> list[list[Composition]]:
    """The compositions in groups of equal size or nearly so, at most one for each thread."""
    groups = min(threads, len(compositions))
    ends = [len(compositions) * number // groups for number in range(groups + 1)]
    return [list(compositions[start:end]) for start, end in pairwise(ends)]


def carry_on(
    piece: Composition, network: Network, show: Callable[[], None], stopped: Callable[[], bool]
) -> None:
    """Carry a piece on to its end.

    show: called after each token. stopped: asked before each token whether the work ends early.
    """
    piece.skip_given()
    if not piece.finished:
        _compose([piece], network, Openings([[piece]]), 0, show, stopped)


def _compose(
    compositions: Sequence[Composition],
    network: Network,
    openings: Openings,
    number: int,
    show: Callable[[], None] | None,
    stopped: Callable[[], bool],
) -> None:
    """Carry compositions to their ends, all in one decoder.

    openings, number: what the groups begin with, and the number of this one. show, stopped: as for
    :func:`carry_on`.
    """
    pieces = list(compositions)
    decoder = Decoder(network, len(pieces))
    logits = openings.first_logits(decoder, number)
    while pieces and not stopped():
        _append_tokens(pieces, logits)
        for row, piece in enumerate(pieces):
            piece.pass_given(decoder, row)
            piece.skip_given()
        if show is not None:
            show()
        for row in reversed(range(len(pieces))):
            if pieces[row].finished:
                decoder.end(row)
                last = pieces.pop()
                if row < len(pieces):
                    pieces[row] = last
        logits = _next_logits(decoder, pieces)


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
        token, nll = (token, None) if token is not None else drawn[number]
        piece.append(token, nll, logits[number])


def _next_logits(decoder: Decoder, pieces: Sequence[Composition]) -> Logits:
    """What follows each piece's last token [pieces, V]: most rows step, some are read anew."""
    for row, piece in enumerate(pieces):
        piece.slide(decoder, row)
    read = {row: piece.read(decoder, row) for row, piece in enumerate(pieces) if piece.window.stale}
    if len(read) == len(pieces):
        return np.stack(list(read.values())) if read else np.empty((0, voc.SIZE), np.float32)
    windows = [piece.window for piece in pieces]
    logits = decoder.step([w.tokens[-1] for w in windows], [w.offsets[-1] for w in windows], read)
    for row, anew in read.items():
        logits[row] = anew
    return logits
