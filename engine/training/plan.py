"""What a training run is told to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """A training run.

    steps: in all; None: as many as fit the minutes. batch: windows a step, over all processes
    together; micro: windows at once on a device (gradients add up).
    optimizer: "muon" (Muon for the blocks' matrices, AdamW for the rest) or "adam" (the paper's).
    rate: AdamW's or Adam's peak learning rate; muon_rate: Muon's. warmup: steps.
    clip: the longest gradient. chord_weight: the loss of a CHORD counts so much (paper, IV-A).
    arrival_weight: so much counts a TIMESHIFT where a single one can reach the boundary, for such
    are as scarce as CHORDs are (ours).
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
        """How much of the peak rate holds at a step, when ``passed`` (0 to 1) of the run is over.

        Muon: a straight line down to zero at the end. Adam: all of it, and a quarter from
        half-way on, as the paper's 2e-4 and 5e-5. Both rise over ``warmup`` steps first.
        """
        warm = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        if self.optimizer == "adam":
            return warm * (1.0 if passed < 0.5 else 0.25)
        return warm * (1 - passed)
