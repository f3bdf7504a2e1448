"""``emsync model train-emotion``: labelled videos to the paper's fusion network."""

from __future__ import annotations

import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.cli.extras import need_train_extra
from bridge.cli.progress import progress_bar
from bridge.cli.types import at_least
from engine.errors import EmsyncError
from engine.files import output_folder, read_text

if TYPE_CHECKING:
    from engine.training.emotion.dataset import Video

SMALL_WIDTH = 64
"""Of a network for clips: folders of clips are small beside Ekman-6."""


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "source", type=Path, metavar="SOURCE",
        help="the unpacked features of Ekman-6 (Zenodo record 17159328), or a folder of labelled "
        "films; docs/training-emotion.md describes both",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER",
        help="where checkpoint, log and network go; a run found there is taken up again",
    )  # fmt: skip
    parser.add_argument(
        "--exclude", type=Path, metavar="FILE",
        help="a list of videos to leave out, one a line, such as the record's blacklist",
    )  # fmt: skip
    parser.add_argument(
        "--epochs", type=at_least(1), default=500, metavar="N",
        help="passes over the training videos, at most (default: 500)",
    )  # fmt: skip
    parser.add_argument(
        "--patience", type=at_least(1), default=20, metavar="N",
        help="stop after N epochs in which validation gets no better (default: 20)",
    )  # fmt: skip
    parser.add_argument(
        "--rate", type=float, default=1e-5, metavar="R", help="the rate of Adam (default: 1e-5)"
    )
    parser.add_argument(
        "--batch", type=at_least(1), default=32, metavar="N", help="videos a step (default: 32)"
    )
    parser.add_argument(
        "--width", type=at_least(4), metavar="N",
        help="the network's width, a multiple of 4 (default: 512 for features, 64 for films)",
    )  # fmt: skip
    parser.add_argument(
        "--hide", type=float, default=0.0, metavar="P",
        help="how often each modality of a video is hidden in training, 0 to 1 (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N",
        help="the seed of everything that is drawn (default: 0)",
    )  # fmt: skip
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: cpu)")


def run(args: Namespace) -> None:
    """Read the videos, train, export the best network, and print its figures."""
    with need_train_extra():
        from engine.training.emotion.features import has_features
        from engine.training.emotion.network import HEADS, WIDTH
        from engine.training.emotion.run import make_network
        from engine.training.emotion.train import Settings
    from engine.emotion.fusion_features import EXPERTS
    from engine.emotion.fusion_network import PAPER
    from engine.evaluation.code_hash import code_hash

    if not (0 <= args.hide < 1 and args.rate > 0):
        raise EmsyncError("--hide must be 0 or more and below 1, and --rate above 0")
    if args.width is not None and args.width % HEADS:
        raise EmsyncError(f"--width {args.width}: give a multiple of {HEADS}")
    published = has_features(args.source)
    width = args.width or (WIDTH if published else SMALL_WIDTH)
    names = read_text(args.exclude).split("\n") if args.exclude is not None else ()
    left_out = {Path(name.strip()).stem for name in names if name.strip()}
    output_folder(args.output)
    videos = _read_features(args, left_out) if published else _watch_films(args, left_out)
    settings = Settings(
        args.rate, args.batch, args.epochs, args.patience, args.hide, width, args.seed
    )
    modalities = PAPER if published else EXPERTS
    code = code_hash("engine.training.emotion.run")
    make_network(
        videos, modalities, settings, args.output, code, partial(print, flush=True), args.device
    )


def _read_features(args: Namespace, left_out: Collection[str]) -> list[Video]:
    from engine.training.emotion.features import feature_files, read_features

    with progress_bar("Reading features", len(feature_files(args.source)), "file") as show:
        return read_features(args.source, left_out, warnings.warn, show)


def _watch_films(args: Namespace, left_out: Collection[str]) -> list[Video]:
    from engine.analysis import cue_sheet, measure
    from engine.emotion.experts.expert import FilmContext, Track
    from engine.emotion.labels import labelled_films
    from engine.training.emotion.clips import read_clips

    def observe(path: Path) -> tuple[Mapping[str, Track], FilmContext]:
        measured = measure(path)
        cuts = tuple(cut.time for cut in cue_sheet(measured).cuts)
        return measured.tracks, FilmContext(cuts, measured.end - measured.start)

    films = [film for film in labelled_films(args.source) if film.path.stem not in left_out]
    with progress_bar("Watching films", len(films), "film") as show:
        return read_clips(
            films, args.source, args.output / "features", observe, warnings.warn, show
        )
