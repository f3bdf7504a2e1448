"""The cost in likelihood of a full window that slides instead of being read anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.benchmarks.measures import Line, Section
from engine.composing.window import to_forget
from engine.errors import EmsyncError
from engine.evaluation.likelihood import token_nll
from engine.model.decoder import Decoder
from engine.model.runtime import Network
from engine.music import vocabulary as voc
from engine.music.conditions import ALL, EMOTION
from engine.music.offsets import training_offsets
from engine.training.corpus.token_cache import Cache

WINDOWS = 2
"""How many windows of a song are read; the tokens beyond the first count."""


def sliding(weights: Path, cache: Cache, songs: int) -> Section:
    """Compare the NLL of a sliding window with that of a window read anew.

    Validation songs longer than the window are read token by token, as in composing.
    Raises EmsyncError when the cache has none.
    """
    decoder = Decoder(Network(weights, "cpu"))
    length = WINDOWS * decoder.config.window
    lengths = np.diff(cache.start)
    long = np.flatnonzero(cache.validation & (lengths > 1.1 * length))
    drawn = np.random.default_rng(1).permutation(long)[:songs]
    if not len(drawn):
        raise EmsyncError(
            f"the cache has no song of split=val with {1.1 * length:.0f} tokens; give a larger one"
        )
    nll = np.array(
        [[_read(decoder, cache, song, length, slide) for slide in (False, True)] for song in drawn]
    )
    anew, slid = nll.mean(axis=0)
    rises = 100 * (nll[:, 1] - nll[:, 0]) / anew
    return Section(
        "A window that slides (the shipped network, 8 bits)",
        (
            Line(
                "rise of the NLL over reading anew", rises.mean(), "%", 0.5, "at most",
                f"{anew:.4f} to {slid:.4f} nats a token beyond the first window; {len(drawn)} "
                f"songs, standard error {rises.std() / max(1, len(drawn)) ** 0.5:.2f} %",
            ),
        ),
    )  # fmt: skip


def _read(decoder: Decoder, cache: Cache, song: int, length: int, slide: bool) -> float:
    """The NLL in nats a token of a song beyond its first window.

    length: tokens to read. slide: whether a full window slides, or else is read anew.
    """
    whole = cache.song(song)
    all_tokens, times = training_offsets(whole, np.zeros(len(whole), bool))
    tokens, offsets = all_tokens[:length].astype(np.int64), times[:length]
    known = [name in EMOTION for name in decoder.config.controls]
    columns = [ALL.index(name) for name in decoder.config.controls]
    conditions = np.where(known, cache.conditions[song][columns], np.nan).astype(np.float32)
    slot = voc.instrument_slot(int(cache.families[song]))

    def window(begin: int, end: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        head = np.array([slot, *tokens[begin:end]])
        return head, np.array([offsets[begin], *offsets[begin:end]], np.float32), conditions

    logits = [decoder.prefill(*window(0, 1))[-1]]
    begin = 0
    for end in range(2, length):
        if end - begin >= decoder.config.window - 1:
            dropped = to_forget(tokens[begin:end].tolist())
            begin += dropped
            if slide:
                decoder.slide(dropped, *window(begin, begin))
            else:
                logits.append(decoder.prefill(*window(begin, end))[-1])
                continue
        logits.append(
            decoder.step(tokens[end - 1 : end].tolist(), offsets[end - 1 : end].tolist())[0]
        )
    nll = token_nll(np.stack(logits), tokens[1:length])
    return float(nll[decoder.config.window :].mean())
