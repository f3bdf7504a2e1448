"""The report as JSON: the file ``report.json``."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bridge.scoring.live import change_values
from bridge.scoring.rendering import to_values
from bridge.scoring.report import Recut, Report, Rescore
from engine.cues_json import section_json
from engine.files import write_atomically
from engine.originality import check
from engine.rating.summary import describe


def to_json(report: Report) -> str:
    """The report as JSON, times rounded to the millisecond."""

    def share(value: float) -> float | None:
        return None if math.isnan(value) else round(value, 4)

    content: dict[str, Any] = {
        "seed": report.seed,
        "model": asdict(report.model),
        "takes": {
            "tokens": report.takes.tokens,
            "gain": round(report.takes.gain, 4),
            "ratings": [
                {
                    "rating": round(rating.total, 4),
                    "parts": {part: round(value, 4) for part, value in rating.parts.items()},
                    "is": describe(take.score),
                }
                for take, rating in report.takes.takes
            ],
        },
        "tempo": round(report.tempo, 2),
        "dynamics": report.dynamics,
        "humanize": report.humanize,
        "expression": report.expression,
        "intensity": report.intensity,
        "chords": [round(chord, 3) for chord in report.chords],
        "hits": [
            asdict(hit)
            | {
                "seconds": round(hit.seconds, 3),
                # Adding zero makes zero of what rounds to -0.0.
                "late": None if hit.late is None else round(hit.late, 3) + 0.0,
            }
            for hit in report.hits
        ],
        "alignment": {
            "frame": share(report.frame),
            "second": share(report.second),
            "precision": share(report.precision),
        },
        "on_grid": share(report.grid),
        "harmony": {
            measure: None if value is None else round(value, 4)
            for measure, value in report.harmony.items()
        },
        "originality": None if report.originality is None else check.to_json(report.originality),
        "sections": [section_json(section) for section in report.sections],
        "notes": report.notes,
        "timings": {phase: round(time, 3) for phase, time in asdict(report.timings).items()},
    }
    if report.theme:
        content["theme"] = [round(begin, 3) for begin in report.theme]
    if report.changes:
        content["changes"] = [
            {"seconds": round(each.seconds, 3), **change_values(each.change)}
            for each in report.changes
        ]
    if report.recut is not None:
        content["recut"] = asdict(report.recut) | _kept_json(report.recut)
    if report.rescore is not None:
        rescore = report.rescore
        content["rescore"] = (
            asdict(rescore)
            | _kept_json(rescore)
            | {
                "new": [
                    {
                        "start": round(part.start, 3),
                        "end": round(part.end, 3),
                        "instruments": [instrument.value for instrument in part.instruments],
                        "bars": part.bars,
                        "snapped": part.snapped,
                    }
                    for part in rescore.new
                ],
                "seam": share(rescore.seam),
                "old_seam": share(rescore.old_seam),
            }
        )
    if report.rendered is not None:
        content |= to_values(report.rendered)
    return json.dumps(content, indent=2) + "\n"


def _kept_json(kept: Recut | Rescore) -> dict[str, Any]:
    """The rounded seconds of what was kept."""
    return {
        "seconds": round(kept.seconds, 3),
        "parts": [
            {field: round(value, 3) for field, value in asdict(part).items()} for part in kept.parts
        ],
    }


def write_report(report: Report, path: Path) -> None:
    """Write ``report.json``."""
    write_atomically(path, to_json(report))
