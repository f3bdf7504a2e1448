"""``emsync model download``: networks that are too large to come with emsync."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bridge.cli.progress import progress_bar
from engine.emotion.experts import clip
from engine.hub import download

BUNDLES = {bundle.name: bundle for bundle in (clip.BUNDLE,)}


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    sizes = ", ".join(f"{name} {bundle.size / 1e6:.0f} MB" for name, bundle in BUNDLES.items())
    parser.add_argument(
        "name", choices=tuple(BUNDLES), metavar="NAME", help=f"what to download: {sizes}"
    )
    parser.add_argument(
        "--offline", action="store_true",
        help="ask no server; only check the files that are there",
    )  # fmt: skip


def run(args: Namespace) -> None:
    """Download what is missing, check everything, and print where it lies."""
    bundle = BUNDLES[args.name]
    with progress_bar(f"Downloading {bundle.name}", bundle.size / 1e6, "MB") as show:
        folder = download(bundle, lambda done: show(done / 1e6), args.offline)
    print(f"{bundle.name} is in {folder} ({bundle.size / 1e6:.0f} MB, licence {bundle.licence})")
