"""The folders of jobs. Clients can only read files whose names are listed here."""

from __future__ import annotations

import shutil
from pathlib import Path

from bridge.scoring.files import CUES, EXPORT_FILES, PICTURE, PLAN, REPORT, SCORES, STRIP
from bridge.scoring.limits import MOST_TAKES
from bridge.server.jobs import Job, NoSuchJob, NotStored
from engine.score import Instrument
from export.piece import FILMS, NOTATION, REEL, SCORE, SOUND_FORMATS, SOUNDS, STEMS, TAKES, WRITTEN

FILES = (
    *(CUES, SCORES, PLAN, SCORE, REEL, WRITTEN, NOTATION, PICTURE, STRIP, REPORT),
    *(*SOUNDS, *FILMS, *EXPORT_FILES),
    *(f"{STEMS}/{i.value}.{form}" for form in ("mid", *SOUND_FORMATS) for i in Instrument),
    *(f"{TAKES}/take-{number}.mid" for number in range(1, MOST_TAKES + 1)),
)
"""Every file that a piece, or a reel, may have, by the name that clients use."""
LEAST_FREE = 16 << 20
"""Bytes that must be free for a new job: its files and the journal take a few megabytes."""


class JobFiles:
    """The files of all jobs: one folder a job, within ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder(self, job: Job) -> Path:
        """The folder of the job's files; it may not exist yet."""
        return self._folder / job.id

    def check_space(self) -> None:
        """Raises NotStored when the disk has no room for another job."""
        # The folder itself is made with the first job.
        free = shutil.disk_usage(self._folder.parent).free
        if free < LEAST_FREE:
            raise NotStored(
                f"{self._folder}: the disk is full ({free >> 20} MB free, a job needs "
                f"{LEAST_FREE >> 20}); free some space, or forget jobs"
            )

    def files(self, job: Job) -> list[str]:
        """The names of the files that exist."""
        folder = self.folder(job)
        of_cues = (f"{cue.name}/{name}" for cue in job.request.music_cues for name in FILES)
        return [name for name in (*FILES, *of_cues) if (folder / name).is_file()]

    def file(self, job: Job, name: str) -> Path:
        """The path of a file by name; raises NoSuchJob if the job does not have it."""
        if name not in self.files(job):
            raise NoSuchJob(f"job {job.id} has no file {name!r}; GET /jobs/{job.id} lists them")
        return self.folder(job) / name

    def remove_partial(self, job: Job) -> None:
        """Remove the files that a killed worker process had not finished."""
        for path in self.folder(job).glob("**/.*"):
            path.unlink(missing_ok=True)

    def remove(self, job: Job) -> None:
        """Remove the folder and everything in it."""
        shutil.rmtree(self.folder(job), ignore_errors=True)
