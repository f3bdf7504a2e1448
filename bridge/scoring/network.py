"""Which network composes, and what it runs on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.model.precision import Precision

if TYPE_CHECKING:
    from engine.model.runtime import Network


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """A network and its runtime.

    model: the weights; None for the network that comes with emsync. device: ``auto`` or one of
    :mod:`engine.model.devices`. threads: CPU threads that compose; 0 for all cores. precision: None
    for the fastest on the device.
    """

    model: Path | None = None
    device: str = "auto"
    threads: int = 0
    precision: Precision | None = None

    def load(self) -> Network:
        """Load it. Raises EmsyncError when it can't be loaded."""
        # Late, so that a server without onnxruntime still starts.
        from engine.model.runtime import SHIPPED, Network

        return Network(self.model or SHIPPED, self.device, self.threads, self.precision)
