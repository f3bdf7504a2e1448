"""The journal: every job, on disk before anyone is told of it.

One SQLite file in write-ahead mode, held by one server at a time. What was going on when the
server ended is ``interrupted`` when the next one opens the journal.
"""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

from bridge.server.jobs import Job, State, job_json, moved, parse_job
from engine.errors import EmsyncError

VERSION = 1


class JournalHeld(EmsyncError):
    """Another server has the journal."""


class Journal:
    """The jobs, oldest first. Raises JournalHeld, or EmsyncError where it can't be opened."""

    def __init__(self, path: Path) -> None:
        try:
            path.touch(mode=0o600)
            path.chmod(0o600)
            self._base = sqlite3.connect(path, timeout=0.5, isolation_level=None)
            # The lock is the operating system's: it goes with the process, however that dies.
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute("BEGIN IMMEDIATE")
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version not in (0, VERSION):
                raise EmsyncError(
                    f"{path}: written by another version of emsync; give another --state folder"
                )
            self._base.execute(
                "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, created REAL, job TEXT)"
            )
            self._base.execute(f"PRAGMA user_version = {VERSION}")
            self._base.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise JournalHeld(f"{path.parent}: used by another emsync serve") from error
            raise EmsyncError(f"{path}: {error}; give another --state folder") from error
        except (sqlite3.DatabaseError, OSError) as error:
            raise EmsyncError(f"{path}: can't be opened ({error}); move it away") from error
        for job in self.jobs():
            if not job.ended:
                self.put(moved(job, State.INTERRUPTED, time.time()))

    def put(self, job: Job) -> None:
        """Write the job as it stands, in place of what was known of it."""
        self._base.execute(
            "INSERT INTO jobs VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET job = excluded.job",
            (job.id, job.created, json.dumps(job_json(job))),
        )

    def jobs(self) -> list[Job]:
        """All jobs."""
        rows = self._base.execute("SELECT job FROM jobs ORDER BY created, rowid")
        return [parse_job(json.loads(text)) for (text,) in rows]

    def remove(self, job: Job) -> None:
        """Forget the job."""
        self._base.execute("DELETE FROM jobs WHERE id = ?", (job.id,))

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()
