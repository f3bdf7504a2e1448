"""``emsync model export``: weights to the graphs that composing runs on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.extras import need_train_extra


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="model.safetensors of a run")


def run(args: Namespace) -> None:
    """Export; the graphs go beside the weights, which they point into."""
    with need_train_extra():
        from engine.model.export import export_onnx
    for graph in export_onnx(args.weights):
        print(f"{graph} (keep it beside {args.weights.name})")
