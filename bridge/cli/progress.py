"""Progress bars on the terminal's error stream; silent where there is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def progress_bar(title: str, total: float, unit: str) -> Iterator[Callable[[float], None]]:
    """A bar up to ``total`` units; yields a function that is told how far things are."""
    form = "{desc} {percentage:3.0f}% |{bar}| {n:.0f}/{total:.0f} {unit} [{elapsed}<{remaining}]"
    # ``disable=None``: no bar where the error stream is not a terminal.
    with tqdm(total=total, desc=title, unit=unit, bar_format=form, disable=None) as bar:

        def show(done: float) -> None:
            bar.update(min(done, total) - bar.n)

        yield show
