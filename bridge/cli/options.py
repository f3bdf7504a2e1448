"""Options of scoring that several commands share, and what they lead to."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from dataclasses import fields
from pathlib import Path
from typing import Any

from bridge.cli.emotion_option import emotion_argument
from bridge.cli.types import at_least
from bridge.scoring.limits import AUDIO, DYNAMICS, HUMANIZE, TAKES
from bridge.scoring.network import NetworkOptions
from engine.composing.sampling import Sampling
from engine.cues import parse_time
from engine.emotion.experts.registry import NAMES
from engine.emotion.fusion import MAPPINGS
from engine.model.header import read_header
from engine.model.precision import PRECISIONS
from engine.plan.plan import FEELS, TIME_SIGNATURES
from engine.score import Instrument
from engine.timecode import RATES
from engine.video.boundaries import T_DIFF


def film_arguments(parser: ArgumentParser, video: str = "the film") -> None:
    """Add the film and what a user may say about it. video: the help of its argument."""
    parser.add_argument("video", type=Path, metavar="VIDEO", help=video)
    emotion_argument(parser)
    parser.add_argument("--valence", type=float, metavar="V", help="-1 unpleasant .. 1 pleasant")
    parser.add_argument("--arousal", type=float, metavar="A", help="-1 calm .. 1 excited")
    perception_arguments(parser)
    boundary_arguments(parser)


def perception_arguments(parser: ArgumentParser) -> None:
    """Add how the emotion of the film is read."""
    parser.add_argument(
        "--experts", metavar="LIST",
        help=f"who reads the film's emotion, with commas: {', '.join(NAMES)} (default: all that "
        "can work; emsync doctor lists them)",
    )  # fmt: skip
    parser.add_argument(
        "--mapping", choices=MAPPINGS,
        help="paper: valence and arousal from the six probabilities alone (default: fusion, with "
        "what experts read directly and the contrast within the film)",
    )  # fmt: skip
    parser.add_argument(
        "--listen-to-music", action="store_true", default=None,
        help="let the film's own music count in its emotion (default: it is left out)",
    )  # fmt: skip
    parser.add_argument(
        "--emotion-network", metavar="FILE",
        help="a fusion network that emsync model train-emotion wrote, for the six probabilities",
    )  # fmt: skip


def boundary_arguments(parser: ArgumentParser) -> None:
    """Add which part of the film counts, and where its boundaries are."""
    parser.add_argument(
        "--boundaries", type=Path, metavar="FILE",
        help="hits where chords land instead of the cuts: text, CSV, EDL, FCPXML, OTIO, AAF, MIDI "
        "or a marker list. Clock times count from --start. Timecode and frames are the film's",
    )  # fmt: skip
    parser.add_argument(
        "--spotting", type=Path, metavar="FILE",
        help="where the film has music: cues with in and out points, such as "
        "'01:00:12:05 - 01:00:45:00 1m1', in a file of the same formats; each becomes a piece",
    )  # fmt: skip
    timecode_arguments(parser)
    parser.add_argument(
        "--sensitivity", type=float, metavar="S",
        help="2 also finds cuts that stand out half as much, 0.5 only those that stand out twice "
        "as much (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--min-distance", type=float, metavar="SECONDS",
        help=f"the least distance of boundaries (default: {T_DIFF:g})",
    )  # fmt: skip
    parser.add_argument(
        "--no-hits", metavar="FROM-TO", action="append",
        help="mark nothing in this stretch of the film; the music goes on. May be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--hit-offset", metavar="N",
        help="begin chords N frames after their hits, or before them if N is negative "
        "(--hit-offset=-2); N may be a timecode (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--start", type=parse_time, metavar="T",
        help="score from this time of the film (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--end", type=parse_time, metavar="T", help="score up to this time (default: the end)"
    )


def timecode_arguments(parser: ArgumentParser) -> None:
    """Add what a user may say about timecode."""
    parser.add_argument(
        "--start-timecode", metavar="TC",
        help="the timecode of the film's first frame, such as 01:00:00:00 (default: the film's or "
        "the list's own, else zero)",
    )  # fmt: skip
    parser.add_argument(
        "--frame-rate", metavar="R",
        help=f"the frame rate of a list: {', '.join(RATES)} (default: the list's own, else the "
        "film's)",
    )  # fmt: skip


def scores_argument(parser: ArgumentParser) -> None:
    """Add the file that keeps what was measured."""
    parser.add_argument(
        "--scores", type=Path, metavar="FILE",
        help="keep the scores of all frames in FILE; where it exists, use it and do not decode "
        "the film, e.g. to try another --sensitivity",
    )  # fmt: skip


def music_arguments(parser: ArgumentParser) -> None:
    """Add what a user may ask of the music."""
    cues_argument(parser)
    parser.add_argument(
        "--plan", type=Path, metavar="FILE",
        help="keep a plan that emsync plan wrote, edited or not (default: plan for the film)",
    )  # fmt: skip
    parser.add_argument(
        "--theme", type=Path, metavar="FILE",
        help="begin with the theme in this MIDI file, and come back to it. The piece has the "
        "theme's tempo, time signature and key, unless other options name others",
    )  # fmt: skip
    parser.add_argument(
        "--theme-part", metavar="NAME",
        help="who plays the theme (default: by the name or the program of its track)",
    )  # fmt: skip
    parser.add_argument(
        "--changes", type=Path, metavar="FILE",
        help="make a live piece again: its changes, from its report.json. Give its other options "
        "and its seed too",
    )  # fmt: skip
    parser.add_argument(
        "--free", action="store_true", default=None,
        help="compose in free time, without a plan; bars, harmony and ending are the network's own",
    )  # fmt: skip
    parser.add_argument(
        "--takes", type=int, metavar="N",
        help=f"compose N takes and keep the best (default: {TAKES})",
    )  # fmt: skip
    performance_arguments(parser)
    export_arguments(parser)
    plan_arguments(parser)
    sampling_arguments(parser)


def old_score_arguments(parser: ArgumentParser, usual: str) -> None:
    """Add what a user may ask of music and files that follow an old score.

    usual: what holds for the playing without options, such as "that of OUT".
    """
    performance_arguments(parser, usual)
    sampling_arguments(parser)
    sound_arguments(parser)
    soundfont_argument(parser)
    export_arguments(parser)
    network_arguments(parser)


SOUND_FIELDS = ("audio", "film", "mix_original", "chapters")
"""The fields of a request that ``sound_arguments`` adds."""


def sound_arguments(parser: ArgumentParser) -> None:
    """Add what a user may ask of sound and film."""
    parser.add_argument(
        "--audio", choices=AUDIO,
        help="the files of sound: score and stems as 24-bit wav or flac, or none (default: wav)",
    )  # fmt: skip
    parser.add_argument(
        "--no-audio", dest="audio", action="store_const", const="none",
        help="write no sound and no film; the same as --audio none",
    )  # fmt: skip
    parser.add_argument(
        "--no-film", dest="film", action="store_const", const=False,
        help="write no film with the new sound",
    )  # fmt: skip
    parser.add_argument(
        "--mix-original", type=float, metavar="DB",
        help="mix the film's own sound into the new film at this level, 0 as it is; the music "
        "gives way to speech (default: the music alone)",
    )  # fmt: skip
    parser.add_argument(
        "--chapters", choices=("cuts",),
        help="cuts: a chapter for each shot in the new film (default: the film's own chapters)",
    )  # fmt: skip


def soundfont_argument(parser: ArgumentParser) -> None:
    """Add the sound font."""
    parser.add_argument(
        "--soundfont", type=Path, metavar="FILE",
        help="play with this sound font, SF2 or SF3 (default: $EMSYNC_SOUNDFONT, else the one that "
        "comes with emsync)",
    )  # fmt: skip


def export_arguments(parser: ArgumentParser) -> None:
    """Add what may be written beside the music."""
    for kind, text in (
        ("rpp", "also write score.rpp: a REAPER project with film, markers, tempo map and tracks"),
        ("dawproject", "also write score.dawproject, for Bitwig Studio, Studio One and Cubase"),
        ("ardour", "also write ardour/, a session for Ardour 7 and later"),
        ("pdf", "also write score.pdf: sheet music, set by MuseScore where it is installed"),
    ):
        parser.add_argument(
            f"--{kind}", action="append_const", dest="exports", const=kind, help=text
        )


def performance_arguments(parser: ArgumentParser, usual: str | None = None) -> None:
    """Add how freely notes are played. usual: what holds without the options."""
    parser.add_argument(
        "--dynamics", type=float, metavar="D",
        help="how freely notes are played: 0 flat .. 1 as songs are played "
        f"(default: {usual or f'{DYNAMICS:g}'})",
    )  # fmt: skip
    parser.add_argument(
        "--humanize", type=float, metavar="H",
        help="release notes early, and strum guitar chords, as players do: 0 as written .. 1 as in "
        f"songs (default: {usual or f'{HUMANIZE:g}'})",
    )  # fmt: skip
    parser.add_argument(
        "--expression", action="store_true", default=None,
        help="also write swells of the strings (CC 11) and the piano's sustain pedal (CC 64)",
    )  # fmt: skip


def cues_argument(parser: ArgumentParser) -> None:
    """Add the cue sheet."""
    parser.add_argument(
        "--cues", type=Path, metavar="FILE", help="use an edited cue sheet; do not analyze the film"
    )


def plan_arguments(parser: ArgumentParser) -> None:
    """Add what a user may fix of the plan."""
    parser.add_argument(
        "--seed", type=int, metavar="N", help="another seed gives another piece (default: 0)"
    )
    parser.add_argument(
        "--instruments", metavar="A,B,...",
        help=f"who plays (default: {','.join(i.value for i in Instrument)})",
    )  # fmt: skip
    tempo_arguments(parser)
    parser.add_argument(
        "--tempo-map", type=Path, metavar="FILE",
        help="keep the beats and bars of your project: a MIDI file that your DAW exports, whose "
        "start is that of the film",
    )  # fmt: skip
    parser.add_argument(
        "--feel", metavar="F",
        help=f"how a beat divides: {', '.join(FEELS)} (default: straight)",
    )  # fmt: skip
    parser.add_argument(
        "--key", metavar="K", help="the key, such as C, F#m or 'Bb major' (default: by the emotion)"
    )
    parser.add_argument(
        "--chords", metavar="SYMBOLS",
        help="repeat these chords, one a bar: 'Am F C G'. With bar lines a bar may have "
        "several: 'Am | F G' (default: progressions that songs have)",
    )  # fmt: skip
    parser.add_argument(
        "--density", type=float, metavar="N",
        help="notes a second, all instruments together (default: by the emotion)",
    )  # fmt: skip


def tempo_arguments(parser: ArgumentParser) -> None:
    """Add the tempo and the time signature."""
    parser.add_argument(
        "--bpm", type=float, metavar="B",
        help="keep this tempo, in quarter notes a minute (default: the one that fits the cuts)",
    )  # fmt: skip
    parser.add_argument(
        "--time-signature", "--meter", metavar="T",
        help=f"the time signature of a usual bar: {', '.join(TIME_SIGNATURES)} (default: 4/4)",
    )  # fmt: skip


def sampling_arguments(parser: ArgumentParser) -> None:
    """Add how freely the network composes."""
    usual = Sampling()
    parser.add_argument(
        "--temperature", type=float, metavar="T",
        help=f"above 1 bolder, below 1 safer (default: {usual.temperature:g})",
    )  # fmt: skip
    parser.add_argument(
        "--top-p", type=float, metavar="P",
        help="draw among the likeliest tokens that have this total probability "
        f"(default: {usual.top_p:g})",
    )  # fmt: skip
    parser.add_argument(
        "--min-p", type=float, metavar="P",
        help="leave out tokens below this share of the likeliest one "
        f"(default: {usual.min_p:g})",
    )  # fmt: skip
    parser.add_argument(
        "--guidance", type=float, metavar="G",
        help="follow the emotion G times as strongly as songs do "
        f"(default: {usual.guidance:g})",
    )  # fmt: skip
    parser.add_argument(
        "--repetition", type=float, metavar="R",
        help=f"favour what was played bars ago; 0 does not (default: {usual.repetition:g})",
    )  # fmt: skip


def sampling(args: Namespace) -> Sampling:
    """The sampling that was asked for. Raises EmsyncError for a value out of range."""
    given = {field.name: getattr(args, field.name) for field in fields(Sampling)}
    return Sampling(**{name: value for name, value in given.items() if value is not None})


def network_arguments(parser: ArgumentParser) -> None:
    """Add the network and what it runs on."""
    parser.add_argument(
        "--model", type=Path, metavar="FILE",
        help="the network: exported weights, .safetensors (default: the one that comes with "
        "emsync)",
    )  # fmt: skip
    parser.add_argument(
        "--device", default="auto", metavar="DEVICE",
        help="auto, cpu, cuda, directml or coreml; the CPU replaces a missing one (default: auto)",
    )  # fmt: skip
    parser.add_argument(
        "--precision", choices=PRECISIONS,
        help="the precision of the arithmetic (default: the fastest on the device)",
    )  # fmt: skip
    parser.add_argument(
        "--threads", type=at_least(1), default=0, metavar="N",
        help="CPU threads that compose (default: one for each core)",
    )  # fmt: skip


def network_options(args: Namespace) -> NetworkOptions:
    """The network that was asked for. Raises EmsyncError for a file that is none."""
    if args.model is not None:
        # Loading it comes only after a film has been analyzed, which may take long.
        read_header(args.model)
    return NetworkOptions(args.model, args.device, args.threads, args.precision)


def former(parser: ArgumentParser, spelling: str, dest: str, **options: Any) -> None:
    """Add a former spelling of an option; help does not show it."""
    parser.add_argument(spelling, dest=dest, help=SUPPRESS, **options)
