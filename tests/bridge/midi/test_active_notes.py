from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

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
    assert releases(active_notes, PIANO) == ["824000", "b24000", "b27b00", "b27800"]
    assert releases(active_notes, DRUMS) == ["b94000", "b97b00", "b97800"]


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


@pytest.mark.skipif(not hasattr(os.stat_result, "st_blocks"), reason="needs st_blocks")
@pytest.mark.parametrize("before", [None, 200, 641], ids=["new", "short", "with holes"])
def test_the_cells_have_real_blocks(tmp_path, before):
    path = tmp_path / "route.0.notes"
    if before is not None:
        path.touch()
        os.truncate(path, before)
    notes = ActiveNotes(tmp_path, "route")
    (file,) = tmp_path.iterdir()
    assert 512 * file.stat().st_blocks >= file.stat().st_size > 640
    notes.close()


def test_a_full_disk_is_a_one_line_error(tmp_path):
    """In a process of its own: with holes in the file, SIGBUS would kill it."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs leave to mount a disk of its own")
    try:
        for name in ("route.0.notes", "fill"):
            with suppress(OSError), (tmp_path / name).open("wb", buffering=0) as file:
                file.truncate(641) if name != "fill" else file.write(bytes(1 << 20))
        result = subprocess.run([sys.executable, "-c", KILLED, tmp_path, "62"], capture_output=True)
        assert result.returncode == 1
        last = result.stderr.decode().splitlines()[-1]
        assert "can't be written (No space left on device); free some space" in last
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_an_unwritable_folder_is_a_one_line_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmsyncError, match="EMSYNC_STATE"):
        ActiveNotes(tmp_path / "file", "route")
