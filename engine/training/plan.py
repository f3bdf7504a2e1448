"""The settings of a training run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The settings of a training run.

    steps: how many in all; None for as many as fit the minutes.
    batch: windows a step, over all processes together.
    micro: windows at once on a device (gradients are accumulated).
    optimizer: "muon" (Muon for the blocks' matrices, AdamW for the rest) or "adam" (the paper's).
    rate, muon_rate: peak learning rates, of AdamW or Adam and of Muon.
    warmup: steps in which the rate rises to its peak.
    clip: the largest norm of the gradient.
    chord_weight: weight of a CHORD in the loss (paper, IV-A).
    arrival_weight: weight in the loss of a TIMESHIFT where a single one can reach the boundary.
        Such are as rare as CHORDs (ours).
    validate_every: steps between validations. validation_windows: windows each time.
    checkpoint_minutes: minutes between checkpoints.
    """

    steps: int | None
    batch: int = 8
    micro: int = 8
    optimizer: str = "muon"
    rate: float = 3e-3
    muon_rate: float = 0.02
    warmup: int = 100
    clip: float = 1.0
    chord_weight: float = 10.0
    arrival_weight: float = 5.0
    seed: int = 0
    validate_every: int = 250
    validation_windows: int = 64
    checkpoint_minutes: float = 10.0

    def share_of_rate(self, step: int, passed: float) -> float:
        """The learning rate at a step, as a share of the peak. passed: 0..1 of the run.

        Muon: falls linearly to zero at the end. Adam: the peak in the first half and a quarter of
        it in the second, like the paper's 2e-4 and 5e-5. Both rise over ``warmup`` steps first.
        """
        warm = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        if self.optimizer == "adam":
            return warm * (1.0 if passed < 0.5 else 0.25)
        return warm * (1 - passed)
