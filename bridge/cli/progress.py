"""Progress bars on the terminal's error stream; none where there is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from bridge.scoring.phases import Part, Phase

_TITLES: dict[Phase, str] = {
    "analyzing": "Analyzing",
    "composing": "Composing",
    "rendering": "Rendering",
}


@contextmanager
def progress_bar(title: str, total: float, unit: str) -> Iterator[Callable[[float], None]]:
    """A bar up to ``total`` units; yields a function that takes how many are done."""
    form = "{desc} {percentage:3.0f}% |{bar}| {n:.0f}/{total:.0f} {unit} [{elapsed}<{remaining}]"
    # ``disable=None``: no bar where the error stream is not a terminal.
    with tqdm(total=total, desc=title, unit=unit, bar_format=form, disable=None) as bar:

        def show(done: float) -> None:
            bar.update(min(done, total) - bar.n)

        yield show


@contextmanager
def phase_bar(phase: Phase, part: Part | None = None) -> Iterator[Callable[[float], None]]:
    """A bar for a phase of scoring; yields a function that takes the share that is done, 0..1.

    part: the cue that is composed, if there are several.
    """
    title = _TITLES[phase] + ("" if part is None else f" {part.name}")
    with progress_bar(title, 100, "%") as show:
        yield lambda share: show(100 * share)
