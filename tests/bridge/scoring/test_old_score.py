from __future__ import annotations

from pathlib import Path

import pytest

from bridge.scoring.old_score import OldScore
from engine.cues import CueSheet, Video
from engine.plan.plan import Plan
from engine.recut.music import OldMusic
from engine.section import Section


@pytest.mark.parametrize(
    ("report", "amount"),
    [({}, 0.0), ({"dynamics": 0.5}, 0.5), ({"dynamics": "loud"}, 0.0), ({"dynamics": 7}, 0.0)],
)
def test_new_parts_are_played_as_the_old_score_is(report, amount):
    cues = CueSheet(
        Video("film.mp4", 9.0, 25.0, 64, 48), 0.0, 9.0, (), (),
        (Section(0, 9, {}, 0.0, 0.0, "calm"),),
    )  # fmt: skip
    plan = Plan(9.0, ((0, 0.0), (18, 9.0)), (4,))
    old = OldScore(Path("old"), cues, plan, OldMusic((), (), ()), report)
    assert old.dynamics == amount
