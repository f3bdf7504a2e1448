"""A stand-in for the server, as ``emsync client`` and the status file show it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request
from bridge.scoring.selection import parse_selection, selection_json
from bridge.server.jobs import ENDED, Job, Kind, State, job_json
from bridge.server.status_file import INTERVAL, StatusFile, status_values
from bridge.version import own_version
from engine.cues import CueSheet, Transition, Video
from engine.cues_json import write_cues
from engine.hits import Hit
from engine.plan.json_form import to_json
from engine.plan.plan import Phrase, Plan
from engine.score import Instrument, Note, Score
from engine.section import EKMAN, Evidence, Section
from engine.spotting import cue_json
from engine.timecode import Clock
from engine.timeline.spotting import read_spotting
from export.midi import write_midi

if TYPE_CHECKING:
    from .reaper import Reaper

STEP = 0.6
"""Seconds that a job stays in each state."""
PLAN = Plan(
    8.0, ((0, 0.0), (4, 2.1), (11, 5.7), (16, 8.2)), (4, 3, 4, 5),
    phrases=(
        Phrase(1, "A", "D minor", tuple(Instrument), 9.0, "mf", ("Dm", "A7")),
        Phrase(3, "B", "F major", tuple(Instrument), 9.0, "mf"),
    ),
)  # fmt: skip


def score(first: int = 40) -> Score:
    """Eight seconds in five parts, at 240 quarter notes a minute, then 200 from 4 s on."""
    bars = (0.0, 2.0, 4.0, 5.2, 6.4, 7.6)
    notes = [
        Note(
            instrument, 0.31 * row + 0.01 * place, 0.31 * row + 0.25, first + row % 7,
            80 + row % 40,
        )
        for row in range(24)
        for place, instrument in enumerate(Instrument)
    ]  # fmt: skip
    return Score(tuple(notes), bars, (2.0,), 8.0)


def cue_sheet() -> CueSheet:
    """Two cuts and a fade, one hit and two sections."""
    video = Video("film.mp4", 8.0, 25.0, 96, 64)
    mixed = {name: 0.5 if name in ("joy", "fear") else 0.0 for name in EKMAN}
    why = (
        Evidence(4.5, "look", "dark and moving fast", 0.7),
        Evidence(6.0, "faces", "two faces, one of them afraid", 0.3),
    )
    sections = (
        Section(0.0, 4.0, {}, 0.1, 0.2, "user"),
        Section(4.0, 8.0, mixed, -0.1, 0.4, "look", why),
    )
    cuts = (Transition(2.0), Transition(5.0), Transition(6.0, "fade", 5.5, 5.8, 6.5))
    return CueSheet(video, 0.0, 8.0, cuts, (Hit(2.0, "Door"),), sections)


@dataclass
class Submitted:
    """A job: what was asked, when, and its music."""

    number: int
    kind: Kind
    fields: dict[str, Any]
    since: float
    score: Score
    parent: str | None = None
    cancelled: bool = False

    @property
    def id(self) -> str:
        """Its id; the first one's is 6b9b61d76d54."""
        return f"{0x6B9B61D76D54 + self.number:x}"


@dataclass
class Server:
    """A server that runs, or that ``start`` has run.

    steps: the states of a job, in order. late: seconds from ``play`` to the first sound. ends:
    seconds from ``play`` until the server dies. fields: of its state, in place of the true ones.
    rescored: what a job of ``rescore`` has in place of its parent's music.
    """

    folder: Path
    reaper: Reaper | None = None
    running: bool = True
    version: str = field(default_factory=own_version)
    program_version: str = field(default_factory=own_version)
    steps: list[State] = field(
        default_factory=lambda: [State.QUEUED, State.ANALYZING, State.COMPOSING, State.DONE]
    )
    late: float = 0.37
    ends: float = 1e9
    fault: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    began: float | None = None
    playing: str | None = None
    arrival: Callable[[Note, float], float | None] = lambda note, when: when
    """When a note arrives; None if it is lost."""
    starts: bool = True
    """Whether ``emsync serve`` starts."""
    start_words: list[str] = field(default_factory=list)
    rescored: Score | None = None
    knows: set[str] = field(default_factory=lambda: {"rescore", "theme"})

    def __post_init__(self) -> None:
        self.score = score()
        self.cues = cue_sheet()
        self.jobs: list[Submitted] = []
        self.themes: list[dict[str, Any]] = []
        self.markers: list[str] = []
        self._file = StatusFile(self.folder, self._values)
        self._updated = 0.0

    def tick(self) -> None:
        """Write the status file, as the real server does."""
        assert self.reaper is not None
        now = self.reaper.now
        if self.began is not None and now > self.began + self.ends:
            self.running = False
        if self.running and now - self._updated >= INTERVAL:
            self._updated = now
            self._file.update(now)

    def start(self, words: list[str]) -> bool:
        """``emsync serve WORDS``; returns whether it runs then."""
        self.start_words = words
        self.running = self.starts
        if self.running:
            # Before the program may end: scripts would take that for a server that did not start.
            assert self.reaper is not None
            self._updated = self.reaper.now
            self._file.update(self._updated)
        return self.running

    def answer(self, words: list[str]) -> tuple[int, Any, str]:
        """Exit status, answer, and error message of ``emsync client WORDS``."""
        self.asked.append(words)
        self.tick()
        if words[0] == "hello":
            running = {"server": "emsync", "version": self.version, "pid": 1}
            return 0, {
                "version": self.program_version,
                "status": str(self.folder / "status.json"),
                "server": running if self.running else None,
            }, ""  # fmt: skip
        if words[0] == "plan":
            parse_request(self._read(words) | {"kind": None})
            return 0, json.loads(to_json(PLAN)), ""
        if not self.running:
            lines = "emsync: warning: old\nemsync: /s: no server runs here; start emsync serve\n"
            return 2, None, lines
        return self._served(words)

    def _served(self, words: list[str]) -> tuple[int, Any, str]:
        assert self.reaper is not None
        match words[0]:
            case "request":
                return self._request(words)
            case "rescore":
                return self._rescore(words)
            case "recut":
                return self._recut(words)
            case "status" if len(words) == 2:
                return 0, job_json(self._job(self._found(words[1]))), ""
            case "jobs":
                return 0, {"jobs": [job_json(self._job(job)) for job in self.jobs]}, ""
            case "cancel":
                self._found(words[1]).cancelled = True
            case "files":
                return self._files(words)
            case "play":
                self.began, self.playing = self.reaper.now + self.late, words[1]
            case "stop":
                self.began = None
        return 0, self._state(), ""

    def _read(self, words: list[str]) -> dict[str, Any]:
        return json.loads(Path(words[1]).read_text(encoding="utf-8"))

    def _request(self, words: list[str]) -> tuple[int, Any, str]:
        fields = self._read(words)
        theme = fields.pop("theme", None)
        if theme and "theme" not in self.knows:
            return 2, None, "emsync: unknown field 'theme'; known are video\n"
        if theme:
            self.themes.append(theme)
        kind = Kind(fields.pop("kind", "compose"))
        parse_request(fields)
        lists = {word: Path(path) for word, path in pairwise(words) if word.startswith("--")}
        if "--markers" in lists:
            self.markers.append(lists["--markers"].read_text(encoding="utf-8"))
        if "--spotting" in lists:
            cues, _ = read_spotting(lists["--spotting"], Clock(), 0.0, 8.0)
            fields["spotting"] = [cue_json(cue) for cue in cues]
            parse_request(fields)
        return self._new(kind, fields, self.score)

    def _rescore(self, words: list[str]) -> tuple[int, Any, str]:
        if "rescore" not in self.knows:
            return 2, None, "emsync: argument ACTION: invalid choice: 'rescore'; see --help\n"
        parent, fields = self._found(words[1]), {}
        if "--from" in words:
            values = {name: float(words[words.index(f"--{name}") + 1]) for name in ("from", "to")}
            selected = parse_selection("rescore", values).at_bars(self.cues, PLAN)
            fields = {"rescore": selection_json(selected)}
        music = self.rescored or parent.score
        return self._new(parent.kind, {**parent.fields, **fields}, music, parent.id)

    def _recut(self, words: list[str]) -> tuple[int, Any, str]:
        if "rescore" not in self.knows:
            return 2, None, "emsync: argument ACTION: invalid choice: 'recut'; see --help\n"
        parent = self._found(words[1])
        fields = {"video": words[2], "seed": parent.fields.get("seed", 0)}
        return self._new(Kind.RECUT, fields, self.rescored or parent.score, parent.id)

    def _new(
        self, kind: Kind, fields: dict[str, Any], music: Score, parent: str | None = None
    ) -> tuple[int, Any, str]:
        assert self.reaper is not None
        job = Submitted(len(self.jobs), kind, fields, self.reaper.now, music, parent)
        self.jobs.append(job)
        return 0, job_json(self._job(job)), ""

    def _found(self, name: str) -> Submitted:
        return next(job for job in self.jobs if job.id == name)

    def _job(self, submitted: Submitted) -> Job:
        assert self.reaper is not None
        place = int((self.reaper.now - submitted.since) / STEP)
        state = self.steps[min(place, len(self.steps) - 1)]
        if submitted.cancelled:
            state = State.CANCELLED
        known = {name: submitted.fields.get(name) for name in ("seed", "rescore")}
        request = parse_request({"video": "film.mp4", **known})
        assert isinstance(request, Request)
        job = Job(submitted.id, submitted.kind, request, 1.0, 2.0, state, 0.5)
        fault = self.fault if state is State.FAILED else None
        return replace(job, error=fault, progress=1.0 if state in ENDED else 0.5)

    def _files(self, words: list[str]) -> tuple[int, Any, str]:
        job, folder = self._found(words[1]), Path(words[3])
        folder.mkdir(exist_ok=True)
        request = parse_request(job.fields)
        write_cues(replace(self.cues, spotting=request.music_cues), folder / "cues.json")
        if request.music_cues:
            write_midi(job.score, folder / "reel.mid")
        elif job.kind is not Kind.ANALYZE:
            write_midi(job.score, folder / "score.mid")
            (folder / "plan.json").write_text(to_json(PLAN), encoding="utf-8")
            if job.kind is Kind.RECUT:
                report = {"recut": {"seconds": 6.5, "notes": 100}}
                (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
            if "score.wav" in words:
                (folder / "score.wav").write_bytes(b"RIFF")
        return 0, {"files": []}, ""

    def _values(self) -> dict[str, Any]:
        return status_values([self._job(job) for job in self.jobs], self._state())

    def _state(self) -> dict[str, Any]:
        assert self.reaper is not None
        at = 0.0 if self.began is None else min(max(self.reaper.now - self.began, 0.0), 8.0)
        playing = self.began is not None and at < 8.0
        return {
            "state": "playing" if playing else "stopped", "seconds": at, "duration": 8.0,
            "reserve": 8.0 - at, "job": self.playing, "loop": None, "late": 0, "follows": None,
            "fault": None, "output": "JACK, five ports", **self.fields,
        }  # fmt: skip

    def performance(self, instrument: Instrument, until: float) -> list[tuple[Note, float]]:
        """The notes of a part that arrive before ``until``, with the times of arrival."""
        if self.began is None or self.playing is None:
            return []
        began, music = self.began, self._found(self.playing).score
        notes = [(note, began + note.onset) for note in music.part(instrument)]
        sent = [(note, when) for note, when in notes if when < began + self.ends]
        arrived = [(note, self.arrival(note, when)) for note, when in sent]
        return [(note, when) for note, when in arrived if when is not None and when < until]
