"""From labelled videos to a network at work, with the figures of videos it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from engine.emotion.calibration import UNIFORM_LOSS, sharpened
from engine.emotion.fusion_network import Card, Modality
from engine.metrics.statistics import finite
from engine.section import EKMAN
from engine.training.emotion.dataset import Video, counts, divide
from engine.training.emotion.export import export_network
from engine.training.emotion.figures import figures
from engine.training.emotion.train import Settings, predict, train

NETWORK = "emotion.onnx"


def make_network(
    videos: Sequence[Video],
    modalities: Sequence[Modality],
    settings: Settings,
    folder: Path,
    code: str,
    say: Callable[[str], None],
    device: str = "cpu",
) -> Path:
    """Train, measure on the test videos, and write the network and its card; returns its path.

    folder, device: as for :func:`~engine.training.emotion.train.train`. code: the hash for the
    card. say: receives each line of the report. Raises EmsyncError if the videos can't be divided
    or the folder can't be written.
    """
    parts = divide(videos)
    for split, members in parts.items():
        say(f"{split:<5} {len(members)} videos: {counts(members)}")

    def report(epoch: int, learnt: float, loss: float, best: bool) -> None:
        say(f"epoch {epoch}: loss {learnt:.4f}, validation {loss:.4f}{' *' if best else ''}")

    trained = train(parts, modalities, settings, folder, report, device)
    say(f"{trained.model.parameter_count():,} parameters; best epoch {trained.epoch}")
    probabilities = predict(trained.model, parts["test"], trained.ranges)
    found = {
        **figures(sharpened(probabilities, trained.temperature), parts["test"]),
        "validation_log_loss": trained.loss,
        "parameters": trained.model.parameter_count(),
        "epoch": trained.epoch,
        "videos": {split: len(members) for split, members in parts.items()},
    }
    card = Card(tuple(modalities), trained.ranges, trained.temperature, code, finite(found))
    path = folder / NETWORK
    export_network(trained.model.eval(), card, path)
    for name, guess in {"log_loss": UNIFORM_LOSS, "top_1": 1 / len(EKMAN)}.items():
        entry = found[name]
        low, high = entry["interval"]
        say(
            f"test {name}: {entry['value']:.3f} ({low:.3f} to {high:.3f}, n {entry['n']}); "
            f"a guess has {guess:.3f}"
        )
    say(f"{'true, taken for':<16}" + "".join(f"{name:>10}" for name in EKMAN))
    for name, row in found["confusion"].items():
        say(f"{name:<16}" + "".join(f"{count:>10}" for count in row))
    say(f"temperature {trained.temperature:.3f}; network {path} (keep its card beside it)")
    return path
