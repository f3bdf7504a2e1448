"""The new cut of a film that has a score, as the command line and the server both name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from engine.checks import Check, checked, text
from engine.cues import Video
from engine.errors import EmsyncError
from engine.timecode import Clock, FrameRate, frame_at, label_at, parse_rate
from engine.timeline.edit_lists import is_edit_list, read_edits
from engine.timeline.edl import Edit
from engine.video.folders import check_path
from engine.video.reader import open_video


@dataclass(frozen=True, slots=True)
class CutFiles:
    """The files of a new cut. All but ``reel`` and ``frame_rate`` are paths.

    video: the new film. edit_list: of the new cut; without ``video`` its picture is unknown.
    old_list: of the old cut, if the new list has the same sources. old_film: where the old film is
    now. reel: of the new list that is the old film. frame_rate: of the lists' timecode.
    """

    video: str | None = None
    edit_list: str | None = None
    old_list: str | None = None
    old_film: str | None = None
    reel: str | None = None
    frame_rate: str | None = None

    def __post_init__(self) -> None:
        """Raises EmsyncError for files that do not go together, and for a wrong rate."""
        if self.video is None and self.edit_list is None:
            raise EmsyncError("name the new cut: its film as video, its edit_list, or both")
        for name in ("old_list", "reel", "frame_rate"):
            if self.edit_list is None and getattr(self, name) is not None:
                raise EmsyncError(f"{name}: goes with an edit list of the new film")
        for name in ("edit_list", "old_list"):
            path = getattr(self, name)
            if path is not None and not is_edit_list(Path(path)):
                raise EmsyncError(
                    f"{name}: {path[:200]} is no edit list; give an EDL, FCPXML, OTIO or AAF"
                )
        try:
            self.given_rate()
        except ValueError as error:
            raise EmsyncError(f"frame_rate: {error}") from error

    def given_rate(self) -> FrameRate | None:
        """The rate that was given. Raises ValueError for one that has no timecode."""
        return None if self.frame_rate is None else parse_rate(self.frame_rate)


@dataclass(frozen=True, slots=True)
class NewCut:
    """Where the new cut comes from.

    edits: of the new cut, if there is an edit list. old_edits: of the old cut, if the new list has
    the same sources as that one; otherwise its source is the old film, whose reel is ``reel``.
    film: the new film; None if there is only a list. old_film: where the old film is now.
    timecode: of the new list's first frame, if the user gave it.
    """

    film: Path | None
    edits: tuple[Edit, ...] = ()
    old_edits: tuple[Edit, ...] = ()
    reel: str | None = None
    old_film: Path | None = None
    timecode: str | None = None


def read_cut(files: CutFiles, old: Video, start: str | None = None) -> NewCut:
    """Read the lists of a new cut, and open its film once.

    old: the old film. start: the timecode of the new list's first frame. Raises EmsyncError for a
    file that can't be read.
    """
    film = None if files.video is None else Path(files.video)
    old_film = None if files.old_film is None else Path(files.old_film)
    if film is not None:
        open_video(film)
    if files.edit_list is None:
        return NewCut(film, old_film=old_film)
    rate = files.given_rate() or old.clock.rate
    if start is not None and rate is not None and rate.drop:
        start = label_at(frame_at(start, rate), rate)
    edits = list_edits(Path(files.edit_list), rate, start)
    old_edits = () if files.old_list is None else list_edits(Path(files.old_list), rate, None)
    return NewCut(film, edits, old_edits, files.reel, old_film, start)


def list_edits(path: Path, rate: FrameRate | None, start: str | None) -> tuple[Edit, ...]:
    """The edits of an edit list.

    rate: of its timecode. start: the timecode of the film's first frame; None for the first edit.
    Raises EmsyncError for a file that can't be read, and where the rate is unknown.
    """
    check_path(path)
    found = read_edits(path, Clock(rate, start))
    found = tuple(edit for edit in found if edit.end > 0)
    if not found:
        raise EmsyncError(f"{path}: has no edits of the picture")
    return found


_CHECKS: Mapping[str, Check] = {field.name: text for field in fields(CutFiles)}
FIELDS = tuple(_CHECKS)
"""The names of all fields of the files in JSON."""
PATHS = ("video", "edit_list", "old_list", "old_film")


def parse_cut(name: str, values: Any) -> CutFiles:
    """The files that a JSON object names; null counts as left out.

    Raises EmsyncError naming the field that is wrong.
    """
    if isinstance(values, CutFiles):
        return values
    if not isinstance(values, Mapping):
        raise EmsyncError(f"{name} must be a JSON object")
    given = {key: value for key, value in values.items() if value is not None}
    return CutFiles(**checked(_CHECKS, given))


def cut_json(files: CutFiles) -> dict[str, str]:
    """The JSON object that names these files."""
    values = {field.name: getattr(files, field.name) for field in fields(files)}
    return {name: value for name, value in values.items() if value is not None}
