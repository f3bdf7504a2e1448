"""Checks of the experts that read a film's emotion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bridge.doctor.finding import Finding
from engine.emotion.experts import moonshine, sound_events
from engine.emotion.experts.registry import EXPERTS


def experts() -> Iterator[Finding]:
    """Whether each expert can work, and what to install if it can't."""
    for expert in EXPERTS:
        missing = expert.missing()
        if not missing and expert.name in _PARTS:
            missing = _PARTS[expert.name]()
        if missing:
            text, _, remedy = missing.partition("; ")
            yield Finding(f"expert {expert.name}", "absent", text, remedy)
        else:
            yield Finding(f"expert {expert.name}", "ok", expert.about)


_PARTS: Mapping[str, Callable[[], str]] = {
    "sound": sound_events.missing,
    "speech": moonshine.missing,
}
"""What an expert can do without, but not well."""
