"""``emsync model train``: the music model, from a token cache to weights."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace
from dataclasses import fields
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.types import at_least
from engine.model.config import PRESETS


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "cache", type=Path, metavar="CACHE", help="the output of emsync model prepare"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER",
        help="where checkpoint, log and weights go; a run found there is taken up again",
    )  # fmt: skip
    parser.add_argument(
        "--preset", choices=tuple(PRESETS), default="small",
        help="the size of the network (default: small)",
    )  # fmt: skip
    parser.add_argument(
        "--steps",
        type=at_least(1),
        metavar="N",
        help="how many steps in all (else what fits in --minutes)",
    )
    parser.add_argument(
        "--batch", type=at_least(1), default=8, metavar="N", help="windows in a step (default: 8)"
    )
    parser.add_argument(
        "--micro",
        type=at_least(1),
        default=8,
        metavar="N",
        help="windows computed at once (default: 8)",
    )
    parser.add_argument(
        "--optimizer", choices=("muon", "adam"), default="muon",
        help="Muon for the matrices with AdamW for the rest, or Adam for all (default: muon)",
    )  # fmt: skip
    parser.add_argument("--rate", type=float, metavar="R", help="the peak rate of AdamW or Adam")
    parser.add_argument(
        "--muon-rate", type=float, default=0.02, metavar="R",
        help="the peak rate of Muon (default: 0.02)",
    )  # fmt: skip
    parser.add_argument(
        "--warmup", type=at_least(0), default=100, metavar="N",
        help="steps until the rate reaches its peak (default: 100)",
    )  # fmt: skip
    parser.add_argument(
        "--validate-every", type=at_least(1), default=250, metavar="N",
        help="steps between validations (default: 250)",
    )  # fmt: skip
    parser.add_argument(
        "--validation-windows", type=at_least(1), default=64, metavar="N",
        help="windows in a validation (default: 64)",
    )  # fmt: skip
    parser.add_argument(
        "--checkpoint-minutes", type=float, default=10.0, metavar="M",
        help="minutes between checkpoints (default: 10)",
    )  # fmt: skip
    parser.add_argument(
        "--minutes", type=float, default=math.inf, metavar="M",
        help="stop after this time, with a checkpoint; the same command resumes. Without --steps "
        "the run ends then, and the rate falls to zero by that time",
    )  # fmt: skip
    parser.add_argument(
        "--compile", action="store_true", help="compile the network first: faster from then on"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N",
        help="the seed of everything that is drawn (default: 0)",
    )  # fmt: skip
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: cpu)")
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="start from these weights (.safetensors)"
    )


def run(args: Namespace) -> None:
    """Train, and print the validation NLL."""
    with need_train_extra():
        import torch

        from engine.training.corpus.token_cache import Cache
        from engine.training.loop import train
        from engine.training.plan import TrainingPlan
    # Numbers too small to matter slow a processor down a hundredfold; the process is ours alone.
    torch.set_flush_denormal(True)
    rate = args.rate if args.rate is not None else {"muon": 3e-3, "adam": 2e-4}[args.optimizer]
    given = {f.name: getattr(args, f.name) for f in fields(TrainingPlan) if hasattr(args, f.name)}
    plan = TrainingPlan(**{**given, "rate": rate})
    nll = train(
        Cache.open(args.cache),
        PRESETS[args.preset],
        plan,
        args.output,
        device=args.device,
        weights=args.weights,
        minutes=args.minutes,
        compiled=args.compile,
    )
    print(f"validation NLL {nll:.4f} nats a token: {args.output / 'model.safetensors'}")
