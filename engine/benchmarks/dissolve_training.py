"""Trains the network that scores dissolves, on made films; needs PyTorch.

    python -m engine.benchmarks.dissolve_training -o engine/video/dissolves.json --films FOLDER

Each window that may be a dissolve at first sight is an example. It is one of a dissolve if the
centre is inside. Its extent and the true one must share at least half of what they cover together.
Other windows that touch a dissolve or a fade are left out: what they are, nobody can say.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats
from engine.benchmarks.cut_films.film import TUNING, make_film
from engine.benchmarks.cut_films.joints import Truth
from engine.benchmarks.cutting import film_clips
from engine.files import write_atomically
from engine.video.cuts import CutDetector
from engine.video.dissolve_network import DissolveNetwork
from engine.video.dissolves import extent, measured_windows
from engine.video.gradual import Gradual
from engine.video.hard_cuts import Rows
from engine.video.reader import open_video

NETWORKS = 3
"""Networks whose logits are averaged; as one, they have the units of all."""
UNITS = 16
"""Hidden units of each."""
_DECAY = 6e-4
"""Weight of the sum of squared weights."""
_POSITIVE = 3.0
"""Weight of an example of a dissolve."""
_STEPS = 300
"""Steps of L-BFGS."""
_THRESHOLD = 1.7
"""The logit with the best F1, by cross-validation over films; its score is 1."""
_SHARED = 0.5
"""The least that a window of a dissolve shares with it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A dissolve or a fade: rows of the last old and the first new picture."""

    kind: str
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Examples:
    """features: [windows, features]. labels: whether each is a dissolve [windows]."""

    features: Floats
    labels: NDArray[np.bool_]


class _Rows(Gradual):
    """Keeps all rows, instead of looking for transitions."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Rows] = []
        self.details: list[Floats] = []

    def push(self, rows: Rows, details: Floats) -> None:
        self.rows.append(rows)
        self.details.append(details)


def film_examples(path: Path, truth: Sequence[Truth]) -> Examples:
    """The examples of a film whose transitions are known."""
    reader, kept = open_video(path), _Rows()
    detector = CutDetector(reader.fps, kept)
    for frame in reader.frames():
        detector.push(frame)
    detector.result()
    rows, details = np.concatenate(kept.rows), np.concatenate(kept.details)
    return examples(rows, details, _spans(truth, detector.averaged))


def examples(rows: Rows, details: Floats, truth: Sequence[Span]) -> Examples:
    """The examples of some rows, and what is true of them."""
    features, labels = [], []
    for places, measured in measured_windows(rows, details):
        for index in np.flatnonzero(measured.usable).tolist():
            begin = int(places[index])
            window = tuple(
                begin + row for row in extent(measured.way[index], measured.inside[index])
            )
            label = _label(window, truth)
            if label is not None:
                features.append(measured.features[index])
                labels.append(label)
    return Examples(np.array(features), np.array(labels, dtype=np.bool_))


def _spans(truth: Sequence[Truth], averaged: int) -> list[Span]:
    """The gradual transitions of a film of which ``averaged`` frames are a row."""
    return [
        Span(each.kind, (each.start - 1) / averaged, each.end / averaged)
        for each in truth if each.kind != "cut"
    ]  # fmt: skip


def _label(window: tuple[float, ...], truth: Sequence[Span]) -> bool | None:
    """Whether a window (start, centre, end) is a dissolve; None if nobody can say."""
    start, centre, end = window
    touched = [each for each in truth if min(end, each.end) > max(start, each.start)]
    for each in touched:
        shared = min(end, each.end) - max(start, each.start)
        covered = max(end, each.end) - min(start, each.start)
        inside = each.start <= centre <= each.end
        if each.kind == "dissolve" and inside and shared >= _SHARED * covered:
            return True
    return None if touched else False


def train(data: Examples) -> DissolveNetwork:
    """The network that tells the examples apart best."""
    mean, deviation = data.features.mean(axis=0), data.features.std(axis=0) + 1e-6
    inputs = (data.features - mean) / deviation
    parts = [_trained(inputs, data.labels, seed) for seed in range(NETWORKS)]
    joint = zip(*parts, strict=True)
    kernel, bias, out, out_bias = (np.concatenate(each, axis=-1) for each in joint)
    hidden = kernel / deviation[:, None]
    return DissolveNetwork(
        hidden.round(5), (bias - mean @ hidden).round(5), (out / NETWORKS).round(5),
        round(float(out_bias.mean()) - _THRESHOLD, 5),
    )  # fmt: skip


def _trained(inputs: Floats, labels: NDArray[np.bool_], seed: int) -> tuple[Floats, ...]:
    """Weights of a network: [features, UNITS], [UNITS], [UNITS] and [1]."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    torch.manual_seed(seed)
    given = torch.tensor(inputs, dtype=torch.float32)
    wanted = torch.tensor(labels, dtype=torch.float32)
    weights = 1 + (_POSITIVE - 1) * wanted
    first, last = torch.nn.Linear(given.shape[1], UNITS), torch.nn.Linear(UNITS, 1)
    network = torch.nn.Sequential(first, torch.nn.Tanh(), last)
    optimizer = torch.optim.LBFGS(
        network.parameters(), max_iter=_STEPS, line_search_fn="strong_wolfe"
    )

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        each = binary_cross_entropy_with_logits(network(given)[:, 0], wanted, reduction="none")
        decay = (first.weight**2).sum() + (last.weight**2).sum()
        total = (each * weights).sum() / weights.sum() + _DECAY * decay
        total.backward()
        return total

    optimizer.step(loss)
    found = (first.weight.T, first.bias, last.weight[0], last.bias)
    return tuple(each.detach().double().numpy() for each in found)


def joined(parts: Iterable[Examples]) -> Examples:
    """The examples of several films."""
    kept = [part for part in parts if len(part.labels)]
    return Examples(
        np.concatenate([part.features for part in kept]),
        np.concatenate([part.labels for part in kept]),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the films of the tuning seeds, train, and write the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    parser.add_argument("--films", type=Path, metavar="FOLDER", help="Big Buck Bunny and Sintel")
    parser.add_argument("--seeds", type=int, metavar="N", help="only the first N tuning seeds")
    args = parser.parse_args(arguments)
    clips = list(film_clips(args.films)) if args.films is not None else []
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in TUNING[: args.seeds]:
            film = make_film(seed, clips)
            path = film.write(Path(folder))
            parts.append(film_examples(path, film.truth))
            path.unlink()
            print(f"film {seed}: {len(parts[-1].labels)} windows", file=sys.stderr, flush=True)
    data = joined(parts)
    print(f"{len(data.labels)} windows, {data.labels.sum()} of dissolves", file=sys.stderr)
    write_atomically(args.output, train(data).to_json())


if __name__ == "__main__":
    main()
