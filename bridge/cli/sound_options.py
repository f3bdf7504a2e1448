"""Options of sound, film and exports that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from bridge.scoring.limits import AUDIO

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
