"""Checks of values that a client gave: each returns the value as meant, or says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import EmsyncError

Check = Callable[[str, Any], Any]
"""Takes a name, for what is said of it, and a value; raises EmsyncError in one line."""


def text(name: str, value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise EmsyncError(f"{name} must be a text that is not empty")
    return value


def number(low: float, high: float) -> Check:
    """A check for numbers from ``low`` to ``high``, as floats."""

    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise EmsyncError(f"{name} must be a number")
        # The comparison is exact and safe for whole numbers beyond any float; NaN fails it.
        if not low <= value <= high:
            raise EmsyncError(f"{name} must be a number from {low:g} to {high:g}")
        return float(value)

    return check


def whole(low: int, high: int) -> Check:
    """A check for whole numbers from ``low`` to ``high``."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise EmsyncError(f"{name} must be a whole number from {low} to {high}")
        return value

    return check


def flag(name: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise EmsyncError(f"{name} must be true or false")
    return value


def checked(checks: Mapping[str, Check], values: Mapping[str, Any]) -> dict[str, Any]:
    """Every value checked by name; raises EmsyncError for one that is wrong or not known."""
    unknown = sorted(values.keys() - checks.keys())
    if unknown:
        known = f"choose from {', '.join(checks)}" if checks else "none is needed"
        raise EmsyncError(f"{unknown[0][:40]!r} is no option; {known}")
    return {name: checks[name](name, value) for name, value in values.items()}
