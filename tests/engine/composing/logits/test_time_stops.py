from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.time_stops import stop_at
from engine.music import vocabulary as voc

ANY = np.ones(voc.SIZE, bool)


@pytest.mark.parametrize(
    ("left", "longest"), [(1, 1), (60, 60), (124, 124), (125, 125), (400, 125)]
)
def test_no_time_shift_leads_beyond_the_step(left, longest):
    stopped = stop_at(1000 + left, ANY, SimpleNamespace(cursor=1000))
    assert voc.STEPS[stopped].max() == longest
    assert stopped.sum() == voc.SIZE - (voc.MAX_SHIFT - longest)
    assert ANY.all()


def test_what_was_forbidden_stays_forbidden():
    allowed = ANY.copy()
    allowed[[voc.BAR, voc.shift(7)]] = False
    stopped = stop_at(9, allowed, SimpleNamespace(cursor=0))
    assert not stopped[[voc.BAR, voc.shift(7), voc.shift(10)]].any()
    assert stopped[voc.shift(9)]
