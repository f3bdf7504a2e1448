"""The summary that ``emsync score`` prints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.cli.score import summary
from bridge.scoring.report import Model, Takes, report
from engine.composing.composition import Take
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.rating.rating import Rating
from engine.score import Instrument, Note, Score
from engine.section import Section

CUES = CueSheet(
    Video("film.mp4", 4.0, 25.0, 96, 64), 0.0, 4.0, (), hits_at((2.0,)),
    (Section(0.0, 4.0, {}, 0.1, 0.2, "user"),),
)  # fmt: skip
SCORE = Score((Note(Instrument.BASS, 0.0, 1.0, 40),), (0.0, 2.0), (), 4.0)


TAKE = Take(SCORE, 10, 1.0), Rating(players=1.0, key=1.0)


@pytest.fixture
def made():
    """The report of a piece that only the bass plays, the one take of its job."""
    model = Model("tiny", "0", 1, "cpu", "fp32")
    return report(CUES, SCORE, 0, model, Takes((TAKE,)))


ALWAYS = "score.musicxml, score.svg"


def lines(made, *instruments: Instrument) -> list[str]:
    return summary(made, CUES, Path("out"), instruments).splitlines()


def test_an_instrument_that_was_asked_for_and_is_silent_is_named(made):
    asked = lines(made, Instrument.BASS, Instrument.PIANO, Instrument.STRINGS)
    assert "  silent: piano, strings" in asked
    assert asked[1].endswith("; notes: bass 1, piano 0, strings 0")
    alone = lines(made, Instrument.BASS)
    assert not any("silent" in line for line in alone)
    assert alone[1].endswith("; notes: bass 1")


def test_takes_are_named_if_there_are_any(made):
    assert lines(made)[0] == f"out: score.mid, stems/, {ALWAYS}, cues.json, report.json"
    more = replace(made, takes=Takes((TAKE, (TAKE[0], Rating(players=1.0, key=0.5)))))
    assert "  take 1: 1.00  E major, 0.2 notes a second (score.mid)" in lines(more)
    assert any(line.endswith("0.2 notes a second; weaker in key") for line in lines(more))
    assert lines(more)[0] == f"out: score.mid, stems/, takes/, {ALWAYS}, cues.json, report.json"


def test_a_plan_and_projects_are_named_if_they_are_there(made, tmp_path):
    for name in ("plan.json", "score.rpp", "score.pdf"):
        (tmp_path / name).touch()
    (tmp_path / "ardour").mkdir()
    first = summary(made, CUES, tmp_path, ()).splitlines()[0]
    names = f"score.mid, stems/, {ALWAYS}, score.pdf, score.rpp, ardour/, plan.json"
    assert first == f"{tmp_path}: {names}, cues.json, report.json"
