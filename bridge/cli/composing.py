"""The options about the network and how it is sampled, shared by all that composes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from engine.composing.sampling import Sampling
from engine.model.precision import PRECISIONS
from engine.model.runtime import SHIPPED, Network


def composing_arguments(parser: ArgumentParser) -> None:
    """Add the network, its device and its sampling."""
    usual = Sampling()
    parser.add_argument(
        "--temperature", type=float, default=usual.temperature, metavar="T",
        help=f"above {usual.temperature:g} bolder, below safer (default: {usual.temperature:g})",
    )  # fmt: skip
    parser.add_argument(
        "--top-p", type=float, default=usual.top_p, metavar="P",
        help=f"choose among the likeliest tokens of this total share (default: {usual.top_p:g})",
    )  # fmt: skip
    parser.add_argument(
        "--min-p", type=float, default=usual.min_p, metavar="P",
        help="leave out what is less likely than this share of the likeliest "
        f"(default: {usual.min_p:g})",
    )  # fmt: skip
    parser.add_argument(
        "--guidance", type=float, default=usual.guidance, metavar="G",
        help=f"overstate all that is asked for so many times (default: {usual.guidance:g})",
    )  # fmt: skip
    parser.add_argument(
        "--repetition", type=float, default=usual.repetition, metavar="R",
        help="favour what was played bars ago so much; 0 is the network's own word "
        f"(default: {usual.repetition:g})",
    )  # fmt: skip
    parser.add_argument(
        "--model", type=Path, default=SHIPPED, metavar="FILE",
        help="the network (.safetensors, exported; default: the one that comes with emsync)",
    )  # fmt: skip
    parser.add_argument(
        "--device", default="auto", metavar="DEVICE",
        help="auto, cpu, cuda, directml or coreml; a missing one is the CPU (default: auto)",
    )  # fmt: skip
    parser.add_argument(
        "--precision", choices=PRECISIONS,
        help="of the arithmetic (default: what is fastest on the device)",
    )  # fmt: skip
    parser.add_argument(
        "--threads", type=int, default=0, metavar="N", help="CPU threads (default: all)"
    )


def sampling(args: Namespace) -> Sampling:
    """The sampling asked for."""
    return Sampling(args.temperature, args.top_p, args.min_p, args.guidance, args.repetition)


def network(args: Namespace) -> Network:
    """The network asked for."""
    return Network(args.model, args.device, args.threads, args.precision)
