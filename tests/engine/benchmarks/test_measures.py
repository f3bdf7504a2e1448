from __future__ import annotations

from engine.benchmarks.measures import Line, Section, in_turns, page, ratio


def test_tasks_take_turns_and_the_first_round_does_not_count():
    done: list[str] = []
    times = in_turns({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, rounds=2)
    assert "".join(done) == "ababab"
    assert [len(seconds) for seconds in times.values()] == [2, 2]


def test_a_slow_round_does_not_change_the_ratio():
    assert ratio([2.0, 20.0, 2.2], [1.0, 10.0, 1.0]) == 2.0


def test_the_page_says_which_targets_are_missed():
    lines = (
        Line("quick", 0.4, "s", 0.5),
        Line("slow", 0.6, "s", 0.5, how="alone"),
        Line("far", 1234.4, "x", 600, "at least"),
        Line("plain", 5, "MiB"),
    )
    assert [line.met for line in lines] == [True, False, True, None]
    text = page([Section("Here", lines)], "emsync bench --quick", "a machine")
    assert "Written by `emsync bench --quick` on a machine." in text
    assert "| quick | 0.4 s | <= 0.5 s |  |" in text
    assert "| slow | 0.6 s | <= 0.5 s, missed | alone |" in text
    assert "| far | 1,234 x | >= 600 x |  |" in text
    assert "| plain | 5 MiB |  |  |" in text
