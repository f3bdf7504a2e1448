"""``emsync model count-rating``: a token cache to the tables that takes are rated by."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.model.corpus_options import worker_argument
from bridge.cli.options import network_arguments
from bridge.cli.progress import progress_bar
from bridge.cli.types import at_least
from engine.files import output, write_atomically


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "cache", type=Path, metavar="CACHE", help="the output of emsync model prepare"
    )
    parser.add_argument(
        "--index", type=Path, required=True, metavar="FILE",
        help="the corpus index with labels of valence and arousal (.tsv)",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER",
        help="where songs.json and emotion.json go; the program's own are in engine/rating",
    )  # fmt: skip
    parser.add_argument(
        "--windows", type=at_least(1), default=60, metavar="N",
        help="windows of validation songs that the network reads (default: 60)",
    )  # fmt: skip
    worker_argument(parser, usual=2)
    network_arguments(parser)


def run(args: Namespace) -> None:
    """Count, write both tables, and print what they were counted in."""
    with need_train_extra():
        from engine.evaluation.references import read_table
        from engine.evaluation.song_tables import count_bands, fit_emotion, song_surprise
        from engine.model.runtime import SHIPPED, Network
        from engine.training.corpus.labels import AROUSAL, VALENCE
        from engine.training.corpus.token_cache import Cache
    from engine.rating import bands, emotion

    cache = Cache.open(args.cache)
    table = read_table(args.index, "split_group", *VALENCE, *AROUSAL)
    with output(args.output) as folder:
        finder, errors = fit_emotion(cache, table, args.workers, progress_bar)
        network = Network(args.model or SHIPPED, args.device, args.threads)
        surprise = song_surprise(network, cache, args.windows, progress_bar)
        counted = count_bands(cache, errors, surprise, args.workers, progress_bar)
        write_atomically(folder / "emotion.json", emotion.to_json(finder))
        write_atomically(folder / "songs.json", bands.to_json(counted))
    print(f"{folder}: songs.json, emotion.json")
    print(f"  {counted.source}\n  {finder.source}")
