"""What one pass over a film measures, and the file that keeps it.

Everything in a cue sheet follows from it, so another sensitivity needs no second pass.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats
from engine.cues import KINDS, Transition, Video
from engine.emotion.experts.expert import Track
from engine.emotion.experts.registry import by_name
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.video.cuts import CutCurve
from engine.video.fingerprints import Prints

_VERSION = 3
"""Of what is measured and how; files of another version are refused."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """A film, or a part of it, measured frame by frame.

    start, end: the part, in seconds of the file. curve: scores of transitions, in seconds of the
    file. tracks: what each expert in emotion observed, by name, in seconds from ``start``. prints:
    a fingerprint of each frame of the curve.
    """

    video: Video
    start: float
    end: float
    curve: CutCurve
    tracks: Mapping[str, Track]
    prints: Prints


def write_measurements(measured: Measurements, path: Path) -> None:
    """Write the file of scores, atomically. Raises EmsyncError if ``path`` can't be written."""
    video, curve = measured.video, measured.curve
    gradual = [
        (KINDS.index(each.kind), each.time, each.start, each.centre, each.end, each.strength, score)
        for each, score in curve.gradual
    ]
    arrays: dict[str, Any] = {
        f"{name}.{key}": array
        for name, track in measured.tracks.items()
        for key, array in track.arrays().items()
    }
    data = io.BytesIO()
    np.savez_compressed(
        data,
        version=_VERSION,
        bytes=_size(Path(video.path)),
        film=np.array([video.duration, video.fps, video.width, video.height]),
        part=np.array([measured.start, measured.end]),
        times=curve.times,
        scores=curve.scores.astype(np.float32),
        changes=curve.changes.astype(np.float32),
        gradual=np.array(gradual).reshape(-1, 7),
        prints=measured.prints,
        experts=np.array(list(measured.tracks), dtype=np.str_),
        **arrays,
    )
    write_atomically(path, data.getvalue())


def read_measurements(
    path: Path, film: Path, start: float = 0.0, end: float | None = None
) -> Measurements:
    """Read a file of scores of ``film`` from ``start`` to ``end`` (None: its end), in seconds.

    Raises EmsyncError if it can't be read, or is of another film or part.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if int(file["version"]) != _VERSION:
                raise EmsyncError(f"{path}: was written by another version; remove it")
            duration, fps, width, height = file["film"].tolist()
            video = Video(str(film), duration, fps, int(width), int(height))
            begin, stop = file["part"].tolist()
            if int(file["bytes"]) != _size(film):
                raise EmsyncError(f"{path}: has the scores of another film; name another file")
            if (begin, stop) != (start, duration if end is None else end):
                raise EmsyncError(
                    f"{path}: has the scores from {begin:g} s to {stop:g} s; name another file "
                    "for another part"
                )
            gradual = tuple(
                (Transition(time, KINDS[int(kind)], since, centre, until, strength), score)
                for kind, time, since, centre, until, strength, score in file["gradual"].tolist()
            )
            scores, changes = (file[name].astype(np.float64) for name in ("scores", "changes"))
            curve = CutCurve(file["times"], scores, changes, gradual)
            return Measurements(video, begin, stop, curve, _tracks(file), file["prints"])
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except (ValueError, TypeError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise EmsyncError(f"{path}: is no file of scores; name another file") from error


def _tracks(file: Mapping[str, NDArray[Any]]) -> dict[str, Track]:
    """The tracks of a file. Raises KeyError or ValueError if it holds others."""
    tracks: dict[str, Track] = {}
    for name in file["experts"].tolist():
        arrays = {
            key.removeprefix(f"{name}."): file[key] for key in file if key.startswith(f"{name}.")
        }
        tracks[name] = by_name(name).load(arrays)
    return tracks


def read_tracks(path: Path) -> dict[str, Track]:
    """What the experts observed, by name, from a file of scores; the film itself may be gone.

    Raises EmsyncError if the file can't be read.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if int(file["version"]) != _VERSION:
                raise EmsyncError(f"{path}: was written by another version; remove it")
            return _tracks(file)
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except (ValueError, TypeError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise EmsyncError(f"{path}: is no file of scores; name another file") from error


def read_prints(path: Path) -> tuple[Floats, Prints, float]:
    """The times of all frames of a file of scores, their fingerprints, and when the last one goes.

    The film itself may be gone. Raises EmsyncError if the file can't be read.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if int(file["version"]) != _VERSION:
                raise EmsyncError(f"{path}: was written by another version; remove it")
            return file["times"], file["prints"], float(file["part"][1])
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except (ValueError, TypeError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise EmsyncError(f"{path}: is no file of scores; name another file") from error


def _size(film: Path) -> int:
    """The bytes of a film; raises EmsyncError if it is missing."""
    try:
        return film.stat().st_size
    except OSError as error:
        raise EmsyncError(f"{film}: can't be read ({error.strerror}); check the path") from error
