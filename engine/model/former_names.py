"""Former names in weights files written before version 0.2, and their present names.

The files keep their bytes, and so their checksums. Names change only as they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FEATURES = {"clock": "bar_position", "echo": "lookback", "sounding": "active_notes"}


def current_config(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a stored config under their present names."""
    current = dict(values)
    if "senses" in current:
        current["features"] = [_FEATURES.get(name, name) for name in current.pop("senses")]
    return current


def current_tensor(name: str) -> str:
    """The present name of a stored tensor."""
    return f"features.{rest}" if (rest := name.removeprefix("senses.")) != name else name
