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
notes = ActiveNotes(Path(sys.argv[1]), "route")
notes.before_send(Instrument.PIANO, note_on(Instrument.PIANO, int(sys.argv[2]), 80))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def active_notes(tmp_path):
    active_notes = ActiveNotes(tmp_path, "route")
    yield active_notes
    active_notes.close()


def begin(active_notes, instrument, pitch):
    active_notes.before_send(instrument, note_on(instrument, pitch, 80))


def releases(active_notes, instrument):
    return [message.hex() for message in active_notes.release_messages(instrument)]


def test_a_note_is_active_until_its_note_off(active_notes):
    begin(active_notes, PIANO, 60)
    begin(active_notes, PIANO, 64)
    active_notes.after_send(PIANO, note_off(PIANO, 60))
    assert releases(active_notes, PIANO) == ["824000", "b27b00", "b27800"]
    assert releases(active_notes, DRUMS) == ["b97b00", "b97800"]


def test_a_note_on_with_velocity_0_is_a_note_off(active_notes):
    begin(active_notes, PIANO, 60)
    active_notes.after_send(PIANO, bytes([0x92, 60, 0]))
    assert len(active_notes) == 0


def test_a_killed_process_leaves_its_notes_to_the_next(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, "61"])
    after = ActiveNotes(tmp_path, "route")
    assert after.inherited and releases(after, PIANO)[0] == "823d00" and len(after) == 1
    after.close()
    assert not ActiveNotes(tmp_path, "route").inherited


def test_another_route_does_not_inherit_them(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, "61"])
    assert not ActiveNotes(tmp_path, "other").inherited


def test_two_living_processes_do_not_share_notes(tmp_path, active_notes):
    begin(active_notes, PIANO, 60)
    second = ActiveNotes(tmp_path, "route")
    assert not second.inherited and len(second) == 0
    second.close()
    assert len(active_notes) == 1


def test_notes_of_a_second_dead_process_are_inherited_too(tmp_path, active_notes):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, "62"])
    active_notes.close(all_ended=False)
    after = ActiveNotes(tmp_path, "route")
    assert after.inherited and releases(after, PIANO)[0] == "823e00"
    active_notes.__init__(tmp_path / "elsewhere", "route")


def test_an_unwritable_folder_is_a_one_line_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmsyncError, match="EMSYNC_STATE"):
        ActiveNotes(tmp_path / "file", "route")
