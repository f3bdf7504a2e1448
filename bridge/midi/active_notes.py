"""What sounds at an output, remembered where a crash can't reach it.

A cell for each instrument and pitch lies in a small file that is mapped into memory: setting one
costs no more than in a list, and the kernel keeps it whatever becomes of this process. After a
kill -9 the next start over the same route finds there which notes hang.
"""

from __future__ import annotations

import mmap
import os
import re
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bridge.midi.messages import NOTE_OFF, NOTE_ON, control, note_off
from bridge.midi.output import CHANNEL_MODES
from engine.errors import EmsyncError
from engine.score import Instrument

_PITCHES = 128
_NOTES = len(Instrument) * _PITCHES
_OPEN = _NOTES
"""The cell that is set while an output is open: it tells a crash from a clean end."""
_ROW = {instrument: row * _PITCHES for row, instrument in enumerate(Instrument)}


class ActiveNotes:
    """The notes that sound, by instrument and pitch, of one open output.

    owed: whether a former process may have left notes sounding; they are among ours now.
    """

    def __init__(self, folder: Path, route: str) -> None:
        """Take the route's file in ``folder``, and what dead processes left on that route.

        Raises EmsyncError when the folder can't be written.
        """
        stem = re.sub(r"[^A-Za-z0-9]+", "-", route).strip("-").lower()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = _first_free(folder, stem)
            self._cells = mmap.mmap(self._file, _NOTES + 1)
            self.owed = self._cells[_OPEN] != 0
            for number in count(1):
                path = folder / f"{stem}.{number}.sounding"
                if not path.exists():
                    break
                self._inherit(path)
        except OSError as error:
            raise EmsyncError(
                f"{folder}: can't be written ({error.strerror}); set EMSYNC_STATE to another folder"
            ) from error
        self._cells[_OPEN] = 1

    def before(self, instrument: Instrument, message: bytes) -> None:
        """A message is about to go out: what it strikes sounds from now on."""
        if message[0] & 0xF0 == NOTE_ON and message[2]:
            self._cells[_ROW[instrument] + message[1]] = 1

    def after(self, instrument: Instrument, message: bytes) -> None:
        """A message has gone out: what it ends sounds no more."""
        kind = message[0] & 0xF0
        if kind == NOTE_OFF or (kind == NOTE_ON and not message[2]):
            self._cells[_ROW[instrument] + message[1]] = 0

    def pitches(self, instrument: Instrument) -> set[int]:
        """What sounds of an instrument."""
        row = _ROW[instrument]
        return {pitch for pitch, cell in enumerate(self._cells[row : row + _PITCHES]) if cell}

    def endings(self, instrument: Instrument) -> Iterator[bytes]:
        """What ends all that sounds of an instrument, and whatever else may sound there."""
        for pitch in sorted(self.pitches(instrument)):
            yield note_off(instrument, pitch)
        for mode in CHANNEL_MODES:
            yield control(instrument, mode, 0)

    def __len__(self) -> int:
        return sum(self._cells[:_NOTES])

    def close(self, ended: bool = True) -> None:
        """Give the file back. ended: all has been ended, there is nothing to remember."""
        if ended:
            self._cells[:] = bytes(_NOTES + 1)
        self._cells.close()
        os.close(self._file)

    def _inherit(self, path: Path) -> None:
        """Take over what a dead process left; a living one holds its lock."""
        file = os.open(path, os.O_RDWR)
        try:
            if os.fstat(file).st_size <= _NOTES or not _lock(file):
                return
            with mmap.mmap(file, _NOTES + 1) as theirs:
                if theirs[_OPEN]:
                    self.owed = True
                    for cell in range(_NOTES):
                        self._cells[cell] |= theirs[cell]
                    theirs[:] = bytes(_NOTES + 1)
        finally:
            os.close(file)


def _first_free(folder: Path, stem: str) -> int:
    """The descriptor of the first of the route's files that no living process holds."""
    for number in count():
        path = folder / f"{stem}.{number}.sounding"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if _lock(file):
            if os.fstat(file).st_size <= _NOTES:
                os.ftruncate(file, _NOTES + 1)
            return file
        os.close(file)
    raise AssertionError


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        """Hold the file for as long as this process lives; False where another does."""
        try:
            # Beyond the cells: on Windows what is locked can't be read.
            os.lseek(file, _NOTES + 1, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        """Hold the file for as long as this process lives; False where another does."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
