"""Runs the command line as a user does."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from bridge.cli import main


class Result(NamedTuple):
    """What a command left: its exit status and what it said."""

    status: int
    out: str
    err: str


@pytest.fixture
def emsync(capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run ``emsync`` with these words; also catches what libraries write themselves."""

    def run(*words: object) -> Result:
        capfd.readouterr()
        status = main([str(word) for word in words])
        return Result(status, *capfd.readouterr())

    return run
