"""Ardour itself opens a session that was written without it."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from engine.music.tempo import PPQ
from engine.score import Instrument
from export.ardour import SAMPLE_RATE, TICKS, session_files
from export.ticks import tick_score

SCRIPT = Path(__file__).with_name("ardour_session.lua")
TIMES = (0.0, 3.9, 4.5, 6.0, 8.0, 10.0)
PATIENCE = 60


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Opens a project's session in Ardour; returns what it holds, by kind of line."""
    program = next(filter(shutil.which, ("ardour7-lua", "ardour8-lua")), None)
    if program is None:
        pytest.skip("needs Ardour (apt-get install --no-install-recommends ardour)")

    def run(project):
        folder = tmp_path_factory.mktemp("session") / "ardour"
        for name, data in session_files(project, folder.name).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        words = [program, SCRIPT, folder, project.name, *map(str, TIMES)]
        result = subprocess.run(
            words, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        found, part = defaultdict(list), ""
        for line in result.stdout.splitlines():
            kind, *fields = line.split("\t")
            part = fields[0] if kind == "track" else part
            found[f"{part} {kind}" if kind in ("note", "region") else kind].append(fields)
        assert found["tempo"], result.stdout + result.stderr
        return found

    return run


@pytest.fixture
def found(opened, project):
    return opened(project)


def ticks_of(beats: str) -> int:
    """``3:960`` is half a beat after the third."""
    whole, below = map(int, beats.split(":"))
    return whole * TICKS + below


def test_ardour_opens_the_session_with_every_note(found, project):
    ticks = tick_score(project.score)
    assert [name for (name,) in found["track"]] == [i.value.capitalize() for i in Instrument]
    for instrument in Instrument:
        name = instrument.value.capitalize()
        assert found[f"{name} region"] == [[name, "0", str(ticks.end * TICKS // PPQ)]]
        notes = sorted(
            (ticks_of(start), ticks_of(start) + ticks_of(length), int(pitch), int(velocity))
            for start, length, pitch, velocity in found[f"{name} note"]
        )
        assert notes == [
            (note.onset * 2, note.end * 2, note.pitch, note.velocity)
            for note in ticks.parts[instrument]
        ]
    # Hits are marks and sections ranges, in samples.
    assert found["mark"] == [
        ['door "slams"', *["96000"] * 2], ["hit 2", *["384000"] * 2]
    ]  # fmt: skip
    assert found["range"] == [["calm", "0", "384000"], ["tense", "384000", "768000"]]
    assert found["session"] == [["session", "0", str(16 * SAMPLE_RATE)]]
    # And the bars are those of the score.
    signatures = [(row[2], row[3]) for row in found["tempo"]]
    assert signatures == [("4", "4"), *[("4", "4")], ("3", "4"), ("6", "8"), *[("4", "4")] * 2]
    tempi = [float(row[1]) for row in found["tempo"]]
    assert tempi == pytest.approx([120, 120, 96, 96, 96, 120], abs=0.001)
    beats = [ticks_of(row[4]) / TICKS for row in found["tempo"]]
    assert beats == pytest.approx(ticks.tempo_map.beat_at(TIMES), abs=0.001)


def test_equal_projects_are_equal_files(project):
    assert session_files(project, "ardour") == session_files(project, "ardour")
