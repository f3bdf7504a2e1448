import math

from engine.evaluation.tables import aligned, harmony_table, target_table
from engine.evaluation.targets import targets
from engine.metrics.statistics import distribution, finite, proportion

REPORT = {
    "faults": {"none": {"value": 1.0, "interval": [0.9, 1.0], "n": 40}},
    "controls": {"key": {"value": math.nan, "interval": [0.0, 1.0], "n": 0}},
    "boundaries": {"notes": {"second": {"recall_less_shuffled": 0.1}}},
    "harmony": {
        name: {
            **distribution(values),
            "songs": distribution([0.0, 1.0, 2.0]),
            "within_songs": proportion(min(1, len(values)), len(values)),
        }
        for name, values in (("still", [0.1, 0.2, 0.3, 0.9]), ("pitch_range", []))
    },
}


def test_the_targets_have_a_line_for_each_figure() -> None:
    text = target_table(finite({**REPORT, "targets": targets(REPORT)}))
    (faults,) = (line for line in text if line.startswith("one-minute"))
    assert "1.000 *" in faults and "0.900..1.000" in faults and faults.endswith("40")
    (key,) = (line for line in text if line.startswith("key as asked"))
    assert " - " in key
    (still,) = (line for line in text if line.startswith("still"))
    assert "<= 0.25" in still and "0.250 *" in still
    assert len(text) == 1 + len(targets(REPORT)) == 6


def test_harmony_stands_beside_that_of_songs() -> None:
    header, still, pitch_range = harmony_table(finite(REPORT))
    assert header.split()[:2] == ["pieces:", "median"]
    assert still.split() == [
        "still", "0.250", "0.175..0.450", "0.115..0.810", "1.000", "0.500..1.500", "0.100..1.900",
        "0.250",
    ]  # fmt: skip
    assert pitch_range.split()[:3] == ["pitch", "range", "-"]


def test_a_report_without_harmony_has_no_such_table() -> None:
    assert harmony_table({"targets": []}) == []


def test_columns_are_aligned() -> None:
    assert aligned([("a", "bb", "c"), ("aaa", "b", "")]) == ["a    bb  c", "aaa  b"]
