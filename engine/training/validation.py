"""The figure that weights are chosen by."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from engine.model.transformer import Transformer
from engine.music import vocabulary as voc
from engine.music.conditions import EMOTION
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import IGNORED, validation_batches


@torch.inference_mode()
def validate(
    model: Transformer,
    cache: Cache,
    windows: int,
    size: int,
    device: str,
    known: tuple[str, ...] = EMOTION,
) -> dict[str, float]:
    """Unweighted mean NLL over all tokens of fixed windows of split=val.

    Returns ``nll_per_token`` and ``nll_per_second`` of music. Only the ``known`` conditions
    are given.
    """
    model.eval()
    nats = count = seconds = 0.0
    for batch in validation_batches(cache, model.config, windows, size, known):
        tokens, offsets, conditions, targets = batch.tensors(device)
        with torch.compiler.set_stance("force_eager"):  # Too little to compile for.
            logits = model(tokens, offsets, conditions).flatten(0, 1).float()
        nats += F.cross_entropy(
            logits, targets.flatten(), ignore_index=IGNORED, reduction="sum"
        ).item()
        asked = batch.targets[batch.targets != IGNORED]
        count += len(asked)
        seconds += float(voc.STEPS[asked].sum()) * voc.STEP_MS / 1000
    return {"nll_per_token": nats / count, "nll_per_second": nats / max(seconds, 1e-9)}
