"""``emsync model fingerprint``: a token cache to the fingerprint that originality is checked by."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import progress_bar
from engine.arrays import Tokens
from engine.files import output
from engine.originality.build import make_fingerprint
from engine.originality.fingerprint import write_fingerprint


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "cache", type=Path, metavar="CACHE", help="the output of emsync model prepare"
    )
    parser.add_argument(
        "--index", type=Path, metavar="FILE",
        help="a tab-separated table with split_group, which near-duplicates share (default: every "
        "song is a group of its own)",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE",
        help="the fingerprint to write (.npz)",
    )  # fmt: skip
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Read the songs, write the fingerprint, and print how full it is."""
    with need_train_extra():
        from engine.evaluation.references import read_table
        from engine.training.corpus.token_cache import Cache
    check_file(args.output, args.force)
    table = read_table(args.index, "split_group") if args.index else {}
    cache = Cache.open(args.cache)
    training = [song for song in range(len(cache)) if not cache.validation[song]]
    held_out = (cache.song(song) for song in range(len(cache)) if cache.validation[song])
    with output(args.output.parent), progress_bar("Reading songs", len(training), "songs") as show:

        def songs() -> Iterator[tuple[str, Tokens]]:
            for number, song in enumerate(training):
                name = str(cache.names[song])
                yield table.get(name, {}).get("split_group") or name, cache.song(song)
                show(number + 1)

        fingerprint = make_fingerprint(songs(), held_out)
        write_fingerprint(fingerprint, args.output)
    print(
        f"{args.output}: {fingerprint.songs:,} songs, {args.output.stat().st_size / 1e6:.2f} MB, "
        f"{fingerprint.full:.1%} of the table is set"
    )
