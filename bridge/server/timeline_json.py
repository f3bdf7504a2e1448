"""What the page draws of a piece or of a plan, as JSON. All times are seconds from the zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bridge.play.midi_reader import read_midi
from bridge.play.piece import Piece
from engine.checks import Fields, items, number
from engine.hits import Hit
from engine.plan.plan import Plan, phrase_lines
from engine.plan.timing import Timing
from engine.score import Instrument
from export.picture.timeline import Timeline, plan_timeline


@dataclass(frozen=True, slots=True)
class Players:
    """Who plays in the phrases that begin from ``start`` up to, not at, ``end`` (seconds)."""

    start: float
    end: float
    instruments: tuple[Instrument, ...]


def with_players(plan: Plan, changes: Sequence[Players]) -> Plan:
    """The plan with other players in some phrases; of changes of one phrase the last holds.

    Raises EmsyncError for a change that leaves nobody to play.
    """
    starts = [plan.seconds_at(line) for line in phrase_lines(plan)]
    phrases = list(plan.phrases)
    for change in changes:
        for place, start in enumerate(starts):
            if change.start - _SAME <= start < change.end - _SAME:
                phrases[place] = replace(phrases[place], instruments=change.instruments)
    return replace(plan, phrases=tuple(phrases))


_SAME = 0.05
"""Times that are this near count as one, in seconds; a plan rounds them."""


def plan_timeline_json(plan: Plan, hits: Sequence[Hit] = ()) -> dict[str, Any]:
    """A plan's bars, beats, tempi, chords and phrases, and what each hit falls on."""
    timing, timeline = Timing(plan), plan_timeline(plan)
    starts = [plan.seconds_at(line) for line in phrase_lines(plan)]
    return {
        **_bars(timeline),
        "hits": [
            {"seconds": hit.seconds, "meets": timeline.meeting(hit.seconds).value} for hit in hits
        ],
        "chords": [[round(seconds, 4), name] for seconds, name in timing.harmony()],
        "phrases": [
            {
                "start": round(start, 4),
                "end": round(end, 4),
                "bar": phrase.bar,
                "form": phrase.form,
                "key": phrase.key,
                "instruments": [instrument.value for instrument in phrase.instruments],
                "density": phrase.density,
                "dynamics": phrase.dynamics,
            }
            for phrase, (start, end) in zip(
                plan.phrases, pairwise([*starts, plan.duration]), strict=True
            )
        ],
        "tempo": round(plan.tempo, 2),
    }


def piece_json(midi: Path, plan: Plan | None, hits: Sequence[Hit]) -> dict[str, Any]:
    """A piece: what ``plan_timeline_json`` has, and ``parts`` with the notes of each.

    A note is ``[onset, end, pitch, velocity]``. Without a plan there are bars alone. Raises
    EmsyncError for a file that can't be read.
    """
    piece = read_midi(midi)
    parts: dict[str, list[list[float]]] = defaultdict(list)
    for note in piece.notes:
        parts[note.instrument.value].append(
            [round(note.onset, 4), round(note.end, 4), note.pitch, note.velocity]
        )
    drawn = _bars_only(piece) if plan is None else plan_timeline_json(plan, hits)
    return {**drawn, "parts": dict(parts)}


def _bars(timeline: Timeline) -> dict[str, Any]:
    return {
        "duration": timeline.duration,
        "bars": [round(seconds, 4) for seconds in timeline.bars],
        "beats": [round(seconds, 4) for seconds in timeline.beats],
        "signatures": [[round(seconds, 4), name] for seconds, name in timeline.signatures],
        "tempi": [[round(seconds, 4), round(tempo, 2)] for seconds, tempo in timeline.tempi],
    }


def _bars_only(piece: Piece) -> dict[str, Any]:
    bars = [round(seconds, 4) for seconds in piece.bars]
    return {
        "duration": piece.duration,
        "bars": bars,
        "beats": bars,
        **{field: [] for field in ("signatures", "tempi", "hits", "chords", "phrases")},
        "tempo": None,
    }


def parse_players(name: str, value: Any) -> tuple[Players, ...]:
    """A check for lists of ``{"from": s, "to": s, "instruments": [...]}``."""
    known = [instrument.value for instrument in Instrument]
    found = []
    for place, item in enumerate(items(name, value)):
        fields = Fields(f"{name}[{place}]", item)
        named = fields.get("instruments", items)
        if not named or any(each not in known for each in named):
            raise fields.error("instruments", f"must be one or more of {', '.join(known)}")
        instruments = tuple(i for i in Instrument if i.value in named)
        found.append(Players(fields.get("from", number()), fields.get("to", number()), instruments))
    return tuple(found)
