"""``emsync score``: a film in, MIDI, sound and a film out."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from bridge.cli.arc import arc
from bridge.cli.counted import counted
from bridge.cli.film_options import film_arguments, scores_argument
from bridge.cli.options import music_arguments, network_arguments, network_options
from bridge.cli.outputs import folder_force_argument, keep_source, result_folder, stale
from bridge.cli.progress import phase_bar
from bridge.cli.request_values import request_values, warn_of_unused
from bridge.cli.sound_options import sound_arguments, soundfont_argument
from bridge.cli.why import why
from bridge.scoring.context import ScoringContext
from bridge.scoring.files import ARDOUR, EXPORT_FILES, PICTURE, PLAN, SCORES
from bridge.scoring.pipeline import score_film
from bridge.scoring.reel import ReelReport, score_reel
from bridge.scoring.rendering import Rendered
from bridge.scoring.report import Report
from bridge.scoring.request_json import parse_request
from engine.cues import CueSheet
from engine.files import staged
from engine.music.tempo import tempo_map
from engine.score import Instrument
from export.piece import NOTATION, REEL, SCORE, WRITTEN


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    film_arguments(parser)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("out"), metavar="FOLDER",
        help="where the files go (default: out). Music: score.mid, written.mid, stems/ and takes/. "
        "Sound and film: score.wav, film.mp4. To read: score.musicxml, score.svg, plan.json, "
        "cues.json and report.json. With --spotting: a folder for each cue, and reel.mid",
    )  # fmt: skip
    folder_force_argument(parser)
    scores_argument(parser)
    music_arguments(parser)
    sound_arguments(parser)
    soundfont_argument(parser)
    network_arguments(parser)


def run(args: Namespace) -> None:
    """Check the options before any work is spent on them, then score the film."""
    request = parse_request(request_values(args))
    warn_of_unused(request)
    network = network_options(args)
    if args.output.name in ("", ".."):
        # Such a folder has no name to number, so the film's place is looked at first.
        keep_source(args.output, args.video)
    with result_folder(args.output, args.force) as folder:
        keep_source(folder, args.video)
        with staged(folder, stale(folder)) as beside:
            context = ScoringContext(network.load, beside, phase_bar, args.soundfont)
            if request.music_cues:
                cues, reel = score_reel(request, context, args.scores)
            else:
                # A later re-cut compares the new film with what is kept here.
                scores = args.scores or beside / SCORES
                cues, report = score_film(request, context, scores=scores)
        # Once the files are in their place: the summary names those that are there.
        if request.music_cues:
            print(reel_summary(reel, cues, folder))
        else:
            print(summary(report, cues, folder, request.players))


def summary(report: Report, cues: CueSheet, folder: Path, instruments: Sequence[Instrument]) -> str:
    """The result in a few lines. instruments: who was to play."""
    asked = [instrument.value for instrument in instruments]
    notes = ", ".join(f"{name} {n}" for name, n in report.notes.items() if n or name in asked)
    times = report.timings
    takes = "takes/, " if len(report.takes.takes) > 1 else ""
    lines = [
        f"{folder}: score.mid, stems/, {takes}{_names(report.rendered)}{_others(folder)}cues.json, "
        "report.json",
        f"  {cues.duration:.1f} s at {_tempi(report)} bpm; notes: {notes}",
        f"  composed by {report.model.name} on {report.model.device} in {times.compose:.1f} s "
        f"(analyzed in {times.analyze:.1f} s, {times.total:.1f} s in all)",
    ]
    if cues.boundaries:
        met = round(report.second * len(cues.boundaries))
        lines.insert(
            2,
            f"  {met} of {counted(len(cues.boundaries), 'boundary')} met by a long chord within a "
            f"second; {counted(len(report.chords), 'long chord')} in all",
        )
    lines += [f"  energy {arc(report.takes.takes[0][0].score)}", *why(cues)]
    if report.theme:
        begins = ", ".join(f"{seconds:.1f}" for seconds in report.theme)
        lines.append(f"  the theme begins at {begins} s")
    if len(report.takes.takes) > 1:
        first, *others = report.takes.lines
        lines += [f"  {first} (score.mid)", *(f"  {line}" for line in others)]
    original = report.originality
    if original is not None and not original.within:
        names = ", ".join(part.instrument.value for part in original.parts if not part.within)
        lines.insert(
            2, f"  shares more with training songs than is usual: {names}; see emsync originality"
        )
    silent = [i.value for i in instruments if not report.notes[i.value]]
    if silent:
        lines.insert(2, f"  silent: {', '.join(silent)}")
    lines += _sound_lines(report.rendered)
    return "\n".join([*lines, _next_step(folder, report.rendered, SCORE)])


def _tempi(report: Report) -> str:
    """The tempo, or the slowest and the fastest one: it bends from hit to hit."""
    tempi = [
        60e6 / tempo.microseconds for tempo in tempo_map(report.takes.takes[0][0].score).tempos
    ]
    slow, fast = round(min(tempi)), round(max(tempi))
    return f"{slow}" if slow == fast else f"{slow} to {fast}"


def _names(rendered: Rendered | None) -> str:
    """The files of sound and film, for a list of files."""
    if rendered is None:
        return ""
    film = "" if rendered.film is None else f"{rendered.film.name}, "
    return f"{rendered.sound.mix}, {film}"


def _sound_lines(rendered: Rendered | None) -> list[str]:
    """How the sound was made, and what part of the film the new film shows."""
    if rendered is None:
        return []
    sound, film = rendered.sound, rendered.film
    level = "silent" if math.isinf(sound.loudness) else f"{sound.loudness:.1f} LUFS"
    lines = [
        f"  played by {sound.synthesizer} with {rendered.soundfont} in {rendered.seconds:.1f} s, "
        f"{level}"
    ]
    if film is not None and film.begin > 0:
        lines.append(f"  {film.name} begins at {film.begin:.3f} s of the film, at a key frame")
    return lines


def _next_step(folder: Path, rendered: Rendered | None, midi: str) -> str:
    """What the user can do now."""
    if rendered is not None and rendered.film is not None:
        return f"watch it: emsync preview {quote(str(folder))} ({folder / rendered.film.name})"
    if rendered is not None:
        return f"listen to it: {folder / rendered.sound.mix}"
    return f"open it in your DAW: {folder / midi}"


def _others(folder: Path) -> str:
    """The notation and the picture, and the files that not every score has."""
    extra = [WRITTEN] if (folder / WRITTEN).exists() else []
    extra += [name for name in EXPORT_FILES if "/" not in name and (folder / name).exists()]
    extra += [f"{ARDOUR}/"] if (folder / ARDOUR).is_dir() else []
    extra += [PLAN] if (folder / PLAN).exists() else []
    return "".join(f"{name}, " for name in (NOTATION, PICTURE, *extra))


def reel_summary(reel: ReelReport, cues: CueSheet, folder: Path) -> str:
    """The cues of a reel, a line each."""
    names = ", ".join(f"{each.cue.name}/" for each in reel.cues)
    files = _names(reel.rendered)
    lines = [f"{folder}: reel.mid, stems/, {files}{names}, cues.json, report.json"]
    for each in reel.cues:
        cue, report = each.cue, each.report
        key = "" if each.plan is None else f", {each.plan.phrases[0].key}"
        met = round(report.second * len(report.hits)) if report.hits else 0
        boundaries = counted(len(report.hits), "boundary")
        lines.append(
            f"  {cue.name}  {cues.timecode(cue.start)} - {cues.timecode(cue.end)}  "
            f"{cue.duration:.1f} s at {report.tempo:.0f} bpm{key}; "
            f"{counted(sum(report.notes.values()), 'note')}"
            + (f"; {met} of {boundaries} met" if report.hits else "")
            + ("" if cue.variation_of is None else f"; variation of {cue.variation_of}")
        )
    model = reel.model
    lines.append(f"  composed by {model.name} on {model.device}, {reel.total:.1f} s in all")
    lines += _sound_lines(reel.rendered)
    return "\n".join([*lines, _next_step(folder, reel.rendered, REEL)])
