"""Networks that want too much of something, to see that the rules hold all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument

if TYPE_CHECKING:
    from engine.model.runtime import Network


@pytest.fixture(scope="session")
def biased(tiny, random_model, exported) -> Callable[..., Network]:
    """A network with a constant bias for (above 0) or against (below 0) kinds of tokens.

    players: the same for the ONs of instruments.
    """
    from engine.model.runtime import Network

    def make(
        context: int = 1024, players: Mapping[Instrument, float] | None = None, **kinds: float
    ) -> Network:
        model = random_model(tiny("relative", context=context))
        for kind, bias in kinds.items():
            model.output.bias[np.flatnonzero(Kind[kind] == voc.KIND)] = bias
        for instrument, bias in (players or {}).items():
            its = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(instrument) == voc.INSTRUMENT)
            model.output.bias[np.flatnonzero(its)] = bias
        return Network(exported(model), "cpu", threads=1)

    return make
