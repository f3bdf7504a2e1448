"""Speed of the network: against recomputing, against streaming its weights, and in real time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np
import torch

from engine.benchmarks.measures import Line, Section, in_turns, ratio
from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.planned import compose_planned_takes
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.model.decoder import Decoder
from engine.model.runtime import Network
from engine.model.transformer import Transformer
from engine.music import vocabulary as voc
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.section import Section as Span

TOKENS_A_MINUTE = 3800
"""The median of real songs with three or more families."""
PASTS = (64, 600, 1200)
"""Lengths of the past, in tokens, at which a step is timed."""
TAKES = 4
MANY = 50
"""Steps timed together, where one alone would be too short."""


def film(seconds: float) -> CueSheet:
    """A cue sheet of this length with a boundary every eight seconds."""
    boundaries = tuple(np.arange(8.0, seconds - 2, 8.0).tolist())
    section = Span(0.0, seconds, {}, 0.2, 0.1, "benchmark")
    return CueSheet(
        Video("", seconds, 24.0, 1, 1), 0.0, seconds, (), hits_at(boundaries), (section,)
    )


def steps(preset: str, model: Transformer, weights: Path, rounds: int) -> Section:
    """Time single steps of a 37M network in 8 bits at several lengths of the past.

    preset: its name, for the title. model, weights: the same network, in PyTorch and on disk.
    """
    network = Network(weights, "cpu", precision="int8")
    config = network.config
    rng = np.random.default_rng(0)
    at_past: dict[str, Callable[[], object]] = {}
    for past in (*PASTS, config.window - 2):
        decoder = Decoder(network)
        _fill(decoder, past, rng)
        at_past[f"{past}"] = lambda decoder=decoder: _step_in_place(decoder)  # type: ignore[misc]
    four = Decoder(network, TAKES)
    for row in range(TAKES):
        _fill(four, 600, rng, row)
    full = str(config.window - 2)
    window = _window(config.window, len(config.controls), rng)

    def many() -> None:
        for _ in range(MANY):
            at_past[full]()

    stream = _streaming(sum(p.numel() for p in model.parameters()))
    quick = {
        **at_past,
        "stream": stream,
        "four rows": lambda: _step_in_place(four),
    }
    times = in_turns(quick, rounds)
    with torch.inference_mode():
        # Many steps a round, as recomputing leaves the CPU's caches full of its own data.
        slow = in_turns({"recomputed": lambda: model(*window), "steps": many}, 2)
    lines = [
        Line(
            "recomputing the window in PyTorch, over a step at full window",
            MANY * ratio(slow["recomputed"], slow["steps"]),
            "x", 600, "at least",
            f"{_ms(slow['recomputed'])} against {_ms([s / MANY for s in slow['steps']])} a token",
        ),
        *(
            Line(
                f"a step at {past} past, over one pass over the fp32 weight bytes",
                ratio(times[str(past)], times["stream"]),
                "x", 0.5 if past == 600 else None, "at most",
                f"{_ms(times[str(past)])} against {_ms(times['stream'])}",
            )
            for past in PASTS
        ),
        Line(
            "a step of four rows at 600 past, over a step of one",
            ratio(times["four rows"], times["600"]), "x", 2, "at most",
            _ms(times["four rows"]),
        ),
    ]  # fmt: skip
    return Section(f"Decoding, 37M, {config.positions} positions (preset `{preset}`)", tuple(lines))


def pieces(name: str, weights: Path, minutes: tuple[float, ...]) -> Section:
    """Time whole pieces, composed as the product does.

    name: of the network, for the title. minutes: the lengths of the pieces at the usual density.
    """
    network = Network(weights, "cpu")
    (pilot,) = planned_takes(film(20.0), network)
    density = pilot.tokens / 20.0
    lines = []
    for length in minutes:
        wanted = TOKENS_A_MINUTE * length
        begun = time.perf_counter()
        (take,) = planned_takes(film(wanted / density), network)
        rate = take.tokens / (time.perf_counter() - begun)
        lines.append(
            Line(
                f"real-time factor at {TOKENS_A_MINUTE:,} tokens a minute, {length:g} min",
                rate / (TOKENS_A_MINUTE / 60), "x", 5, "at least",
                f"{rate:.0f} tokens a second over {take.tokens:,}, prefills included",
            )
        )  # fmt: skip
    cues = film(30.0)
    times = in_turns(
        {
            "four": lambda: planned_takes(cues, network, TAKES),
            "one": lambda: planned_takes(cues, network),
        },
        2,
    )
    lines += [
        Line("four takes over one", ratio(times["four"], times["one"]), "x", 2),
        Line(
            "first playable second after analysis", _first_second(network), "s", 0.1, "at most",
            "planning included, until everything within it is known; median of five seeds",
        ),
    ]  # fmt: skip
    return Section(f"Composing, {name}", tuple(lines))


class _FirstSecond(Exception):
    """The first second of music is composed."""


def planned_takes(
    cues: CueSheet,
    network: Network,
    count: int = 1,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> list[Take]:
    """Takes as a user gets them: planned, and composed with the defaults."""
    plan = plan_piece(cues, PlanOptions(seed))
    takes = compose_planned_takes(cues, plan, network, GenerationConfig(seed), count, progress)
    return [take for take, _ in takes]


def _first_second(network: Network) -> float:
    """The median time in seconds until the first second of music is composed."""

    def progress(seconds: float) -> None:
        if seconds >= 1:
            raise _FirstSecond

    seconds = []
    for seed in range(5):
        begun = time.perf_counter()
        try:
            planned_takes(film(60.0), network, seed=seed, progress=progress)
        except _FirstSecond:
            seconds.append(time.perf_counter() - begun)
    return median(seconds)


def _fill(decoder: Decoder, past: int, rng: np.random.Generator, row: int = 0) -> None:
    """Have a row of the decoder read random tokens, as many as ``past``."""
    tokens = rng.integers(voc.FIRST_SHIFT, voc.FEWER_INSTRUMENTS, past)
    tokens[::8] = voc.BAR
    unknown = np.full(len(decoder.config.controls), np.nan, np.float32)
    decoder.prefill(tokens, np.full(past, 8.0, np.float32), unknown, row)


def _step_in_place(decoder: Decoder) -> None:
    """A step of every row that leaves the decoder where it was."""
    decoder.step([voc.BAR] * decoder.rows, [8.0] * decoder.rows, range(decoder.rows))


def _window(
    length: int, controls: int, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Random tokens [1, length], their offsets in seconds, and unknown conditions [1, controls]."""
    tokens = torch.from_numpy(rng.integers(0, voc.SIZE, (1, length)))
    return tokens, torch.full((1, length), 8.0), torch.full((1, controls), torch.nan)


def _streaming(parameters: int) -> Callable[[], object]:
    """A task that reads as many bytes as the fp32 weights have, with one thread a core."""
    cores = os.cpu_count() or 1
    parts = np.array_split(np.ones(parameters, np.float32), cores)
    pool = ThreadPoolExecutor(cores)
    return lambda: list(pool.map(np.sum, parts))


def _ms(seconds: list[float]) -> str:
    return f"{1000 * median(seconds):.3g} ms"
