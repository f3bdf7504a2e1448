from __future__ import annotations

import subprocess
import sys

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.messages import note_off, note_on
from engine.errors import EmsyncError
from engine.score import Instrument

PIANO, DRUMS = Instrument.PIANO, Instrument.DRUMS
KILLED = """
import os, signal, sys
from pathlib import Path
from bridge.midi.messages import note_on
from bridge.midi.active_notes import ActiveNotes
from engine.score import Instrument
sounding = ActiveNotes(Path(sys.argv[1]), "route")
sounding.before(Instrument.PIANO, note_on(Instrument.PIANO, int(sys.argv[2]), 80))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def sounding(tmp_path):
    sounding = ActiveNotes(tmp_path, "route")
    yield sounding
    sounding.close()


def strike(sounding, instrument, pitch):
    sounding.before(instrument, note_on(instrument, pitch, 80))


def endings(sounding, instrument):
    return [message.hex() for message in sounding.endings(instrument)]


def test_what_was_struck_sounds_until_it_is_released(sounding):
    strike(sounding, PIANO, 60)
    strike(sounding, PIANO, 64)
    sounding.after(PIANO, note_off(PIANO, 60))
    assert endings(sounding, PIANO) == ["824000", "b27b00", "b27800"]
    assert endings(sounding, DRUMS) == ["b97b00", "b97800"]


def test_a_note_on_without_velocity_releases(sounding):
    strike(sounding, PIANO, 60)
    sounding.after(PIANO, bytes([0x92, 60, 0]))
    assert len(sounding) == 0


def test_a_killed_process_leaves_its_notes_to_the_next(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, "61"])
    after = ActiveNotes(tmp_path, "route")
    assert after.owed and endings(after, PIANO)[0] == "823d00" and len(after) == 1
    after.close()
    assert not ActiveNotes(tmp_path, "route").owed


def test_another_route_is_not_owed_them(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, "61"])
    assert not ActiveNotes(tmp_path, "other").owed


def test_of_two_that_live_neither_ends_the_others_notes(tmp_path, sounding):
    strike(sounding, PIANO, 60)
    second = ActiveNotes(tmp_path, "route")
    assert not second.owed and len(second) == 0
    second.close()
    assert len(sounding) == 1


def test_notes_of_a_second_that_died_are_owed_too(tmp_path, sounding):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, "62"])
    sounding.close(ended=False)
    after = ActiveNotes(tmp_path, "route")
    assert after.owed and endings(after, PIANO)[0] == "823e00"
    sounding.__init__(tmp_path / "elsewhere", "route")


def test_an_unwritable_folder_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmsyncError, match="EMSYNC_STATE"):
        ActiveNotes(tmp_path / "file", "route")
