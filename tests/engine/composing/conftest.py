"""Pieces that tests of planned music share."""

from __future__ import annotations

import pytest

from engine.model.runtime import Network
from engine.score import Score

from .planned_pieces import compose


@pytest.fixture(scope="session")
def small(tiny, random_model, exported) -> Network:
    """A network whose window passes many times, in the middle of everything."""
    return Network(exported(random_model(tiny(context=32))), "cpu", threads=1)


@pytest.fixture(scope="session")
def droning(biased) -> Network:
    """A network that hardly ever ends a note, and plays many chords."""
    return biased(context=96, OFF=-8.0, CHORD=1.0)


@pytest.fixture(scope="session", params=["network", "small", "droning"])
def piece(request) -> Score:
    return compose(request.getfixturevalue(request.param))
