"""From a request with a spotting list to a folder of cues and their reel.

analyze the film -> cues.json -> plan every cue -> compose the cues, originals before their
variations -> a folder of music for each cue -> reel.mid, stems/ -> play them -> the sound of each
cue, reel.wav, film.mp4 -> report.json
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bridge.scoring.analysis import analyze_film
from bridge.scoring.context import ScoringContext
from bridge.scoring.exports import hit_names, write_exports
from bridge.scoring.files import CUES, REPORT
from bridge.scoring.film_strip import write_strip
from bridge.scoring.phases import Part, Progress
from bridge.scoring.pipeline import compose_piece, warn_without_chords
from bridge.scoring.rendering import Rendered, Renderer, render, renderer_for, to_values
from bridge.scoring.report import Model, Report
from bridge.scoring.request import Request
from bridge.scoring.sheet_music import check_musescore
from bridge.scoring.timings import Stopwatch
from bridge.scoring.writing import with_rendered, write_cues_and_plan, write_result
from engine.cues import CueSheet
from engine.cues_json import write_cues
from engine.errors import EmsyncError
from engine.files import output_folder, write_atomically
from engine.music.arrangement import Recall
from engine.music.reel import joined
from engine.plan.original import Original, recall
from engine.plan.plan import Plan
from engine.score import Instrument, Score
from engine.spotting import MusicCue, composing_order
from engine.timeline.cue_sheet import film_part
from export.piece import write_reel
from export.smpte import smpte_offset

END_MARKER = "end of"
"""Begins the marker at a cue's out point; its name follows."""


@dataclass(frozen=True, slots=True)
class CueReport:
    """One cue of a reel. seed: its own. plan: None in free time. report: of its piece."""

    cue: MusicCue
    seed: int
    plan: Plan | None
    report: Report


@dataclass(frozen=True, slots=True)
class ReelReport:
    """What was made of a spotting list. cues: by time. total: wall time in seconds. rendered: the
    sound of the reel and the film; None without."""

    cues: tuple[CueReport, ...]
    total: float
    rendered: Rendered | None = None

    @property
    def notes(self) -> dict[str, int]:
        """The notes of each instrument in all cues."""
        return {i.value: sum(each.report.notes[i.value] for each in self.cues) for i in Instrument}

    @property
    def model(self) -> Model:
        """What composed."""
        return self.cues[0].report.model


def cue_seed(seed: int, name: str) -> int:
    """The seed of a cue. It depends on nothing but the request's seed and the cue's name."""
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def plan_cues(request: Request, cues: CueSheet) -> dict[str, tuple[CueSheet, Plan | None]]:
    """The cue sheet and the plan of each cue of a film, by the cue's name, originals first.

    A plan is None for a piece in free time. Raises EmsyncError that names the cue.
    """
    planned: dict[str, tuple[CueSheet, Plan | None]] = {}
    for cue in composing_order(cues.spotting):
        with _named(cue):
            part = film_part(cues, cue, request.intensity)
            varied = None if cue.variation_of is None else planned[cue.variation_of][1]
            original = None if varied is None else Original(varied)
            plan = _of_cue(request, cue).plan_for(part, original)
            planned[cue.name] = part, plan
    return planned


def score_reel(
    request: Request,
    context: ScoringContext,
    scores: Path | None = None,
) -> tuple[CueSheet, ReelReport]:
    """Score the cues of a film; returns the film's cue sheet and the report.

    Each cue has a folder of its name, as ``score_film`` makes it. scores: as for ``score_film``.
    Raises EmsyncError as it does; one about a cue names it.
    """
    folder, phases = context.folder, context.phases
    check_musescore(request.exports)
    warn_without_chords(request)
    begun = time.perf_counter()
    renderer = renderer_for(request, context.soundfont)
    cues = analyze_film(request, phases, scores)
    planned = plan_cues(request, cues)
    network = context.load()
    write_cues(cues, folder / CUES)
    music = sum(cue.duration for cue in cues.spotting)
    before = 0.0
    pieces: dict[str, Score] = {}
    reports: dict[str, CueReport] = {}
    for cue in composing_order(cues.spotting):
        part, plan = planned[cue.name]
        share = cue.duration / music
        with _named(cue):
            own = _of_cue(request, cue)
            target = output_folder(folder / cue.name)
            stopwatch = Stopwatch()
            write_cues_and_plan(part, plan, target)
            with phases("composing", Part(cue.name, before, share)) as progress:
                recalled = _recalled(cue, planned, pieces)
                piece = compose_piece(own, part, plan, network, progress, recall=recalled)
            stopwatch.end("compose")
            report, _ = write_result(piece, own, network, target, stopwatch, cue.name)
        pieces[cue.name] = report.takes.takes[0][0].score
        reports[cue.name] = CueReport(cue, own.seed, plan, report)
        before += share
    reel = joined([(cue.start, pieces[cue.name]) for cue in cues.spotting], cues.duration)
    write_exports(request.exports, reel, cues, folder)
    write_strip(cues, folder)
    write_reel(reel, folder, _markers(cues), smpte_offset(cues.video.clock, cues.start))
    rendered = None
    if renderer is not None:
        with phases("rendering") as progress:
            rendered = _rendered(renderer, request, cues, planned, reports, folder, progress)
    ordered = tuple(reports[cue.name] for cue in cues.spotting)
    result = ReelReport(ordered, time.perf_counter() - begun, rendered)
    write_atomically(folder / REPORT, to_json(result, cues))
    return cues, result


def _rendered(
    renderer: Renderer,
    request: Request,
    cues: CueSheet,
    planned: Mapping[str, tuple[CueSheet, Plan | None]],
    reports: dict[str, CueReport],
    folder: Path,
    progress: Progress,
) -> Rendered | None:
    """Render each cue, with its report, and then the reel and the film; returns the latter."""
    music = sum(cue.duration for cue in cues.spotting)
    whole = music + cues.duration
    done = 0.0
    for cue in cues.spotting:
        each, own = reports[cue.name], folder / cue.name

        def share(part: float, done: float = done, length: float = cue.duration) -> None:
            progress((done + part * length) / whole)

        with _named(cue):
            sound = render(renderer, request, planned[cue.name][0], own, film=False, progress=share)
        reports[cue.name] = replace(each, report=with_rendered(each.report, sound, own))
        done += cue.duration
    return render(
        renderer, request, cues, folder, "reel",
        progress=lambda part: progress((done + part * cues.duration) / whole),
    )  # fmt: skip


def to_json(report: ReelReport, cues: CueSheet) -> str:
    """The report of a reel as JSON. cues: of the film."""
    content: dict[str, Any] = {
        "film": cues.video.path,
        "cues": [_cue_json(each, cues) for each in report.cues],
        "notes": report.notes,
        "model": asdict(report.model),
        "timings": {"total": round(report.total, 3)},
    }
    if report.rendered is not None:
        values = to_values(report.rendered)
        # A reel's report names the film that was scored as "film".
        content |= {"scored_film": values.pop("film"), **values}
        content["timings"]["render"] = round(report.rendered.seconds, 3)
    return json.dumps(content, indent=2) + "\n"


def _cue_json(each: CueReport, cues: CueSheet) -> dict[str, Any]:
    cue, report = each.cue, each.report
    emotion = list(cue.emotion) if isinstance(cue.emotion, tuple) else cue.emotion
    return {
        "name": cue.name,
        "in": cues.timecode(cue.start),
        "out": cues.timecode(cue.end),
        "start": round(cue.start, 6),
        "end": round(cue.end, 6),
        "variation_of": cue.variation_of,
        "emotion": emotion,
        "seed": each.seed,
        "tempo": round(report.tempo, 2),
        "key": None if each.plan is None else each.plan.phrases[0].key,
        "boundaries": len(report.hits),
        "met_within_a_second": round(report.second * len(report.hits)) if report.hits else 0,
        "notes": report.notes,
        "composed_in": round(report.timings.compose, 3),
    }


def _of_cue(request: Request, cue: MusicCue) -> Request:
    """The request for one cue: its own seed, and nothing of the film's cue sheet."""
    return replace(request, seed=cue_seed(request.seed, cue.name), spotting=(), cues=None)


def _recalled(
    cue: MusicCue,
    planned: Mapping[str, tuple[CueSheet, Plan | None]],
    pieces: Mapping[str, Score],
) -> Recall | None:
    """What a variation takes up of its original's notes; None for a piece of its own."""
    if cue.variation_of is None:
        return None
    plan, original = planned[cue.name][1], planned[cue.variation_of][1]
    assert plan is not None and original is not None
    return recall(plan, original, pieces[cue.variation_of])


def _markers(cues: CueSheet) -> tuple[tuple[float, str], ...]:
    """The in and out points of the cues, and the hits."""
    found = list(hit_names(cues))
    for cue in cues.spotting:
        found += [(cue.start, cue.name), (cue.end, f"{END_MARKER} {cue.name}")]
    return tuple(sorted(found, key=lambda marker: marker[0]))


@contextmanager
def _named(cue: MusicCue) -> Iterator[None]:
    """Within this, an error names the cue."""
    try:
        yield
    except EmsyncError as error:
        raise EmsyncError(f"{cue.name}: {error}") from error
