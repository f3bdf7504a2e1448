from __future__ import annotations

import json

import pytest

from engine.plan.tempo_map import from_values


def request(reaper, position=10.0, length=8.0):
    film = reaper.lua.table_from({"position": position, "length": length})
    found = reaper.module("tempo_map").request(film)
    return json.loads(reaper.module("json").encode(found))


def test_the_projects_bars_and_tempi_under_the_film_are_the_musics(reaper):
    reaper.tempo_map.marks = [
        [0.0, 120.0, 4, 4], [10.0, 90.0, 3, 4], [14.0, 60.0, 0, 0], [16.0, 100.0, 5, 4],
    ]  # fmt: skip
    found = from_values("tempo_map", request(reaper)["tempo_map"])
    assert found.bars == (3, 3, 2, 5)
    plan = found.plan(8.0)
    for beat in range(11):
        at = reaper.tempo_map.time(reaper.tempo_map.beats(10.0) + beat) - 10
        assert plan.seconds_at(beat) == pytest.approx(at, abs=1e-6)
    assert len(found.points) == 4


def test_a_project_without_tempo_markers_has_one_tempo(reaper):
    assert request(reaper, length=7.5) == {
        "tempo_map": {
            "beat": "quarter", "bars": [4] * 4,
            "points": [{"beat": 0, "seconds": 0}, {"beat": 16, "seconds": 8.0}],
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("position", "marks"),
    [(10.5, [[0.0, 90.0, 4, 4]]), (0.0, [[0.0, 90.0, 7, 8]]), (0.0, [[0.0, 90.0, 5, 16]])],
)
def test_a_film_off_the_grid_gets_the_tempo_alone(reaper, position, marks):
    reaper.tempo_map.marks = marks
    assert request(reaper, position) == {"bpm": 90.0}
