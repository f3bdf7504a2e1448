"""A process of its own for what opens films beside the jobs: a broken film can't end the server.

``check FILM`` prints what the film is. ``preview FILM OUT`` writes a small film that every browser
shows, and prints its progress. Each line of the output is a JSON object.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

from engine.errors import EmsyncError
from engine.files import replacing
from engine.video.folders import allow_only
from engine.video.reader import open_video

PREVIEW_SIDE = 640
"""The longer side of a preview, in pixels."""
_CLOCK = 90_000
"""Units of a preview's stamps in a second; MPEG's own clock, which suits every frame rate."""
_KEY_EVERY = 12
"""Frames from one whole picture to the next. Few, so that a browser finds any frame at once."""
_STEP = 0.01
NICENESS = 10
"""A preview gives way to composing, and that to playback."""


def main() -> None:
    """Do what the arguments say."""
    task, path, *rest = sys.argv[1:]
    out, folders = (rest[:1], rest[1:]) if task == "preview" else ([], rest)
    allow_only(map(Path, folders))
    try:
        if task == "check":
            _report({"film": asdict(open_video(path).video)})
        else:
            if hasattr(os, "nice"):
                os.nice(NICENESS)
            for share in write_preview(Path(path), Path(out[0])):
                _report({"share": round(share, 3)})
            _report({"share": 1.0})
    except EmsyncError as error:
        _report({"error": str(error)})


def write_preview(film: Path, path: Path) -> Iterator[float]:
    """Write a preview of a film to ``path``; yields the share that is done.

    It has the film's picture at its own times, at most ``PREVIEW_SIDE`` pixels long, and no sound.
    Raises EmsyncError for a film that can't be read, and for a path that can't be written.
    """
    reader = open_video(film)
    video = reader.video
    scale = min(1.0, PREVIEW_SIDE / max(video.width, video.height))
    width, height = (2 * max(1, round(side * scale / 2)) for side in (video.width, video.height))
    reported = 0.0
    with (
        replacing(path) as beside,
        beside.open("wb") as file,
        av.open(file, "w", format="mp4", options={"movflags": "faststart"}) as container,
    ):
        name = "libx264" if "libx264" in av.codecs_available else "libvpx"
        rate = Fraction(video.fps or 25).limit_denominator(1001)
        stream = cast(VideoStream, container.add_stream(name, rate))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, _CLOCK)
        stream.codec_context.time_base = Fraction(1, _CLOCK)
        stream.codec_context.gop_size = _KEY_EVERY
        stream.codec_context.max_b_frames = 0
        stream.thread_count = 1
        stream.options = {"preset": "veryfast", "crf": "27"}
        before = -1
        for frame in reader.whole_frames():
            stamp = round(frame.time * _CLOCK)
            if stamp <= before:
                continue
            before = stamp
            image = cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_AREA)
            picture = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(image, dtype=np.uint8), format="bgr24"
            )
            picture.pts, picture.time_base = stamp, Fraction(1, _CLOCK)
            container.mux(stream.encode(picture))
            share = frame.time / video.duration if video.duration > 0 else math.nan
            if share - reported >= _STEP:
                reported = share
                yield min(share, 1.0)
        container.mux(stream.encode())


def _report(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
