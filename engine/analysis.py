"""Analyzes a film: one pass over its frames finds the cuts and the emotion."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from engine.cues import CueSheet
from engine.emotion.config import DEFAULT, EmotionConfig
from engine.emotion.curve import sections
from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.registry import by_name, chosen
from engine.emotion.watching import Watching
from engine.errors import EmsyncError
from engine.hits import Hit, Stretch, is_within
from engine.measurements import Measurements
from engine.video.boundaries import T_DIFF, boundaries, cut_weights
from engine.video.cuts import SENSITIVITY, CutDetector, find_cuts
from engine.video.fingerprints import Fingerprints
from engine.video.reader import SHORTEST, open_video
from engine.video.sound import Sound


def analyze(
    path: Path,
    start: float = 0.0,
    end: float | None = None,
    progress: Callable[[float], None] | None = None,
    emotion: EmotionConfig = DEFAULT,
) -> CueSheet:
    """The cue sheet of a film, or of a part of it: ``cue_sheet`` of what ``measure`` gives."""
    measured = measure(path, start, end, progress, emotion.experts)
    return cue_sheet(measured, emotion=emotion)


def cue_sheet(
    measured: Measurements,
    sensitivity: float = SENSITIVITY,
    distance: float = T_DIFF,
    no_hits: Sequence[Stretch] = (),
    emotion: EmotionConfig = DEFAULT,
) -> CueSheet:
    """The cue sheet of a film that was measured.

    sensitivity: above 0; a higher one finds more transitions, see
    :func:`~engine.video.cuts.find_cuts`. distance: the least one of boundaries, in seconds.
    no_hits: stretches from the part's start in which nothing becomes a boundary. emotion: how it is
    read.

    A boundary weighs by the strength of its cut.
    """
    start, duration = measured.start, measured.end - measured.start

    def from_start(time: float) -> float:
        return min(max(0.0, time - start), duration)

    cuts = tuple(cut.moved(from_start) for cut in find_cuts(measured.curve, sensitivity))
    times = tuple(cut.time for cut in cuts)
    # A cut that may not be marked takes no other's place.
    free = tuple(cut for cut in cuts if not is_within(cut.time, no_hits))
    marked = (t for t in boundaries(free, duration, distance) if not is_within(t, no_hits))
    weights = cut_weights(cuts)
    return CueSheet(
        measured.video,
        start,
        measured.end,
        cuts,
        tuple(Hit(time, weight=weights.get(time, 1.0)) for time in marked),
        sections(
            measured.tracks,
            FilmContext(times, duration, emotion.listen_to_music),
            emotion.mapping,
            emotion.intensity,
            network=emotion.network,
        ),
        tuple(no_hits),
    )


def measure(
    path: Path,
    start: float = 0.0,
    end: float | None = None,
    progress: Callable[[float], None] | None = None,
    experts: Collection[str] | None = None,
) -> Measurements:
    """Measure a film, or the part of it from ``start`` to ``end`` (seconds).

    progress: receives the share that is done, 0..1. experts: the names of those who read emotion;
    None takes all that can work. A file that ends early is analyzed as far as
    it decodes, with a warning. Raises EmsyncError for a file that is no film, and for a part that
    the film does not have or that is too short.
    """
    reader = open_video(path)
    if start < 0:
        raise EmsyncError(f"start {start:g} s: give 0 or more")
    if end is not None and end - start < SHORTEST:
        raise EmsyncError(f"from {start:g} s to {end:g} s: give a part of at least {SHORTEST:g} s")
    watchers = chosen(experts)
    for name in experts or ():
        if missing := by_name(name).missing():
            warnings.warn(f"the expert {name} is left out: {missing}", stacklevel=2)
    detector, prints, watching = CutDetector(reader.fps), Fingerprints(), Watching(watchers)

    def sound(block: Sound) -> None:
        watching.sound(block.time - start, block.samples)

    try:
        for frame in reader.frames(
            start,
            math.inf if end is None else end,
            progress,
            sound if watching.needs_sound else None,
        ):
            detector.push(frame)
            watching.picture(frame.time - start, frame.picture)
            prints.push(frame.image)
        tracks = watching.finish()
    except BaseException:
        watching.stop()
        raise
    video = reader.video
    if reader.missing:
        warnings.warn(
            f"{path}: ends {reader.missing:.1f} s before the duration in its header; "
            "only what decodes is analyzed",
            stacklevel=2,
        )
    end = video.duration if end is None else end
    if end > video.duration + 0.001:
        raise EmsyncError(
            f"{path}: end {end:g} s lies beyond the film, which lasts {video.duration:.3f} s"
        )
    if end - start < SHORTEST:
        raise EmsyncError(
            f"{path}: from {start:g} s to its end is less than {SHORTEST:g} s; start earlier"
        )
    return Measurements(video, start, end, detector.result(end), tracks, prints.value)
