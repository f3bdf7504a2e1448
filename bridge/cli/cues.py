"""``emsync cues``: hits from one format to another."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from bridge.cli.counted import counted
from bridge.cli.film_options import timecode_arguments
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.request_values import given_clock
from engine.cues import KINDS, CueSheet, Transition
from engine.cues_json import read_cues, write_cues
from engine.errors import EmsyncError
from engine.hits import HitList, marked, stretches_off
from engine.timeline.cue_sheet import blank, hits_of, with_hits
from engine.timeline.formats import FORMATS, read_hits, write_hits, written_format
from engine.timeline.spotting import hits_of_spotting, read_spotting
from engine.video.reader import open_video


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "input", type=Path, metavar="IN",
        help="the hits: text, CSV, EDL, FCPXML, OTIO, AAF, MIDI, a marker list, or a cue sheet",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT",
        help="the file to write, in the format of its suffix; .json is a cue sheet",
    )  # fmt: skip
    parser.add_argument(
        "--format", metavar="F", choices=[name for name, each in FORMATS.items() if each.write],
        help="another format than the suffix says, such as reaper, premiere or avid",
    )  # fmt: skip
    parser.add_argument(
        "--only", choices=("hits", "cuts", "all", "spotting"), default="hits",
        help="hits are the markers, or the edits of a list without markers. cuts are the edits. "
        "spotting is the list of the film's cues of music (default: hits)",
    )  # fmt: skip
    parser.add_argument(
        "--video", type=Path, metavar="FILE",
        help="the film, or its cue sheet; says the frame rate, and a cue sheet needs it",
    )  # fmt: skip
    timecode_arguments(parser)
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Read, write, and print how many hits there are."""
    name = args.format or written_format(args.output)
    check_file(args.output, args.force)
    base = None if args.video is None else _base(args.video)
    if args.only == "spotting":
        _write_spotting(base, name, args)
        return
    found = read_hits(args.input, given_clock(args, None if base is None else base.video))
    chosen = _in_asked_timecode(found.of(args.only), args)
    if name == "cues":
        write_cues(_cue_sheet(base, found, chosen, args), args.output)
    else:
        write_hits(chosen, args.output, name)
    kinds, off = sum(hit.is_edit for hit in chosen.hits), len(stretches_off(chosen.hits))
    without = f", {counted(off, 'stretch')} without hits" if off else ""
    hits = counted(len(chosen.hits) - kinds - off, "hit")
    print(f"{hits}, {counted(kinds, 'cut')}{without}: {args.output}")


def _write_spotting(base: CueSheet | None, name: str, args: Namespace) -> None:
    """Write the spotting list of the input, and print how many cues it has."""
    clock = given_clock(args, None if base is None else base.video)
    start, end = (0.0, math.inf) if base is None else (base.start, base.end)
    spotting, clock = read_spotting(args.input, clock, start, end)
    if name != "cues":
        duration = None if base is None else base.video.duration
        found = hits_of_spotting((cue.moved(start) for cue in spotting), clock, duration)
        write_hits(_in_asked_timecode(found, args), args.output, name)
    elif base is None:
        raise _no_film(args.output)
    else:
        video = replace(base.video, timecode=clock.start)
        write_cues(replace(base, video=video, spotting=spotting), args.output)
    print(f"{counted(len(spotting), 'cue')}: {args.output}")


def _no_film(path: Path) -> EmsyncError:
    return EmsyncError(
        f"{path}: a cue sheet needs its film; give --video, the film or its cue sheet"
    )


def _base(path: Path) -> CueSheet:
    """The cue sheet to fill: that of a file, or an empty one of a film."""
    return read_cues(path) if path.suffix == ".json" else blank(open_video(path).video)


def _in_asked_timecode(hits: HitList, args: Namespace) -> HitList:
    """The list, to be written in the frame rate that the user asked for."""
    asked = given_clock(args)
    rate, start = asked.rate or hits.clock.rate, asked.start or hits.clock.start
    try:
        return replace(hits, clock=replace(hits.clock, rate=rate, start=start))
    except ValueError as error:
        raise EmsyncError(f"{args.output}: {error}; give another --start-timecode") from error


def _cue_sheet(base: CueSheet | None, found: HitList, chosen: HitList, args: Namespace) -> CueSheet:
    if base is None:
        raise _no_film(args.output)
    hits = hits_of(chosen, base.start, base.end, base.video.duration)
    for hit in hits:
        if hit.seconds > base.duration:
            raise EmsyncError(
                f"{args.input}: the hit at {chosen.clock.text(base.start + hit.seconds)} is beyond "
                f"the end of the film, {chosen.clock.text(base.end)}; give --start-timecode"
            )
    if not base.cuts:
        edits = {hit.seconds - base.start: hit.kind for hit in found.of("cuts").hits}
        cuts = (
            Transition(time, next((kind for kind in KINDS if kind == edits[time]), "cut"))
            for time in sorted(edits)
            if 0 <= time <= base.duration
        )
        base = replace(base, cuts=tuple(cuts))
    video = replace(base.video, timecode=chosen.clock.start)
    sheet = with_hits(replace(base, video=video), hits)
    return replace(sheet, hits=marked(sheet.hits, sheet.no_hits))
