import math

from engine.evaluation.targets import TARGETS, Target, targets

REPORT = {
    "faults": {"none": {"value": 1.0, "interval": [0.9, 1.0], "n": 40}},
    "controls": {"key": {"value": math.nan, "interval": [0.0, 1.0], "n": 0}},
    "boundaries": {"notes": {"second": {"recall_less_shuffled": 0.1}}},
    "plan": {"bend": {"p95": 0.03}, "unplanned_tempo_changes": 2},
}


def test_targets_are_met_or_not() -> None:
    found = {row["title"]: row["met"] for row in targets(REPORT)}
    assert found == {
        "recall less shuffled within 1 s": False,
        "key as asked": False,
        "one-minute pieces without fault": True,
        "bend of the tempo, 95th percentile": True,
        "tempo changes that were not planned": False,
    }


def test_a_target_has_a_bound_on_either_side() -> None:
    both = Target("both", (), 0.5, 0.8)
    assert [both.met(value) for value in (0.4, 0.5, 0.8, 0.9, math.nan)] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert all(target.least is not None or target.most is not None for target in TARGETS)
