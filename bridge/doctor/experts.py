"""Checks of the experts that read a film's emotion."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.doctor.finding import Finding
from engine.emotion.experts.registry import EXPERTS


def experts() -> Iterator[Finding]:
    """Whether each expert can work, and what to install if it can't."""
    for expert in EXPERTS:
        missing = expert.missing()
        if missing:
            text, _, remedy = missing.partition("; ")
            yield Finding(f"expert {expert.name}", "absent", text, remedy)
        else:
            yield Finding(f"expert {expert.name}", "ok", expert.about)
