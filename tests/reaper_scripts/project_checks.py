"""Checks of the project that several tests share."""

from __future__ import annotations

import pytest

from engine.score import Instrument

RECORD, IMPORT = "Score video and record", "Score video and import"
NAMES = [instrument.value.capitalize() for instrument in Instrument]


def assert_is_the_score(reaper, server, tolerance):
    for instrument in Instrument:
        notes = reaper.notes(reaper.track(instrument.value.capitalize()))
        wanted = server.score.part(instrument)
        assert [note[2:] for note in notes] == [(n.pitch, n.velocity) for n in wanted]
        for note, due in zip(notes, wanted, strict=True):
            assert note[0] == pytest.approx(10 + due.onset, abs=tolerance)
            assert note[1] == pytest.approx(10 + due.end, abs=2 * tolerance)


def untouched(reaper):
    return len(reaper.tracks) == 1 and not (
        reaper.tempo_map.marks or reaper.markers or reaper.undo or reaper.project_ext.get("piece")
    )
