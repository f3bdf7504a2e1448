import math

from engine.evaluation.targets import lines, targets
from engine.metrics.statistics import finite

REPORT = {
    "faults": {"none": {"value": 1.0, "interval": [0.9, 1.0], "n": 40}},
    "controls": {"key": {"value": math.nan, "interval": [0.0, 1.0], "n": 0}},
    "boundaries": {"notes": {"second": {"recall_less_shuffled": 0.1}}},
}


def test_targets_are_met_or_not() -> None:
    found = {row["title"]: row["met"] for row in targets(REPORT)}
    assert found == {
        "recall less shuffled within 1 s": False,
        "key as asked": False,
        "one-minute pieces without fault": True,
    }


def test_the_table_has_a_line_for_each_figure() -> None:
    text = lines(finite({**REPORT, "targets": targets(REPORT)}))
    assert len(text) == 4
    assert "1.000 *" in text[-1] and "0.900..1.000" in text[-1] and text[-1].endswith("40")
    assert " - " in text[2]
