"""The journal: every job is on disk before anyone is notified of it.

It is one SQLite file in write-ahead mode, held by one server at a time. The next server that opens
it marks the jobs that had not ended as ``interrupted``, but goes on with live pieces
(:func:`~bridge.server.jobs.broken_off`).
"""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

from bridge.server.jobs import Job, NotStored, broken_off, job_json, parse_job
from engine.errors import EmsyncError

VERSION = 2
_VERSION_1_WORDS = {"analyse": "analyze", "analysing": "analyzing"}


_UNREADABLE = (
    sqlite3.DatabaseError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
    EmsyncError,
)  # fmt: skip
"""What an entry raises on a damaged page, without JSON, or with a missing or wrong field."""


class JournalHeld(EmsyncError):
    """Another server holds the journal."""


class Journal:
    """The jobs, oldest first. Raises JournalHeld, or EmsyncError if it can't be opened.

    An entry that can't be read is skipped; ``damaged`` says so in a line. It stays in the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.damaged: tuple[str, ...] = ()
        try:
            path.touch(mode=0o600)
            path.chmod(0o600)
            self._base = sqlite3.connect(path, timeout=0.5, isolation_level=None)
            # The operating system holds this lock and frees it however the process ends.
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute("BEGIN IMMEDIATE")
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version not in (0, 1, VERSION):
                raise EmsyncError(
                    f"{path}: written by another version of emsync; give another --state folder"
                )
            self._base.execute(
                "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, created REAL, job TEXT)"
            )
            if version == 1:
                self._migrate()
            self._base.execute(f"PRAGMA user_version = {VERSION}")
            self._base.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise JournalHeld(f"{path.parent}: used by another emsync serve") from error
            raise EmsyncError(f"{path}: {error}; give another --state folder") from error
        except (sqlite3.DatabaseError, OSError) as error:
            raise EmsyncError(f"{path}: can't be opened ({error}); move it away") from error
        try:
            for job in self.jobs():
                if not job.ended:
                    self.put(broken_off(job, time.time()))
        except NotStored:
            self._base.close()
            raise
        except sqlite3.DatabaseError as error:
            self._base.close()
            raise EmsyncError(f"{path}: is damaged ({error}); move it away") from error

    def put(self, job: Job) -> None:
        """Write the job, in place of an older entry of it.

        Raises NotStored when that fails; then the older entry stays.
        """
        self._write(
            "INSERT INTO jobs VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET job = excluded.job",
            (job.id, job.created, json.dumps(job_json(job))),
        )

    def jobs(self) -> list[Job]:
        """All jobs that can be read; ``damaged`` is about the others."""
        found: list[Job] = []
        damaged: list[str] = []
        # The index has the ids and row numbers, so a damaged page costs its own entries only.
        names = self._base.execute("SELECT rowid, id FROM jobs ORDER BY id").fetchall()
        for number, name in sorted(names):
            try:
                row = self._base.execute("SELECT job FROM jobs WHERE rowid = ?", (number,))
                found.append(parse_job(json.loads(row.fetchone()[0])))
            except _UNREADABLE as error:
                damaged.append(f"{self._path}: job {name} can't be read ({error!r}); it is skipped")
        self.damaged = tuple(damaged)
        return sorted(found, key=lambda job: job.created)

    def remove(self, job: Job) -> None:
        """Delete the job's entry; raises NotStored when that fails."""
        self._write("DELETE FROM jobs WHERE id = ?", (job.id,))

    def close(self) -> None:
        """Close the file, and free it for another server."""
        self._base.close()

    def _write(self, command: str, values: tuple[object, ...]) -> None:
        try:
            self._base.execute(command, values)
        except sqlite3.DatabaseError as error:
            raise NotStored(
                f"{self._path}: can't be written ({error}); free some space, or move it away"
            ) from error

    def _migrate(self) -> None:
        """Translate version 1, which spelled kind, state and time signature differently."""
        for name, text in self._base.execute("SELECT id, job FROM jobs").fetchall():
            try:
                values = json.loads(text)
                for field in ("kind", "state"):
                    values[field] = _VERSION_1_WORDS.get(values[field], values[field])
                if "meter" in values["request"]:
                    values["request"]["time_signature"] = values["request"].pop("meter")
                self.put(parse_job(values))
            except EmsyncError:
                # Version 1 queued requests that could only fail, such as a temperature of 0.001.
                self._base.execute("DELETE FROM jobs WHERE id = ?", (name,))
            except _UNREADABLE:
                # It stays, and is reported.
                continue
