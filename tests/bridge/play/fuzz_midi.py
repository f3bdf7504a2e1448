"""Damages real MIDI files and reads them; a script, not a test, because it needs many files.

    python tests/bridge/play/fuzz_midi.py FOLDER [--files 50] [--cases 5000] [--seed 0] [--corpus]

It prints the numbers of cases, played and refused ones and failures, and the slowest case. A case
fails where it raises anything but one clear line, breaks what ``check`` asserts, or takes longer
than a second. ``--corpus`` reads with the reader of ``emsync model prepare`` instead.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from test_damaged_midi import check, damaged

SLOWEST = 1.0


def read_corpus_song(path: Path) -> object:
    """Read as ``emsync model prepare`` does; None where the song is skipped."""
    from engine.training.corpus.songs import UnusableSong, read_song

    try:
        return read_song(path)
    except UnusableSong:
        return None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--corpus", action="store_true")
    args = parser.parse_args()
    read: Callable[[Path], object] = read_corpus_song if args.corpus else check
    chance = random.Random(args.seed)
    files = chance.sample(sorted(args.folder.rglob("*.mid")), args.files)
    songs = [file.read_bytes() for file in files]
    played = refused = failures = 0
    slowest = (0.0, -1)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "case.mid"
        for case in range(args.cases):
            path.write_bytes(
                damaged(songs[case % len(songs)], random.Random(f"{args.seed} {case}"))
            )
            begin = time.process_time()
            try:
                found = read(path) is not None
            except Exception as error:
                failures += 1
                print(f"case {case}, {files[case % len(songs)].name}: {error!r}", flush=True)
                continue
            taken = time.process_time() - begin
            slowest = max(slowest, (taken, case))
            if taken > SLOWEST:
                failures += 1
                print(f"case {case}, {files[case % len(songs)].name}: {taken:.2f} s", flush=True)
            played, refused = played + found, refused + (not found)
    print(
        f"{args.cases} cases of {len(files)} files: {played} played, {refused} refused, "
        f"{failures} failures; slowest {slowest[0]:.2f} s (case {slowest[1]})"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
