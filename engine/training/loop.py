"""The training loop: resumable, on one device or several, validating as it goes."""

from __future__ import annotations

import math
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.model.header import read_header
from engine.model.transformer import Transformer
from engine.model.weights import read_weights, write_weights
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_seconds
from engine.training.autocast import matrix_type
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import IGNORED, Batch, Recipe, Windows
from engine.training.distributed import World, join_world
from engine.training.log import Log
from engine.training.optimizers import make_optimizers, set_rates
from engine.training.plan import Plan
from engine.training.validation import validate


def train(
    cache: Cache,
    config: ModelConfig,
    plan: Plan,
    folder: Path,
    recipe: Recipe | None = None,
    device: str = "cpu",
    weights: Path | None = None,
    minutes: float = math.inf,
    compiled: bool = False,
) -> float:
    """Train up to ``plan.steps`` and return the validation NLL in nats a token.

    folder: where ``checkpoint.pt``, ``log.csv``, ``log.png`` and ``model.safetensors`` go; a
    checkpoint there is resumed exactly. weights: what a run without a checkpoint starts from.
    minutes: stop after the first step that ends later than this, leaving all that a finished run
    leaves; the same call goes on. Where the plan gives no steps, they are the whole run's: the
    rate falls as they pass, and a run broken off and resumed has what was left. compiled: let
    torch.compile make the network faster. Under ``torchrun`` every process works on its share of
    each batch.
    """
    if plan.steps is None and minutes == math.inf:
        raise EmsyncError("a run without end: give --steps, --minutes or both")
    begun = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    world = join_world(device)
    run = Trainer(config, plan, world, weights, compiled)
    windows = Windows(cache, config, recipe or Recipe(), plan.seed)
    log, checkpoint = Log(folder), folder / "checkpoint.pt"
    if checkpoint.exists():
        run.resume(checkpoint)
        if world.leads:
            log.resume(run.step)
    elif world.leads:
        log.begin(config, plan, windows.recipe)

    # Only a run that the clock ends goes by the seconds of the calls before, too.
    before = run.seconds if plan.steps is None else 0.0
    seconds = 60 * minutes
    last_step = run.step if before > seconds else plan.steps
    share, processes = plan.batch // world.size, drawing_processes(world)
    losses: list[Tensor] = []
    figures: dict[str, float] = {}
    saved_at = logged_at = time.monotonic()
    tokens_logged = run.tokens
    for batch in windows.batches(run.step, last_step, share, world.rank, processes):
        if plan.steps is None:
            passed = world.most(min(1.0, run.seconds / max(seconds, 1e-9)))
        else:
            passed = run.step / plan.steps
        losses.append(run.learn(batch, passed))
        run.seconds = before + time.monotonic() - begun
        cut = minutes < math.inf and world.any(run.seconds > seconds)
        last = cut or run.step == plan.steps
        if world.leads and (last or run.step % plan.validate_every == 0):
            rate = (run.tokens - tokens_logged) / (time.monotonic() - logged_at)
            figures = run.validate(cache)
            nll = figures["nll_per_token"]
            log.row(run.step, run.tokens, torch.stack(losses).mean().item(), nll, rate)
            losses.clear()
            if not math.isfinite(nll):
                raise EmsyncError(f"{folder}: the NLL is {nll} at step {run.step}; lower the rate")
            logged_at, tokens_logged = time.monotonic(), run.tokens
        if world.leads and (last or time.monotonic() - saved_at > 60 * plan.checkpoint_minutes):
            run.save(checkpoint)
            saved_at = time.monotonic()
        if cut:
            break
    figures = figures or run.validate(cache)
    if world.leads:
        run.write(folder / "model.safetensors", figures)
        if plan.steps is not None and run.step < plan.steps:
            log.cut(run.step, plan.steps)
    return figures["nll_per_token"]


def drawing_processes(world: World) -> int:
    """How many processes draw windows: a GPU learns from them faster than one draws them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(8, max(1, (cores or 1) // 2 // world.size)) if world.device != "cpu" else 0


def grown(config: ModelConfig, wanted: ModelConfig) -> ModelConfig:
    """The config with those controls and features that the one wanted has beyond its own, and with
    its dropout, which no weight hangs on."""
    further = {
        name: getattr(wanted, name)
        for name in ("controls", "features")
        if getattr(wanted, name)[: len(getattr(config, name))] == getattr(config, name)
    }
    return replace(config, dropout=wanted.dropout, **further)


class Trainer:
    """A network in training, with all that a checkpoint holds."""

    def __init__(
        self,
        config: ModelConfig,
        plan: Plan,
        world: World,
        weights: Path | None = None,
        compiled: bool = False,
    ) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.world = plan, world
        try:
            self.model = Transformer(config).to(world.device)
        except (RuntimeError, AssertionError) as error:
            raise EmsyncError(
                f"device {world.device!r}: PyTorch can't use it here; try --device cpu"
            ) from error
        self.learnt_before = 0
        """How many targets the weights it began with had been learnt from."""
        if weights is not None:
            self._load(weights)
        if compiled:
            # A block at a time: the same code serves them all, and is compiled once.
            for block in self.model.blocks:
                block.compile(dynamic=False)
        # Beyond the weights, which all processes draw alike, each has its own dropout.
        torch.manual_seed(plan.seed + world.rank)
        # All processes compute alike, and go on as they began.
        plain = world.any(matrix_type(world.device) is torch.float32)
        self.dtype = torch.float32 if plain else torch.bfloat16
        self.optimizers = make_optimizers(self.model, plan, self.dtype)
        self.step = 0
        self.tokens = 0
        """How many targets have been learnt from, by all processes together."""
        self.seconds = 0.0
        """How long it has been trained."""
        self.class_weights = torch.ones(voc.SIZE, device=world.device)
        self.class_weights[voc.CHORD] = plan.chord_weight
        self.is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT).to(world.device)

    def learn(self, batch: Batch, passed: float) -> Tensor:
        """One step, when ``passed`` (0 to 1) of the run is over.

        Returns the weighted loss of this process's batch, of which nobody waits for the value: a
        GPU is given its next work meanwhile.
        """
        set_rates(self.optimizers, self.plan, self.step, passed)
        self.model.train()
        loss = self._accumulate(batch)
        parameters = [p for p in self.model.parameters() if p.grad is not None]
        self.world.average(p.grad for p in parameters if p.grad is not None)
        nn.utils.clip_grad_norm_(parameters, self.plan.clip)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += int((batch.targets != IGNORED).sum()) * self.world.size
        return loss

    def _accumulate(self, batch: Batch) -> Tensor:
        """Add up the gradients of a batch, a few windows at a time."""
        device = self.world.device
        size, total = len(batch.tokens), torch.zeros((), device=device)
        mixed = self.dtype is torch.bfloat16
        at_once = self.plan.micro * (self.model.config.window // batch.tokens.shape[1])
        for first in range(0, size, at_once):
            part = batch.rows(slice(first, first + at_once))
            tokens, offsets, conditions, targets = part.tensors(device)
            with torch.autocast(device.split(":")[0], self.dtype, enabled=mixed):
                logits = self.model(tokens, offsets, conditions)
            loss = self._loss(logits, targets, offsets)
            share = len(tokens) / size
            (loss * share).backward()
            total += loss.detach() * share
        return total

    def _loss(self, logits: Tensor, targets: Tensor, offsets: Tensor) -> Tensor:
        """Weighted mean cross entropy of logits [B, T, V] and targets [B, T] at offsets [B, T]."""
        nats = F.cross_entropy(
            logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORED, reduction="none"
        )
        asked = targets.clamp(min=0)
        in_reach = (offsets > 0) & (offsets <= to_seconds(voc.MAX_SHIFT))
        close = self.is_shift[asked] & in_reach
        weights = self.class_weights[asked].masked_fill(close, self.plan.arrival_weight)
        weights = weights.masked_fill(targets == IGNORED, 0.0).flatten()
        return (nats * weights).sum() / weights.sum()

    def validate(self, cache: Cache) -> dict[str, float]:
        """The figures of :func:`engine.training.validation.validate`."""
        plan = self.plan
        return validate(self.model, cache, plan.validation_windows, plan.micro, self.world.device)

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        state = {
            "config": self.model.config.to_json(),
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "rng": torch.get_rng_state(),
            "dtype": self.dtype,
            "step": self.step,
            "tokens": self.tokens,
            "seconds": self.seconds,
            "learnt_before": self.learnt_before,
        }
        torch.save(state, path.with_suffix(".part"))
        os.replace(path.with_suffix(".part"), path)

    def resume(self, path: Path) -> None:
        """Take up a checkpoint."""
        saved = torch.load(path, map_location=self.world.device, weights_only=True)
        if saved["config"] != self.model.config.to_json():
            raise EmsyncError(f"{path}: the checkpoint of another network; choose another folder")
        self.model.load_state_dict(saved["model"])
        for optimizer, state in zip(self.optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        torch.set_rng_state(saved["rng"].cpu())
        self.dtype = saved["dtype"]
        self.step, self.tokens, self.seconds = saved["step"], saved["tokens"], saved["seconds"]
        self.learnt_before = saved["learnt_before"]

    def write(self, path: Path, figures: dict[str, float]) -> None:
        """Write the weights with the tokens seen and the validation's figures."""
        write_weights(
            path,
            self.model.config,
            {k: v.detach().cpu().numpy() for k, v in self.model.state_dict().items()},
            {
                "name": path.parent.name,
                "tokens_seen": str(self.learnt_before + self.tokens),
                **{k: f"{v:.4f}" for k, v in figures.items()},
            },
        )

    def _load(self, weights: Path) -> None:
        config, state = read_weights(weights)
        if grown(config, self.model.config) != self.model.config:
            raise EmsyncError(f"{weights}: weights of another network; use the config they have")
        # What they lack stays as it was drawn: slots and features that came later.
        self.model.load_state_dict(
            {name: torch.from_numpy(value.astype(np.float32)) for name, value in state.items()},
            strict=False,
        )
        self.learnt_before = int(read_header(weights).metadata.get("tokens_seen", 0))
