"""The training loop: resumable, with a validation figure and a log line as it goes."""

from __future__ import annotations

import csv
import json
import math
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.model.transformer import Transformer
from engine.model.weights import read_weights, write_weights
from engine.music import vocabulary as voc
from engine.music.conditions import EMOTION
from engine.training.cache import Cache
from engine.training.dataset import IGNORED, Batch, Recipe, Windows, validation_batches
from engine.training.muon import Muon


@dataclass(frozen=True, slots=True)
class Plan:
    """A training run.

    steps: in all; the learning rate rises over ``warmup`` steps and then falls in a straight line
    to zero at the last (Adam: falls to a quarter half-way, as the paper's does).
    batch: windows a step; micro: windows at once on the device (gradients add up).
    optimizer: "muon" (Muon for the blocks' matrices, AdamW for the rest) or "adam" (the paper's).
    rate: AdamW's or Adam's learning rate; muon_rate: Muon's.
    """

    steps: int
    batch: int = 8
    micro: int = 8
    optimizer: str = "muon"
    rate: float = 3e-3
    muon_rate: float = 0.02
    warmup: int = 100
    clip: float = 1.0
    chord_weight: float = 10.0
    seed: int = 0
    validate_every: int = 250
    validation_windows: int = 64
    checkpoint_minutes: float = 10.0


def train(
    cache: Cache,
    config: ModelConfig,
    plan: Plan,
    folder: Path,
    recipe: Recipe | None = None,
    device: str = "cpu",
    weights: Path | None = None,
) -> float:
    """Train up to ``plan.steps`` and return the validation NLL in nats a token.

    folder: where ``checkpoint.pt``, ``log.csv`` and the finished ``model.safetensors`` go; a
    checkpoint there is resumed exactly. weights: start from these (and warm up again) instead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    torch.set_flush_denormal(True)
    model = Transformer(config)
    if weights is not None:
        found, state = read_weights(weights)
        if found != config:
            raise EmsyncError(f"{weights}: weights of another network; use the config they have")
        model.load_state_dict({k: torch.from_numpy(v.astype(np.float32)) for k, v in state.items()})
    model.to(device)
    optimizers = make_optimizers(model, plan)
    windows = Windows(cache, config, recipe or Recipe(), plan.seed)
    checkpoint = folder / "checkpoint.pt"
    step, tokens = 0, 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        for optimizer, state in zip(optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        torch.set_rng_state(saved["rng"].cpu())
        step, tokens = saved["step"], saved["tokens"]
    else:
        _log_header(folder, config, plan, windows.recipe)

    def save() -> None:
        state = {
            "model": model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in optimizers],
            "rng": torch.get_rng_state(),
            "step": step,
            "tokens": tokens,
        }
        torch.save(state, checkpoint.with_suffix(".part"))
        os.replace(checkpoint.with_suffix(".part"), checkpoint)

    class_weights = torch.ones(voc.SIZE, device=device)
    class_weights[voc.CHORD] = plan.chord_weight
    saved_at = begun = time.monotonic()
    running: list[float] = []
    tokens_before = tokens
    while step < plan.steps:
        set_rates(optimizers, plan, step)
        model.train()
        batch = windows.batch(step, plan.batch)
        running.append(_accumulate(model, batch, plan.micro, class_weights, device))
        nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        step += 1
        tokens += int((batch.targets != IGNORED).sum())
        if step % plan.validate_every == 0 or step == plan.steps:
            nll = validate(model, cache, plan.validation_windows, plan.micro, device)
            rate = (tokens - tokens_before) / (time.monotonic() - begun)
            _log_row(folder, step, tokens, float(np.mean(running)), nll["nats_per_token"], rate)
            running.clear()
        if time.monotonic() - saved_at > 60 * plan.checkpoint_minutes or step == plan.steps:
            save()
            saved_at = time.monotonic()
    final = validate(model, cache, plan.validation_windows, plan.micro, device)
    write_weights(
        folder / "model.safetensors",
        config,
        {k: v.detach().cpu().numpy() for k, v in model.state_dict().items()},
        {"tokens_seen": str(tokens), **{k: f"{v:.4f}" for k, v in final.items()}},
    )
    return final["nats_per_token"]


def make_optimizers(model: Transformer, plan: Plan) -> list[torch.optim.Optimizer]:
    """The plan's optimizers, Muon first."""
    if plan.optimizer == "adam":
        return [torch.optim.Adam(model.parameters(), plan.rate)]
    matrices = [
        p
        for name, p in model.blocks.named_parameters()
        if p.ndim == 2 and not name.endswith("distances")
    ]
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [
        Muon(matrices, plan.muon_rate),
        torch.optim.AdamW(rest, plan.rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def set_rates(optimizers: Iterable[torch.optim.Optimizer], plan: Plan, step: int) -> None:
    """Set each optimizer's learning rate for this step."""
    warm = min(1.0, (step + 1) / plan.warmup) if plan.warmup else 1.0
    if plan.optimizer == "adam":
        fall = 1.0 if step < plan.steps / 2 else 0.25
    else:
        fall = 1 - step / plan.steps
    for optimizer in optimizers:
        peak = plan.muon_rate if isinstance(optimizer, Muon) else plan.rate
        for group in optimizer.param_groups:
            group["lr"] = peak * warm * fall


def _tensors(batch: Batch, rows: slice, device: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    arrays = (batch.tokens, batch.offsets, batch.conditions, batch.targets)
    tokens, offsets, conditions, targets = (torch.from_numpy(a[rows]).to(device) for a in arrays)
    return tokens, offsets, conditions, targets


def _accumulate(
    model: nn.Module, batch: Batch, micro: int, class_weights: Tensor, device: str
) -> float:
    """Add up the gradients of a batch; returns its weighted loss."""
    size = len(batch.tokens)
    total = 0.0
    for first in range(0, size, micro):
        tokens, offsets, conditions, targets = _tensors(batch, slice(first, first + micro), device)
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            logits = model(tokens, offsets, conditions)
        loss = F.cross_entropy(
            logits.flatten(0, 1).float(),
            targets.flatten(),
            class_weights,
            ignore_index=IGNORED,
        )
        share = len(tokens) / size
        (loss * share).backward()
        total += loss.item() * share
    return total


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

    Returns ``nats_per_token`` and ``nats_per_second`` of music.
    """
    model.eval()
    nats = count = seconds = 0.0
    for batch in validation_batches(cache, model.config, windows, size, known):
        tokens, offsets, conditions, targets = _tensors(batch, slice(None), device)
        logits = model(tokens, offsets, conditions).flatten(0, 1).float()
        nats += F.cross_entropy(
            logits, targets.flatten(), ignore_index=IGNORED, reduction="sum"
        ).item()
        asked = batch.targets[batch.targets != IGNORED]
        count += len(asked)
        seconds += float(voc.STEPS[asked].sum()) * voc.STEP_MS / 1000
    return {"nats_per_token": nats / count, "nats_per_second": nats / max(seconds, 1e-9)}


LOG = "log.csv"
LOG_COLUMNS = ("step", "tokens", "train_loss", "validation_nll", "tokens_per_second")


def _log_header(folder: Path, config: ModelConfig, plan: Plan, recipe: Recipe) -> None:
    settings: dict[str, Any] = {
        "config": json.loads(config.to_json()),
        "plan": asdict(plan),
        "recipe": asdict(recipe),
    }
    (folder / "settings.json").write_text(json.dumps(settings, indent=2) + "\n")
    with (folder / LOG).open("w", newline="") as log:
        csv.writer(log).writerow(LOG_COLUMNS)


def _log_row(folder: Path, step: int, tokens: int, loss: float, nll: float, rate: float) -> None:
    row = (step, tokens, f"{loss:.4f}", f"{nll:.4f}", f"{rate:.0f}")
    with (folder / LOG).open("a", newline="") as log:
        csv.writer(log).writerow(row)
    print("  ".join(f"{k} {v}" for k, v in zip(LOG_COLUMNS, row, strict=True)), flush=True)
    if not math.isfinite(nll):
        raise EmsyncError(f"{folder}: the validation NLL is {nll} at step {step}; lower the rate")
