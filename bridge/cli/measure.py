"""``emsync measure``: the metrics of the paper, for a film and its score."""

from __future__ import annotations

import json
import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bridge.cli.counted import counted
from bridge.cli.extras import need_tagger
from bridge.cli.film_options import boundary_arguments, scores_argument
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import phase_bar, progress_bar
from bridge.cli.request_values import request_values
from bridge.scoring.analysis import analyze_film, with_user_changes
from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.hits import SAME
from engine.metrics import alignment, av_align, tag_kl
from engine.metrics.statistics import Json, finite
from engine.timeline.cue_sheet import blank
from engine.video.flow import flow_curve
from engine.video.reader import open_video

if TYPE_CHECKING:
    from bridge.cli.measured_score import MeasuredScore

APART = 1.0
"""Film and score that differ more in length, in seconds, may not belong together."""
WINDOWS = {"frame": "1/30 s", "second": "1 s"}
AV_WINDOWS = {"frame": "1 frame", "second": "1 s"}


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("video", type=Path, metavar="VIDEO", help="the film")
    parser.add_argument(
        "score", type=Path, metavar="SCORE",
        help="its music: a folder that emsync score wrote, a MIDI file, or sound (WAV, FLAC, ...)",
    )  # fmt: skip
    parser.add_argument(
        "--audio", type=Path, metavar="FILE",
        help="the sound of a score whose notes are given, for AV-Align as published and for tag KL",
    )  # fmt: skip
    parser.add_argument(
        "--reference", type=Path, metavar="FILE",
        help="reference music for tag KL: sound, or the film with its own music",
    )  # fmt: skip
    boundary_arguments(parser)
    scores_argument(parser)
    parser.add_argument(
        "--no-av-align", action="store_true", help="leave out AV-Align, which is slow"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE too")
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Check what was given, measure, and print the table."""
    from bridge.cli.measured_score import read_score

    if args.json is not None:
        check_file(args.json, args.force)
    if args.reference is not None and not args.reference.is_file():
        # Before the figures that take long.
        raise EmsyncError(f"{args.reference}: no such file; check the path of the reference music")
    score = read_score(args.score, args.audio)
    args.cues = score.cues
    request = parse_request(request_values(args))
    cues = _boundaries(request, args.scores)
    if abs(cues.duration - score.duration) > APART:
        warnings.warn(
            f"{args.score}: lasts {score.duration:.1f} s, but the film {cues.duration:.1f} s; "
            "both are measured from their beginning",
            stacklevel=2,
        )
    report = measured(cues, score, args.reference, not args.no_av_align)
    report = {"video": str(args.video), "score": str(args.score), **report}
    if args.json is not None:
        text = json.dumps(finite(report), indent=2, allow_nan=False) + "\n"
        write_atomically(args.json, text)
    print("\n".join(table(report)))


def measured(
    cues: CueSheet, score: MeasuredScore, reference: Path | None, with_flow: bool = True
) -> Json:
    """All figures of a score for a film. What can't be measured is in ``left_out``, and why.

    Raises EmsyncError for a film or a reference that can't be read.
    """
    report: Json = {
        "duration": cues.duration,
        "fps": cues.video.fps,
        "boundaries": len(cues.boundaries),
        "chords": None if score.chords is None else len(score.chords),
    }
    left_out: dict[str, str] = {}
    if score.chords is None:
        left_out["alignment"] = "needs notes; give the score as MIDI, and this file as its sound"
    else:
        report["alignment"] = _alignment(cues, score.chords)
    if with_flow:
        report["av_align"] = _av_align(cues, score)
    else:
        left_out["av_align"] = "not asked for"
    if reference is None or score.sound is None:
        left_out["tag_kl"] = "needs the sound of the score, and reference music"
    else:
        report["tag_kl"] = _tag_kl(reference, score.sound)
    if score.runtime is None or "total" not in score.runtime:
        left_out["runtime"] = "needs the report.json of emsync score"
    else:
        a_minute = score.runtime["total"] * 60 / cues.duration
        report["runtime"] = {**score.runtime, "a_minute_of_film": a_minute}
    return {**report, "left_out": left_out}


def table(report: Json) -> list[str]:
    """The figures in lines, for people."""
    chords = "" if report["chords"] is None else f", {counted(report['chords'], 'long chord')}"
    return [
        f"{report['video']}, {report['score']}: {report['duration']:.1f} s, "
        f"{counted(report['boundaries'], 'boundary')}{chords}",
        *_alignment_lines(report),
        *_av_align_lines(report),
        *_other_lines(report),
        *(f"{name.replace('_', '-')}: {why}" for name, why in report["left_out"].items()),
    ]


def _boundaries(request: Request, scores: Path | None) -> CueSheet:
    """The film with its boundaries: of a list, of a cue sheet, or found in the film."""
    if request.boundaries is None or request.cues is not None:
        return analyze_film(request, phase_bar, scores)
    video = open_video(Path(request.video)).video
    start, end = request.start or 0.0, video.duration if request.end is None else request.end
    if not start < end <= video.duration:
        raise EmsyncError(
            f"start, end: from {start:g} s to {end:g} s is no part of a film of "
            f"{video.duration:.3f} s"
        )
    whole = blank(video)
    section = replace(whole.sections[0], end=end - start)
    return with_user_changes(replace(whole, start=start, end=end, sections=(section,)), request)


def _alignment(cues: CueSheet, chords: tuple[float, ...]) -> Json:
    """Chords against the kept cuts, and against all boundaries, if these differ."""
    cuts = np.array([cut.time for cut in cues.cuts])
    kept = tuple(t for t in cues.boundaries if len(cuts) and np.abs(cuts - t).min() <= SAME)
    asked = {"cuts": kept} if kept else {}
    if kept != cues.boundaries:
        asked["boundaries"] = cues.boundaries
    return {
        name: alignment.evaluate([(times, cues.duration)], [chords], np.random.default_rng(0))
        for name, times in asked.items()
    }


def _av_align(cues: CueSheet, score: MeasuredScore) -> Json:
    reader = open_video(Path(cues.video.path))
    with progress_bar("Optical flow", 100, "%") as show:
        frames = reader.whole_frames(cues.start, cues.end, lambda share: show(100 * share))
        flow = flow_curve(frame.image for frame in frames)
    fps = cues.video.fps
    onsets = tuple(onset for onset in score.onsets if onset < cues.duration)
    peaks = av_align.flow_peaks(flow, fps)
    rng = np.random.default_rng(0)
    found = av_align.evaluate(onsets, peaks, fps, cues.duration, rng)
    return {"onsets_from": score.onsets_from, **found}


def _tag_kl(reference: Path, generated: Path) -> Json:
    from engine.tagging import TAGGER, musicnn_tags

    with need_tagger():
        pair = musicnn_tags(reference), musicnn_tags(generated)
    return {"tagger": TAGGER, **tag_kl.evaluate([pair], np.random.default_rng(0))}


def _alignment_lines(report: Json) -> Iterator[str]:
    if "alignment" not in report:
        return
    yield "chord-cut alignment     n  recall  95%          shuffled  precision    IoU  |delta|"
    for name, windows in report["alignment"].items():
        for window, words in WINDOWS.items():
            found = windows[window]
            recall = found["recall"]
            yield (
                f"  {name}, {words}".ljust(21)
                + f"{recall['n']:4}  {_three(recall['value'])}   {_interval(recall)}"
                f"  {_three(found['shuffled_recall']):>8}  {_three(found['precision']['value']):>9}"
                f"  {_three(found['iou']['value'])}  {_three(found['median_delta'])} s"
            )


def _av_align_lines(report: Json) -> Iterator[str]:
    if "av_align" not in report:
        return
    found = report["av_align"]
    yield "AV-Align                n  score   95%          shuffled"
    for window, words in AV_WINDOWS.items():
        score = found[window]["score"]
        yield (
            f"  {words}".ljust(21) + f"{score['n']:4}  {_three(score['value'])}   "
            f"{_interval(score)}  {_three(found[window]['shuffled']):>8}"
        )
    yield (
        f"  {found['onset_rate']:.2f} onsets a second, {found['flow_peak_rate']:.2f} flow peaks "
        "a second"
    )
    if found["onsets_from"] == "notes":
        yield "  onsets are those of the notes, not of sound: this is not the published definition"


def _other_lines(report: Json) -> Iterator[str]:
    if "tag_kl" in report:
        yield f"tag KL: {report['tag_kl']['value']:.3f} ({report['tag_kl']['tagger']}, one pair)"
    if "runtime" in report:
        times = report["runtime"]
        yield (
            f"runtime: {times['total']:.1f} s, all takes; "
            f"{times['a_minute_of_film']:.1f} s for a minute of film at this rate"
        )


def _three(value: float) -> str:
    return f"{value:.3f}"


def _interval(share: Json) -> str:
    low, high = share["interval"]
    return f"{low:.3f}-{high:.3f}"
