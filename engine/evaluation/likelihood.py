"""How well the network predicts songs it has never seen: the negative log likelihood (NLL).

Goal: the unweighted NLL in nats, a token and a second of music, over fixed windows of split=val.
The report gives it for each type of token too. The network is given the emotion, all conditions,
or none. Boundary offsets are the song's own, as in training. Intervals resample whole windows.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats, Ints, Logits
from engine.metrics.statistics import Json, estimate
from engine.model.config import ModelConfig
from engine.model.decoder import Decoder
from engine.model.runtime import Network
from engine.music import conditions as cond
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_seconds
from engine.parallel import Progress
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import IGNORED, Batch, validation_batches

BATCH = 4
KNOWN = {"emotion": cond.EMOTION, "all": cond.ALL, "none": ()}
"""The conditions that the network is given, by the name of the case."""


def _types() -> tuple[tuple[str, ...], Ints]:
    """The types of tokens, and the type of each token [V]: -1 for tokens outside the music."""
    plain = (Kind.BAR, Kind.CHORD, Kind.TIMESHIFT, Kind.OFF)
    names = (*(kind.name for kind in plain), *(f"ON_{i.name}" for i in voc.INSTRUMENTS))
    of_token = np.full(voc.SIZE, -1)
    for index, kind in enumerate(plain):
        of_token[kind == voc.KIND] = index
    on = voc.KIND == Kind.ON
    of_token[on] = len(plain) + voc.INSTRUMENT[on]
    return names, of_token


TYPES, TYPE = _types()


def cases(config: ModelConfig) -> dict[str, tuple[str, ...]]:
    """The conditions that this network can be given, by the name of the case; equal cases once."""
    found: dict[str, tuple[str, ...]] = {}
    for name, known in KNOWN.items():
        given = tuple(condition for condition in known if condition in config.controls)
        if given not in found.values():
            found[name] = given
    return found


def evaluate(
    network: Network,
    cache: Cache,
    windows: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Json:
    """The NLL in each of :func:`cases`, over all tokens and by type, with n and intervals.

    progress: called with the windows read so far, of ``windows`` for each case.
    """
    decoder = Decoder(network)
    report: Json = {}
    done = 0
    for name, known in cases(network.config).items():
        rows = []
        for batch in validation_batches(cache, network.config, windows, BATCH, known):
            rows.append(window_sums(decoder, batch))
            done += len(batch.tokens)
            if progress is not None:
                progress(done)
        report[name] = _summary(np.concatenate(rows), rng)
    return report


def window_sums(decoder: Decoder, batch: Batch) -> Floats:
    """The NLL in nats and the tokens of each type, and the seconds, of each window.

    Returns [B, 2 types + 1].
    """
    nll = [
        token_nll(decoder.prefill(tokens, offsets, conditions), targets)
        for tokens, offsets, conditions, targets in zip(
            batch.tokens, batch.offsets, batch.conditions, batch.targets, strict=True
        )
    ]
    asked = batch.targets != IGNORED
    targets = np.where(asked, batch.targets, voc.PAD)
    rows = []
    for loss, target in zip(nll, targets, strict=True):
        kinds = TYPE[target]
        music = kinds >= 0
        sums = [
            np.bincount(kinds[music], weight, len(TYPES))
            for weight in (loss[music], np.ones(int(music.sum())))
        ]
        rows.append(np.append(np.concatenate(sums), to_seconds(int(voc.STEPS[target].sum()))))
    return np.array(rows, np.float64)


def token_nll(logits: Logits, targets: Ints) -> Floats:
    """Minus the log probability of each target, in nats; zero where it is ``IGNORED``.

    logits: [..., V]. targets: [...]. Returns [...].
    """
    highest = logits.max(-1, keepdims=True)
    total = np.log(np.exp(logits - highest).sum(-1)) + highest[..., 0]
    asked = targets != IGNORED
    chosen = np.take_along_axis(logits, np.where(asked, targets, 0)[..., None], -1)[..., 0]
    return np.where(asked, total - chosen, 0.0).astype(np.float64)


def _summary(rows: Floats, rng: np.random.Generator) -> Json:
    """The report of one case from its windows [n, 2 types + 1]."""
    types = len(TYPES)
    nll, counts, seconds = rows[:, :types], rows[:, types:-1], rows[:, -1]
    by_type = {
        name: {
            **_ratio(nll[:, i], counts[:, i], rng),
            "tokens": int(counts[:, i].sum()),
        }
        for i, name in enumerate(TYPES)
    }
    return {
        "nll_per_token": _ratio(nll.sum(1), counts.sum(1), rng),
        "nll_per_second": _ratio(nll.sum(1), seconds, rng),
        "tokens": int(counts.sum()),
        "by_type": by_type,
    }


def _ratio(above: Floats, below: Floats, rng: np.random.Generator) -> Json:
    def ratio(above: Floats, below: Floats) -> float:
        return float(above.sum() / below.sum()) if below.sum() else float("nan")

    return estimate(ratio, above, below, rng=rng)
