"""``emsync originality``: the passages that a piece shares with the training songs."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.outputs import check_file, file_force_argument
from bridge.play.midi_reader import read_midi
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.originality.check import Originality, PartOriginality, originality, to_json
from engine.originality.fingerprint import Fingerprint, read_fingerprint, shipped_fingerprint
from engine.originality.grams import PASSAGE
from engine.score import Score
from export.piece import REEL, SCORE

NO_ADVICE = "This compares notes as intervals. It hears no sound, and it is no legal advice."


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "score", type=Path, metavar="SCORE",
        help="a MIDI file, or a folder that emsync score wrote",
    )  # fmt: skip
    parser.add_argument(
        "--fingerprint", type=Path, metavar="FILE",
        help="another corpus to compare with, as emsync model fingerprint makes it (default: the "
        "songs that the shipped network learnt from)",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE too")
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Read, compare, and print a table by part."""
    if args.json is not None:
        check_file(args.json, args.force)
    fingerprint = _fingerprint(args.fingerprint)
    path = _file(args.score)
    piece = read_midi(path)
    found = originality(Score(piece.notes, piece.bars, (), piece.duration), fingerprint)
    if args.json is not None:
        report = {"score": str(path), "songs": fingerprint.songs, **to_json(found)}
        write_atomically(args.json, json.dumps(report, indent=2) + "\n")
    print("\n".join(table(path, found, fingerprint)))


def table(path: Path, found: Originality, fingerprint: Fingerprint) -> list[str]:
    """What was found, in lines for people."""
    heading = f"{path}: longest passage of each part that is known from {fingerprint.songs:,} songs"
    if not found.parts:
        return [f"{heading}: no notes but drums, which are not compared"]
    return [
        heading,
        "  part     notes   longest  usual  where",
        *map(_line, found.parts),
        f"  {found.share:.1%} of the notes lie in no known passage of {PASSAGE} notes or more",
        f"  {_verdict(found)}",
        f"  {NO_ADVICE}",
    ]


def _line(part: PartOriginality) -> str:
    # What is shorter may be chance, or a common figure.
    longest, where = f"under {PASSAGE}", "-" if part.notes >= PASSAGE else "too short to compare"
    if part.longest >= PASSAGE and part.begin is not None and part.end is not None:
        longest = str(part.longest)
        bar = "" if part.bar is None else f"bar {part.bar}, "
        where = f"{bar}{part.begin:.1f} - {part.end:.1f} s"
        where += "" if part.within else "; longer than usual"
    return f"  {part.instrument.value:8} {part.notes:5} {longest:>9}  {part.usual:5.0f}  {where}"


def _verdict(found: Originality) -> str:
    if found.within:
        return "No part shares more than is usual among songs (95 of 100 stay within)."
    names = ", ".join(part.instrument.value for part in found.parts if not part.within)
    return f"More than is usual among songs: {names}. Listen there, and change it if you know it."


def _file(path: Path) -> Path:
    """The MIDI file to read; raises EmsyncError where there is none."""
    if not path.is_dir():
        return path
    for name in (REEL, SCORE):
        if (path / name).exists():
            return path / name
    raise EmsyncError(f"{path}: holds no {SCORE}; give what emsync score wrote, or a MIDI file")


def _fingerprint(path: Path | None) -> Fingerprint:
    if path is not None:
        return read_fingerprint(path)
    shipped = shipped_fingerprint()
    if shipped is None:
        raise EmsyncError("this installation has no fingerprint; give one with --fingerprint")
    return shipped
