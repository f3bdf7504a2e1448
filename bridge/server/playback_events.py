"""The events of playback, as clients receive them."""

from __future__ import annotations

import math
from typing import Any

from bridge.play.piece import Moment, Status
from bridge.server.hub import Hub
from engine.section import Section

HEARTBEAT = 1.0
"""Seconds from one report of an unchanged state to the next."""


def status_json(status: Status, job: str | None) -> dict[str, Any]:
    """The player's status as JSON. job: the job whose piece is loaded."""
    return {
        "state": status.state,
        "seconds": round(status.position, 3),
        "duration": status.duration,
        "reserve": round(status.reserve, 3),
        "job": job,
        "loop": status.loop,
        "late": status.late,
        "follows": status.follows,
        "fault": status.fault,
        "trouble": status.trouble,
        "shortage": status.shortage,
        "output": status.output,
    }


def publish_moment(hub: Hub, moment: Moment, job: str | None) -> None:
    """Publish a note, chord, boundary or change of state at its moment."""
    if moment.note is not None:
        note = moment.note
        hub.publish(
            "note",
            instrument=note.instrument.value,
            pitch=note.pitch,
            velocity=note.velocity,
            seconds=moment.seconds,
            duration=note.end - note.onset,
        )
    elif moment.status is not None:
        hub.publish("state", **status_json(moment.status, job))
    else:
        hub.publish(moment.kind, seconds=moment.seconds)


class Watcher:
    """Publishes what only shows when the status is read: heartbeats, errors, the film's emotion."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._last_heartbeat = -math.inf
        self._error: str | None = None
        self._shortage: str | None = None
        self._section: Section | None = None

    def update(
        self, status: Status, job: str | None, sections: tuple[Section, ...], now: float
    ) -> None:
        """Publish what has changed since the last call. now: any clock, in seconds."""
        error = status.trouble or status.fault
        if error and not self._error:
            self._hub.publish("error", text=error)
        self._error = error
        if status.shortage and status.shortage != self._shortage:
            self._hub.publish("error", text=status.shortage)
        self._shortage = status.shortage
        if now - self._last_heartbeat >= HEARTBEAT:
            self._last_heartbeat = now
            self._hub.publish("state", **status_json(status, job))
        section = _section_at(sections, status.position) if status.state == "playing" else None
        if section is not None and section is not self._section:
            self._hub.publish(
                "emotion",
                seconds=section.start,
                valence=_known(section.valence),
                arousal=_known(section.arousal),
            )
        self._section = section


def _section_at(sections: tuple[Section, ...], seconds: float) -> Section | None:
    return next((s for s in sections if s.start <= seconds < s.end), None)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
