"""A piece of half an hour in the folder of a finished job, drawn at random and not composed."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import av
import numpy as np

from engine.cues import CueSheet, Transition, Video
from engine.cues_json import write_cues
from engine.hits import Hit
from engine.plan.json_form import to_json as plan_to_json
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.score import Instrument, Note, Score
from engine.section import Section
from engine.video.film_strip import HEIGHT, WIDTH, FilmStrip
from export.midi import write_midi

SECONDS, SOUND_RATE = 1800.0, 8_000
NOTES, CUTS, HITS, SECTIONS, TILES = 40_000, 400, 300, 60, 408


def write_long_piece(film: Path, folder: Path, notes: int = NOTES) -> None:
    """Put a piece of half an hour in place of that of a job, and a film of that length in place of
    its film.

    film: an H.264 film of some seconds, which is repeated. folder: of the job's files.
    """
    repeat(film, SECONDS)
    rng = np.random.default_rng(22)
    cuts = np.unique(np.sort(rng.uniform(3, SECONDS - 3, CUTS)).round(2))
    hits = np.sort(rng.choice(cuts, min(HITS, len(cuts)), replace=False))
    edges = np.linspace(0, SECONDS, SECTIONS + 1).round(3)
    sections = tuple(
        Section(start, end, {}, valence, arousal, "user")
        for start, end, (valence, arousal) in zip(
            edges.tolist(), edges[1:].tolist(), rng.uniform(-1, 1, (SECTIONS, 2)).tolist(),
            strict=False,
        )
    )  # fmt: skip
    marked = (
        Hit(at, f"Hit {place}" if place % 3 else "") for place, at in enumerate(hits.tolist())
    )
    sheet = CueSheet(
        Video(str(film), SECONDS, 24.0, 144, 96), 0.0, SECONDS,
        tuple(map(Transition, cuts.tolist())), tuple(marked), sections,
    )  # fmt: skip
    write_cues(sheet, folder / "cues.json")
    (folder / "plan.json").write_text(plan_to_json(plan_piece(sheet, PlanOptions())))
    onsets = np.sort(rng.uniform(0, SECONDS - 4, notes)).round(3)
    score = Score(
        tuple(
            Note(list(Instrument)[part], onset, onset + length, pitch, velocity)
            for onset, length, part, pitch, velocity in zip(
                onsets.tolist(), rng.uniform(0.1, 3, notes).tolist(), rng.integers(0, 5, notes),
                rng.integers(40, 80, notes).tolist(), rng.integers(30, 120, notes).tolist(),
                strict=True,
            )
        ),
        tuple(np.arange(0, SECONDS, 2.0).tolist()), (), SECONDS,
    )  # fmt: skip
    write_midi(score, folder / "score.mid")
    tiles = rng.integers(0, 255, (TILES, HEIGHT, WIDTH, 3)).astype(np.uint8)
    (folder / "strip.jpg").write_bytes(FilmStrip(tuple(tiles)).sheet())
    with wave.open(str(folder / "score.wav"), "wb") as file:
        file.setparams((1, 2, SOUND_RATE, 0, "NONE", ""))
        at = np.arange(round(SECONDS * SOUND_RATE)) / SOUND_RATE
        loudness = 0.1 + 0.4 * np.abs(np.sin(at / 7))
        file.writeframes((32767 * loudness * np.sin(2 * np.pi * 220 * at)).astype("<i2").tobytes())


def repeat(film: Path, seconds: float) -> None:
    """Repeat a film without decoding it, until it is as long as this."""
    with av.open(str(film)) as source:
        stream: Any = source.streams.video[0]
        packets = [
            (bytes(one), one.pts, one.dts, one.is_keyframe)
            for one in source.demux(stream)
            if one.size
        ]
        length = stream.duration
        times = round(seconds / float(length * stream.time_base))
        beside = film.with_name(f".{film.name}")
        with av.open(str(beside), "w", format="mp4") as target:
            out = target.add_stream_from_template(stream)
            for number in range(times):
                for data, pts, dts, is_key in packets:
                    packet = av.Packet(data)
                    packet.stream, packet.time_base = out, stream.time_base
                    packet.pts, packet.dts = pts + number * length, dts + number * length
                    packet.is_keyframe = is_key
                    target.mux(packet)
    beside.replace(film)
