"""The training loop: resumable, on one device or several, with validations on the way."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import EmsyncError
from engine.files import output_folder
from engine.model.config import ModelConfig
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import Recipe, Windows
from engine.training.distributed import World, join_world
from engine.training.log import Log
from engine.training.plan import TrainingPlan
from engine.training.trainer import Trainer


def train(
    cache: Cache,
    config: ModelConfig,
    plan: TrainingPlan,
    folder: Path,
    recipe: Recipe | None = None,
    device: str = "cpu",
    weights: Path | None = None,
    minutes: float = math.inf,
    compiled: bool = False,
) -> float:
    """Train up to ``plan.steps``; returns the validation NLL in nats a token.

    folder: for ``checkpoint.pt``, ``log.csv``, ``log.png`` and ``model.safetensors``. If it has a
        checkpoint, the run continues from there exactly.
    weights: a file that a run without a checkpoint starts from.
    minutes: stop after the first step that ends later than this. The folder then has all files of
        a finished run, and the same call continues. If the plan gives no steps, this is the time of
        the whole run. The learning rate follows it, and a resumed run has the time that is left.
    compiled: whether torch.compile makes the network faster.

    Under ``torchrun`` each process trains on its share of each batch. Raises EmsyncError if the run
    has no end, or can't use the device, or if the NLL is not finite. Weights or a checkpoint of
    another network are an EmsyncError too.
    """
    if plan.steps is None and minutes == math.inf:
        raise EmsyncError("a run without end: give steps, minutes or both")
    begun = time.monotonic()
    world = join_world(device)
    trainer = Trainer(config, plan, world, weights, compiled)
    output_folder(folder)
    windows = Windows(cache, config, recipe or Recipe(), plan.seed)
    log, checkpoint = Log(folder), folder / "checkpoint.pt"
    if checkpoint.exists():
        trainer.resume(checkpoint)
        if world.leads:
            log.resume(trainer.step)
    elif world.leads:
        log.begin(config, plan, windows.recipe)

    # A run that ends by time counts the seconds of earlier calls too.
    before = trainer.seconds if plan.steps is None else 0.0
    seconds = 60 * minutes
    last_step = trainer.step if before > seconds else plan.steps
    share, processes = plan.batch // world.size, drawing_processes(world)
    losses: list[Tensor] = []
    figures: dict[str, float] = {}
    saved_at = logged_at = time.monotonic()
    tokens_logged = trainer.tokens
    for batch in windows.batches(trainer.step, last_step, share, world.rank, processes):
        if plan.steps is None:
            passed = world.most(min(1.0, trainer.seconds / max(seconds, 1e-9)))
        else:
            passed = trainer.step / plan.steps
        losses.append(trainer.learn(batch, passed))
        trainer.seconds = before + time.monotonic() - begun
        cut = minutes < math.inf and world.any(trainer.seconds > seconds)
        last = cut or trainer.step == plan.steps
        if world.leads and (last or trainer.step % plan.validate_every == 0):
            rate = (trainer.tokens - tokens_logged) / (time.monotonic() - logged_at)
            figures = trainer.validate(cache)
            nll = figures["nll_per_token"]
            log.row(trainer.step, trainer.tokens, torch.stack(losses).mean().item(), nll, rate)
            losses.clear()
            if not math.isfinite(nll):
                raise EmsyncError(
                    f"{folder}: the NLL is {nll} at step {trainer.step}; lower the rate"
                )
            logged_at, tokens_logged = time.monotonic(), trainer.tokens
        if world.leads and (last or time.monotonic() - saved_at > 60 * plan.checkpoint_minutes):
            trainer.save(checkpoint)
            saved_at = time.monotonic()
        if cut:
            break
    figures = figures or trainer.validate(cache)
    if world.leads:
        trainer.write(folder / "model.safetensors", figures)
        if plan.steps is not None and trainer.step < plan.steps:
            log.cut(trainer.step, plan.steps)
    return figures["nll_per_token"]


def drawing_processes(world: World) -> int:
    """The number of processes that draw windows: a GPU trains faster than one process draws."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(8, max(1, (cores or 1) // 2 // world.size)) if world.device != "cpu" else 0
