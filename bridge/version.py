"""The version of this installation."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """The installed version of emsync-bridge; ``"from a source tree"`` where it isn't installed."""
    try:
        return version("emsync-bridge")
    except PackageNotFoundError:
        return "from a source tree"
