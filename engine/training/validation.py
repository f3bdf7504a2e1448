"""The validation NLL, by which weights are chosen."""

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
    """Unweighted mean NLL, in nats, over all tokens of fixed windows of the validation songs.

    windows: how many. size: windows at once. known: the conditions that the network gets. Returns
    ``nll_per_token`` and ``nll_per_second`` of music.
    """
    model.eval()
    nll = count = seconds = 0.0
    for batch in validation_batches(cache, model.config, windows, size, known):
        tokens, offsets, conditions, targets = batch.tensors(device)
        with torch.compiler.set_stance("force_eager"):  # Validation is too short to compile for.
            logits = model(tokens, offsets, conditions).flatten(0, 1).float()
        nll += F.cross_entropy(
            logits, targets.flatten(), ignore_index=IGNORED, reduction="sum"
        ).item()
        scored = batch.targets[batch.targets != IGNORED]
        count += len(scored)
        seconds += float(voc.STEPS[scored].sum()) * voc.STEP_MS / 1000
    return {"nll_per_token": nll / count, "nll_per_second": nll / max(seconds, 1e-9)}
