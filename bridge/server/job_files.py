"""A job's folder: what ``emsync score`` writes, and nothing that a client could make up."""

from __future__ import annotations

import shutil
from pathlib import Path

from bridge.scoring.request import MOST_TAKES
from bridge.server.jobs import Job, NoSuchJob
from engine.score import Instrument

CUES = "cues.json"
SCORE = "score.mid"
REPORT = "report.json"
FILES = (
    *(CUES, SCORE, REPORT),
    *(f"stems/{i.value}.mid" for i in Instrument),
    *(f"takes/take-{number}.mid" for number in range(1, MOST_TAKES + 1)),
)
"""Every file that a job may have, under the name by which it is asked for."""


class JobFiles:
    """The folders of all jobs, in one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder(self, job: Job) -> Path:
        """Where the job's files are or will be."""
        return self._folder / job.id

    def files(self, job: Job) -> list[str]:
        """The names of the files that are there."""
        folder = self.folder(job)
        return [name for name in FILES if (folder / name).is_file()]

    def file(self, job: Job, name: str) -> Path:
        """The path of a file by name; raises NoSuchJob where the job has none such."""
        if name not in self.files(job):
            raise NoSuchJob(f"job {job.id} has no file {name!r}; GET /jobs/{job.id} lists them")
        return self.folder(job) / name

    def sweep(self, job: Job) -> None:
        """Take away what a composing process that was killed had half written."""
        for path in self.folder(job).glob("**/.*"):
            path.unlink(missing_ok=True)

    def remove(self, job: Job) -> None:
        """Take away the folder and all in it."""
        shutil.rmtree(self.folder(job), ignore_errors=True)
