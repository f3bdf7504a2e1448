"""``emsync play``: a score, live into a DAW."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bridge.cli.live_options import (
    output_arguments,
    output_config,
    playback_arguments,
    playback_options,
    sync_arguments,
    sync_source,
)
from bridge.cli.progress import progress_bar
from bridge.cli.types import time_range
from bridge.midi.backends import open_output
from bridge.midi.rtmidi_api import port_names
from bridge.play.follow.sync_source import SyncSource, follow
from bridge.play.midi_reader import read_beats
from bridge.play.player import Player
from bridge.play.signals import graceful_exit
from engine.errors import EmsyncError
from engine.timecode import parse_time

_LOOK = 0.05


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "score", type=Path, nargs="?", metavar="FILE.mid|FOLDER",
        help="a MIDI file, or what emsync score wrote",
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help="list the ports to play to, and end")
    output_arguments(parser)
    parser.add_argument(
        "--from", type=parse_time, default=0.0, dest="begin", metavar="T", help="play from here on"
    )
    parser.add_argument("--loop", type=time_range, metavar="T-T", help="play this over and over")
    parser.add_argument(
        "--wait", type=float, default=1.0, metavar="SECONDS",
        help="the time between opening the ports and the first note, for the DAW to connect "
        "(default: 1)",
    )  # fmt: skip
    sync_arguments(parser)
    playback_arguments(parser)


def run(args: Namespace) -> None:
    """Play to the end, or for as long as it loops or follows."""
    config, source = output_config(args), sync_source(args)
    if args.list:
        for name in port_names() or ["no ports; emsync doctor says why"]:
            print(name)
        return
    if args.score is None:
        raise EmsyncError("give a MIDI file or a folder that emsync score wrote")
    played = playback_options(args)
    piece = played.read(args.score)
    if args.wait < 0:
        raise EmsyncError(f"--wait {args.wait:g}: give 0 or more seconds")
    if args.begin >= piece.duration:
        raise EmsyncError(f"--from {args.begin:g}: the piece lasts {piece.duration:.1f} s")
    with graceful_exit():
        output, why = open_output(config)
        player = Player(output)
        try:
            print(why, flush=True)
            player.load(piece)
            if args.loop is not None:
                player.loop(*args.loop)
            if played.programs:
                player.introduce()
            with following(player, args.score, source):
                if source is None:
                    time.sleep(args.wait)
                    player.play(args.begin)
                watch(player, forever=source is not None)
        finally:
            player.close()
    late = output.lateness()
    print(
        f"{late.messages} messages, {late.late} late; lateness: median {1000 * late.median:.1f} ms,"
        f" of the slowest in a hundred {1000 * late.p99:.1f} ms"
    )


def following(
    player: Player, score: Path, source: SyncSource | None
) -> AbstractContextManager[Any]:
    """Within this the player follows, if it is to."""
    return closing(follow(player, source, read_beats(score))) if source else nullcontext()


def watch(player: Player, forever: bool) -> None:
    """Show how far it is, until it stops; raises EmsyncError when something stopped it."""
    trouble = None
    with progress_bar("Playing  ", player.duration, "s") as show:
        while True:
            status = player.status()
            show(status.position)
            if status.trouble is not None and trouble is None:
                # Above the progress bar, whose line print would break.
                tqdm.write(f"emsync: {status.trouble}", sys.stderr)
            trouble = status.trouble
            if status.fault is not None:
                raise EmsyncError(status.fault)
            if status.state == "stopped" and not forever:
                return
            time.sleep(_LOOK)
