"""Checks of values that a user or a client gave.

A check takes a name and a value. It returns the value in the type that is needed, or raises
EmsyncError with one line that names the value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.errors import EmsyncError

Check = Callable[[str, Any], Any]
"""Takes what errors call the value, and the value. Raises EmsyncError in one line."""


def text(name: str, value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise EmsyncError(f"{name} must be a text that is not empty")
    if "\0" in value:
        raise EmsyncError(f"{name} has a zero byte; leave it out")
    return value


def any_text(name: str, value: Any) -> str:
    """A text, which may be empty."""
    if not isinstance(value, str):
        raise EmsyncError(f"{name} must be a text in quotes")
    return value


def flag(name: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise EmsyncError(f"{name} must be true or false")
    return value


def one_of(*words: str) -> Check:
    """A check for one of some words."""

    def check(name: str, value: Any) -> str:
        if value not in words:
            raise EmsyncError(f"{name} must be {' or '.join(words)}")
        return str(value)

    return check


def number(low: float = -math.inf, high: float = math.inf) -> Check:
    """A check for finite numbers from ``low`` to ``high``, as floats."""

    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise EmsyncError(f"{name} must be a number")
        try:
            found = float(value)
        except OverflowError:
            found = math.inf if value > 0 else -math.inf
        # NaN fails both comparisons.
        if not low <= found <= high or math.isinf(found):
            raise EmsyncError(f"{name} is {found:g}; it must be {_range(low, high)}")
        return found

    return check


def whole(low: int, high: int) -> Check:
    """A check for whole numbers from ``low`` to ``high``."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise EmsyncError(f"{name} must be a whole number from {low} to {high}")
        return value

    return check


def items(name: str, value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise EmsyncError(f"{name} must be a list")
    return value


def times(latest: float) -> Check:
    """A check for lists of rising times from 0 to ``latest`` seconds, as tuples of floats."""
    time = number(0.0, latest)

    def check(name: str, value: Any) -> tuple[float, ...]:
        found: list[float] = []
        for place, item in enumerate(items(name, value)):
            after = time(f"{name}[{place}]", item)
            if found and after <= found[-1]:
                raise EmsyncError(f"{name}[{place}] is not after {found[-1]:g}; sort the times")
            found.append(after)
        return tuple(found)

    return check


def checked(checks: Mapping[str, Check], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values, each checked by its name. Raises EmsyncError for a wrong value or name."""
    unknown = sorted(values.keys() - checks.keys())
    if unknown:
        known = f"choose from {', '.join(checks)}" if checks else "none is needed"
        raise EmsyncError(f"{unknown[0][:40]!r} is no option; {known}")
    return {name: checks[name](name, value) for name, value in values.items()}


class Fields:
    """A JSON object whose fields are checked one by one. Errors name the field's full path."""

    def __init__(self, name: str, value: Any, path: str = "") -> None:
        """name: what errors call the document, e.g. its file. path: of this object within it.

        Raises EmsyncError if ``value`` is no JSON object.
        """
        self._name, self._path = name, path
        if not isinstance(value, dict):
            raise EmsyncError(f"{name}: {path or 'the content'} must be a JSON object")
        self._values = value

    def __contains__(self, field: object) -> bool:
        return field in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def error(self, field: str, what: str) -> EmsyncError:
        """An error about a field: its path, then ``what``."""
        return EmsyncError(f"{self._name}: {self._at(field)} {what}")

    def get(self, field: str, check: Check) -> Any:
        """The checked value of a field. Raises EmsyncError if it is wrong or missing."""
        if field not in self._values:
            raise self.error(field, "is missing")
        return check(f"{self._name}: {self._at(field)}", self._values[field])

    def object(self, field: str) -> Fields:
        """A field that is an object itself."""
        return Fields(self._name, self.get(field, _anything), self._at(field))

    def objects(self, field: str) -> list[Fields]:
        """A field that is a list of objects."""
        return [
            Fields(self._name, value, self._at(f"{field}[{place}]"))
            for place, value in enumerate(self.get(field, items))
        ]

    def _at(self, field: str) -> str:
        return f"{self._path}.{field}" if self._path else field


def _anything(name: str, value: Any) -> Any:
    return value


def _range(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "a finite number"
    if math.isinf(high):
        return f"a number of at least {low:g}"
    return f"a number from {low:g} to {high:g}"
