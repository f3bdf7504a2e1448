"""A network in training, with its optimizers, its state and its checkpoints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import EmsyncError
from engine.files import replacing
from engine.model.config import ModelConfig
from engine.model.header import read_header
from engine.model.transformer import Transformer
from engine.model.weights import read_weights, write_weights
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_seconds
from engine.training.autocast import matrix_type
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import IGNORED, Batch
from engine.training.distributed import World
from engine.training.optimizers import make_optimizers, set_rates
from engine.training.plan import TrainingPlan
from engine.training.validation import validate


class Trainer:
    """A network in training, with all that a checkpoint contains.

    weights: a file to start from. compiled: whether torch.compile makes the network faster. Raises
    EmsyncError if the device can't be used, or if the weights do not fit the config.
    """

    def __init__(
        self,
        config: ModelConfig,
        plan: TrainingPlan,
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
                f"device {world.device!r}: PyTorch can't use it here; choose cpu"
            ) from error
        self.learnt_before = 0
        """The number of targets that the first weights had learned from."""
        if weights is not None:
            self._load(weights)
        if compiled:
            # One block at a time: all share one code, which is compiled once.
            for block in self.model.blocks:
                block.compile(dynamic=False)
        # All processes draw the same weights, but each has its own dropout.
        torch.manual_seed(plan.seed + world.rank)
        # All processes use the same type, and a resumed run keeps its type.
        plain = world.any(matrix_type(world.device) is torch.float32)
        self.dtype = torch.float32 if plain else torch.bfloat16
        self.optimizers = make_optimizers(self.model, plan, self.dtype)
        self.step = 0
        self.tokens = 0
        """The number of targets learned from, by all processes together."""
        self.seconds = 0.0
        """Seconds of training so far."""
        self.class_weights = torch.ones(voc.SIZE, device=world.device)
        self.class_weights[voc.CHORD] = plan.chord_weight
        self.is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT).to(world.device)

    def learn(self, batch: Batch, passed: float) -> Tensor:
        """Take one step. passed: 0..1 of the run.

        Returns the weighted loss of this process's batch. Its value is not awaited, so that a GPU
        can be given its next work meanwhile.
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
        """Accumulate the gradients of a batch, a few windows at a time; returns its loss."""
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
        nll = F.cross_entropy(
            logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORED, reduction="none"
        )
        wanted = targets.clamp(min=0)
        in_reach = (offsets > 0) & (offsets <= to_seconds(voc.MAX_SHIFT))
        close = self.is_shift[wanted] & in_reach
        weights = self.class_weights[wanted].masked_fill(close, self.plan.arrival_weight)
        weights = weights.masked_fill(targets == IGNORED, 0.0).flatten()
        return (nll * weights).sum() / weights.sum()

    def validate(self, cache: Cache) -> dict[str, float]:
        """The figures of :func:`engine.training.validation.validate`."""
        plan = self.plan
        return validate(self.model, cache, plan.validation_windows, plan.micro, self.world.device)

    def save(self, path: Path) -> None:
        """Write a checkpoint, which replaces the file at once."""
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
        with replacing(path) as beside:
            torch.save(state, beside)

    def resume(self, path: Path) -> None:
        """Continue from a checkpoint; raises EmsyncError if it is of another network."""
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
        """Write the weights, with the number of tokens seen and the figures of the validation."""
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
        if _extended(config, self.model.config) != self.model.config:
            raise EmsyncError(f"{weights}: weights of another network; use the config they have")
        # Slots and features that they lack keep their random weights.
        self.model.load_state_dict(
            {name: torch.from_numpy(value.astype(np.float32)) for name, value in state.items()},
            strict=False,
        )
        self.learnt_before = int(read_header(weights).metadata.get("tokens_seen", 0))


def _extended(config: ModelConfig, wanted: ModelConfig) -> ModelConfig:
    """The config with what weights of it may gain: dropout, and further controls and features.

    These are taken from ``wanted``. Further ones must follow those that the config has.
    """
    further = {
        name: getattr(wanted, name)
        for name in ("controls", "features")
        if getattr(wanted, name)[: len(getattr(config, name))] == getattr(config, name)
    }
    return replace(config, dropout=wanted.dropout, **further)
