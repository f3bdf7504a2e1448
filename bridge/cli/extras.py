"""Commands that need more than composing does say so in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import EmsyncError


@contextmanager
def need_train_extra() -> Iterator[None]:
    """Around imports that need the ``train`` extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise EmsyncError(
            f"{error.name} is not installed; training needs: pip install 'emsync-bridge[train]'"
        ) from error


@contextmanager
def need_tagger() -> Iterator[None]:
    """Around the use of musicnn, which no extra can install: it asks for an old NumPy."""
    try:
        yield
    except ImportError as error:
        raise EmsyncError(
            f"{error.name or 'musicnn'} is not installed; tag KL needs: pip install tensorflow "
            "tf_keras librosa, then pip install --no-deps musicnn"
        ) from error
