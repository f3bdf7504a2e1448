"""Trains the fusion network: early stopping on the validation videos, resumable after any epoch."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.arrays import Floats
from engine.emotion.calibration import fit_temperature, log_loss, sharpened
from engine.emotion.fusion_network import Modality, Range, prepare
from engine.errors import EmsyncError
from engine.files import output_folder, replacing, write_atomically
from engine.training.emotion.dataset import Split, Video, labels, ranges
from engine.training.emotion.network import WIDTH, FusionModule

CHECKPOINT = "checkpoint.pt"
LOG = "log.csv"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. The defaults of rate, batch and width are the paper's.

    rate: of Adam. epochs: at most. patience: epochs without a better validation loss before it
    stops. hide: how often a modality of a video is hidden, so that the network learns to do
    without. width: of the network; a small data set asks for less.
    """

    rate: float = 1e-5
    batch: int = 32
    epochs: int = 500
    patience: int = 20
    hide: float = 0.0
    width: int = WIDTH
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """The best network of a run. epoch: of it. loss: its validation loss at the temperature."""

    model: FusionModule
    ranges: Mapping[str, Range]
    temperature: float
    epoch: int
    epochs: int
    loss: float


Report = Callable[[int, float, float, bool], None]
"""Receives each epoch, its training and validation loss in nats, and whether it is the best."""


def train(
    parts: Mapping[Split, Sequence[Video]],
    modalities: Sequence[Modality],
    settings: Settings,
    folder: Path,
    report: Report,
    device: str = "cpu",
) -> Trained:
    """Train on the videos of ``train``, and keep the epoch that is best on those of ``val``.

    folder: for ``checkpoint.pt`` and ``log.csv``. A run that it has goes on from its last epoch,
    and ends as if it had never stopped. Raises EmsyncError if the folder has a run of other
    settings or videos, or if the loss is not finite. It raises it too if PyTorch can't use the
    device.
    """
    run = _Run(parts, modalities, settings, device)
    path = output_folder(folder) / CHECKPOINT
    if path.exists():
        run.resume(path)
    while run.epoch < settings.epochs and run.epoch - run.best_epoch < settings.patience:
        learnt = run.learn()
        loss = run.validate()
        if not np.isfinite(loss):
            raise EmsyncError(f"{folder}: the loss is {loss} in epoch {run.epoch}; lower the rate")
        run.history.append((learnt, loss))
        run.save(path)
        write_atomically(folder / LOG, _log(run.history))
        report(run.epoch, learnt, loss, run.best_epoch == run.epoch)
    run.model.load_state_dict(run.best)
    validated = predict(run.model, parts["val"], run.ranges)
    temperature = fit_temperature(validated, labels(parts["val"]))
    loss = log_loss(sharpened(validated, temperature), labels(parts["val"]))
    return Trained(run.model.cpu(), run.ranges, temperature, run.best_epoch, run.epoch, loss)


def predict(
    model: FusionModule, videos: Sequence[Video], ranges: Mapping[str, Range], size: int = 64
) -> Floats:
    """The probabilities [n, 6] of videos, before any temperature."""
    model.eval()
    parts = []
    for first in range(0, len(videos), size):
        batch = prepare(
            [v.features for v in videos[first : first + size]], model.modalities, ranges
        )
        with torch.no_grad():
            logits = model(_tensors(batch, model.device))
        parts.append(functional.softmax(logits.double(), 1).cpu().numpy())
    return np.concatenate(parts)


class _Run:
    """The state of a run: all that a checkpoint has."""

    def __init__(
        self,
        parts: Mapping[Split, Sequence[Video]],
        modalities: Sequence[Modality],
        settings: Settings,
        device: str,
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        try:
            self.model = FusionModule(modalities, settings.width).to(device)
        except (RuntimeError, AssertionError) as error:
            raise EmsyncError(
                f"device {device!r}: PyTorch can't use it here; choose cpu"
            ) from error
        self.optimizer = torch.optim.Adam(self.model.parameters(), settings.rate)
        self.videos, self.validation = list(parts["train"]), list(parts["val"])
        self.ranges = ranges(self.videos, modalities)
        self.epoch = 0
        self.best_epoch = 0
        self.best_loss = float("inf")
        self.history: list[tuple[float, float]] = []
        self.best: dict[str, Any] = copy.deepcopy(self.model.state_dict())

    def learn(self) -> float:
        """One epoch over the training videos; returns its mean loss."""
        self.model.train()
        # Of its own seed, so that a run that goes on draws what one without a stop would.
        rng = np.random.default_rng([self.settings.seed, self.epoch])
        torch.manual_seed(int(rng.integers(2**31)))
        order = rng.permutation(len(self.videos))
        total = 0.0
        for first in range(0, len(order), self.settings.batch):
            chosen = [self.videos[place] for place in order[first : first + self.settings.batch]]
            features = [
                {name: a for name, a in v.features.items() if rng.random() >= self.settings.hide}
                for v in chosen
            ]
            device = self.model.device
            batch = _tensors(prepare(features, self.model.modalities, self.ranges), device)
            true = torch.from_numpy(labels(chosen)).to(device)
            loss = functional.cross_entropy(self.model(batch), true)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += float(loss.detach()) * len(chosen)
        self.epoch += 1
        return total / len(order)

    def validate(self) -> float:
        """The loss on the validation videos; the best network so far is kept."""
        loss = log_loss(predict(self.model, self.validation, self.ranges), labels(self.validation))
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, self.epoch
            self.best = copy.deepcopy(self.model.state_dict())
        return loss

    def identity(self) -> dict[str, Any]:
        """What must be equal for a run to go on; more epochs or patience may be asked for."""
        fixed = asdict(self.settings)
        del fixed["epochs"], fixed["patience"]
        modalities = [asdict(modality) for modality in self.model.modalities]
        names = [[video.name for video in part] for part in (self.videos, self.validation)]
        return {"settings": fixed, "modalities": modalities, "videos": names}

    def save(self, path: Path) -> None:
        """Write a checkpoint, which replaces the file at once."""
        state = {
            "identity": self.identity(),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "best": self.best,
            "epoch": self.epoch,
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
            "history": self.history,
        }
        with replacing(path) as beside:
            torch.save(state, beside)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint; raises EmsyncError if it is of another run."""
        try:
            saved = torch.load(path, map_location=self.model.device, weights_only=True)
            same = saved["identity"] == self.identity()
        except Exception as error:  # PyTorch raises many kinds for a file that is none of its own.
            raise EmsyncError(f"{path}: is no checkpoint; choose another folder") from error
        if not same:
            raise EmsyncError(f"{path}: a run with other settings or videos; choose another folder")
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.best, self.epoch = saved["best"], saved["epoch"]
        self.best_epoch, self.best_loss = saved["best_epoch"], saved["best_loss"]
        self.history = saved["history"]


def _log(history: Sequence[tuple[float, float]]) -> str:
    rows = (f"{epoch},{a:.5f},{b:.5f}\n" for epoch, (a, b) in enumerate(history, 1))
    return "epoch,train_loss,validation_loss\n" + "".join(rows)


def _tensors(batch: Mapping[str, Any], device: torch.device) -> dict[str, Tensor]:
    return {name: torch.from_numpy(array).to(device) for name, array in batch.items()}
