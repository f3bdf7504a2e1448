"""The notes that are on at an output, stored where they survive a crash.

A small memory-mapped file has one cell for each instrument and pitch. Setting a cell costs no more
than in a list, and the kernel keeps it even if this process is killed. After a kill -9 the next
start on the same route reads there which notes still hang.
"""

from __future__ import annotations

import errno
import mmap
import os
import re
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bridge.midi.messages import NOTE_OFF, NOTE_ON, control, note_off
from bridge.midi.output import CHANNEL_MODES
from engine.errors import EmsyncError
from engine.score import Instrument

_PITCHES = 128
_NOTES = len(Instrument) * _PITCHES
_OPEN = _NOTES
"""The cell that is set while an output is open: after a crash it is still set."""
_BINARY: int = getattr(os, "O_BINARY", 0)
_ROW = {instrument: row * _PITCHES for row, instrument in enumerate(Instrument)}


class ActiveNotes:
    """The active notes of one open output, by instrument and pitch.

    inherited: whether a former process may have left notes on; they are included here.
    on_close: called when the file is released.
    """

    def __init__(self, folder: Path, route: str) -> None:
        """Take the route's file in ``folder``, and what dead processes left on that route.

        Raises EmsyncError when the folder can't be written.
        """
        stem = re.sub(r"[^A-Za-z0-9]+", "-", route).strip("-").lower()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = _open_first_free(folder, stem)
            self._cells = mmap.mmap(self._file, _NOTES + 1)
            self.inherited = self._cells[_OPEN] != 0
            self.on_close: Callable[[], None] = lambda: None
            for number in count(1):
                path = _path(folder, stem, number)
                if not path.exists():
                    break
                self._inherit(path)
        except OSError as error:
            raise EmsyncError(
                f"{folder}: can't be written ({error.strerror}); free some space there, or set "
                "EMSYNC_STATE to another folder"
            ) from error
        self._cells[_OPEN] = 1

    def before_send(self, instrument: Instrument, message: bytes) -> None:
        """Record a message that is about to be sent: the note of a note-on is active from now."""
        if message[0] & 0xF0 == NOTE_ON and message[2]:
            self._cells[_ROW[instrument] + message[1]] = 1

    def after_send(self, instrument: Instrument, message: bytes) -> None:
        """Record a message that has been sent: the note of a note-off is no longer active."""
        kind = message[0] & 0xF0
        if kind == NOTE_OFF or (kind == NOTE_ON and not message[2]):
            self._cells[_ROW[instrument] + message[1]] = 0

    def pitches(self, instrument: Instrument) -> set[int]:
        """The active pitches of an instrument."""
        row = _ROW[instrument]
        return {pitch for pitch, cell in enumerate(self._cells[row : row + _PITCHES]) if cell}

    def release_messages(self, instrument: Instrument) -> Iterator[bytes]:
        """A note-off for each active note of an instrument, then the channel mode messages."""
        for pitch in sorted(self.pitches(instrument)):
            yield note_off(instrument, pitch)
        for mode in CHANNEL_MODES:
            yield control(instrument, mode, 0)

    def __len__(self) -> int:
        return sum(self._cells[:_NOTES])

    def close(self, all_ended: bool = True) -> None:
        """Release the file. all_ended: no note is active, so nothing needs to be remembered."""
        if all_ended:
            self._cells[:] = bytes(_NOTES + 1)
        self._cells.close()
        os.close(self._file)
        self.on_close()

    def _inherit(self, path: Path) -> None:
        """Take over the notes of a dead process; a living one still locks its file."""
        file = os.open(path, os.O_RDWR | _BINARY)
        try:
            if os.fstat(file).st_size <= _NOTES or not _lock(file):
                return
            _allocate(file)
            with mmap.mmap(file, _NOTES + 1) as theirs:
                if theirs[_OPEN]:
                    self.inherited = True
                    for cell in range(_NOTES):
                        self._cells[cell] |= theirs[cell]
                    theirs[:] = bytes(_NOTES + 1)
        finally:
            os.close(file)


def _path(folder: Path, stem: str, number: int) -> Path:
    return folder / f"{stem}.{number}.notes"


def _open_first_free(folder: Path, stem: str) -> int:
    """Open and lock the first of the route's files that no living process holds."""
    for number in count():
        file = os.open(_path(folder, stem, number), os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
        try:
            if _lock(file):
                _allocate(file)
                return file
        except OSError:
            os.close(file)
            raise
        os.close(file)
    raise AssertionError


def _allocate(file: int) -> None:
    """Give the cells real blocks of the disk, and keep their content.

    In a file with holes the first write to a cell needs a block. On a full disk the kernel then
    kills the process (SIGBUS). Raises OSError where there is no space.
    """
    os.lseek(file, 0, os.SEEK_SET)
    cells = os.read(file, _NOTES + 1)
    os.lseek(file, 0, os.SEEK_SET)
    if os.write(file, cells.ljust(_NOTES + 1, b"\0")) <= _NOTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        """Lock the file for as long as this process lives; False where another has locked it."""
        try:
            # Beyond the cells: Windows forbids reading a locked range.
            os.lseek(file, _NOTES + 1, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        """Lock the file for as long as this process lives; False where another has locked it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
