"""REAPER's scripts, run by Lua with a fake REAPER and a fake server.

The fake REAPER has the functions of the real API index. It records every call of another function,
and every call with the wrong number or types of arguments. The server answers through a real shell.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lupa", reason="needs lupa, to run Lua")
pytest.importorskip("rac", reason="needs reacli, for REAPER's API index")

from lupa.lua54 import LuaRuntime

from bridge.scoring.request import Request
from bridge.server.jobs import Job, Kind, State, job_json
from engine.cues import CueSheet, Section, Transition, Video, write_cues
from engine.hits import Hit
from engine.score import Instrument, Note, Score
from export.midi import write_midi

SCRIPTS = Path(__file__).parents[2] / "reaper_scripts" / "EMSYNC"
STEP = 0.05
"""Seconds between two idle calls of REAPER."""
PPQ = 960
INPUTS = {f"emsync {i.value}": number for number, i in enumerate(Instrument, start=3)}
STAND_IN = """#!/bin/sh
printf '%s\\0' "$@" >"$BOX/words"
[ -s "$BOX/answer" ] || exit 0
cat "$BOX/answer"
cat "$BOX/complaint" >&2
read -r status <"$BOX/status"
exit "$status"
"""
LUA_ONLY = {"defer": 1, "atexit": 1, "get_action_context": 0}


@dataclass(eq=False)
class Source:
    path: str = ""
    length: float = 8.0
    parent: Source | None = None
    section: tuple[float, bool] | None = None


@dataclass(eq=False)
class Take:
    item: Item
    source: Source = field(default_factory=Source)
    midi: bool = False
    notes: list[list[float]] = field(default_factory=list)
    controls: list[list[float]] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=lambda: {"D_PLAYRATE": 1, "D_STARTOFFS": 0})


@dataclass(eq=False)
class Item:
    values: dict[str, float]
    take: Take | None = None


@dataclass(eq=False)
class Track:
    name: str = ""
    values: dict[str, float] = field(default_factory=lambda: {"I_RECARM": 0.0})
    items: list[Item] = field(default_factory=list)


def score() -> Score:
    """Eight seconds in five parts, at 240 quarter notes a minute, then 200 from 4 s on."""
    bars = (0.0, 2.0, 4.0, 5.2, 6.4, 7.6)
    notes = [
        Note(instrument, 0.31 * row + 0.01 * place, 0.31 * row + 0.25, 40 + row % 7, 80 + row % 40)
        for row in range(24)
        for place, instrument in enumerate(Instrument)
    ]
    return Score(tuple(notes), bars, (2.0,), 8.0)


@dataclass
class Server:
    """The server as ``emsync client`` shows it.

    steps: the states of a job, in order. late: seconds from ``play`` to the first sound. ends:
    seconds from ``play`` until the server dies. fields: of its state, in place of the true ones.
    """

    folder: Path
    reaper: Reaper | None = None
    running: bool = True
    steps: list[State] = field(
        default_factory=lambda: [State.QUEUED, State.ANALYZING, State.COMPOSING, State.DONE]
    )
    late: float = 0.37
    ends: float = 1e9
    fault: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    began: float | None = None
    arrival: Callable[[Note, float], float | None] = lambda note, when: when
    """When a note arrives; None if it is lost."""

    def __post_init__(self) -> None:
        self.score = score()
        video = Video("film.mp4", 8.0, 25.0, 96, 64)
        section = Section(0.0, 8.0, {}, 0.1, 0.2, "user")
        cuts = (Transition(2.0), Transition(5.0), Transition(6.0, "fade", 5.5, 5.8, 6.5))
        self.cues = CueSheet(video, 0.0, 8.0, cuts, (Hit(2.0, "Door"),), (section,))

    def answer(self, words: list[str]) -> tuple[int, Any, str]:
        """Exit status, answer, and error message."""
        assert self.reaper is not None
        now = self.reaper.now
        if self.began is not None and now > self.began + self.ends:
            self.running = False
        self.asked.append(words)
        if not self.running:
            lines = "emsync: warning: old\nemsync: /s: no server runs here; start emsync serve\n"
            return 2, None, lines
        match words[0]:
            case "submit":
                return 0, self._job(), ""
            case "status" if len(words) == 2:
                self.steps = self.steps[1:] or self.steps
                return 0, self._job(), ""
            case "files":
                folder = Path(words[3])
                folder.mkdir()
                write_midi(self.score, folder / "score.mid")
                write_cues(self.cues, folder / "cues.json")
                return 0, {"files": ["cues.json", "score.mid"]}, ""
            case "play":
                self.began = now + self.late
        return 0, self._state(now), ""

    def _job(self) -> dict[str, Any]:
        state = self.steps[0]
        job = Job("6b9b61d76d54", Kind.COMPOSE, Request("film.mp4"), 1.0, 2.0, state, 0.5)
        return job_json(replace(job, error=self.fault if state is State.FAILED else None))

    def _state(self, now: float) -> dict[str, Any]:
        at = 0.0 if self.began is None else min(max(now - self.began, 0.0), 8.0)
        playing = self.began is not None and at < 8.0
        return {
            "state": "playing" if playing else "stopped", "seconds": at, "duration": 8.0,
            "reserve": 8.0 - at, "job": "6b9b61d76d54", "loop": None, "late": 0, "follows": None,
            "fault": None, **self.fields,
        }  # fmt: skip

    def performance(self, instrument: Instrument, until: float) -> list[tuple[Note, float]]:
        """The notes of a part that arrive before ``until``, with the times of arrival."""
        began = self.began if self.began is not None else 1e9
        notes = [(note, began + note.onset) for note in self.score.part(instrument)]
        sent = [(note, when) for note, when in notes if when < began + self.ends]
        arrived = [(note, self.arrival(note, when)) for note, when in sent]
        return [(note, when) for note, when in arrived if when is not None and when < until]


class Reaper:
    """A REAPER with one selected video item at 10 s, and five inputs."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server, server.reaper = folder, server, self
        api = json.loads((files("rac") / "data/knowledge/api_index.json").read_text("utf-8"))
        self.index = api["functions"]
        self.misuse: list[str] = []
        self.now, self.deferred, self.at_exit = 100.0, [], []
        self.film = Item({"D_POSITION": 10.0, "D_LENGTH": 8.0, "C_BEATATTACHMODE": -1})
        self.film.take = Take(self.film, Source("/films/it's ünser film.mp4"))
        self.items, self.selected, self.tracks = [self.film], [self.film], [Track("Film")]
        self.inputs = dict(INPUTS)
        self.later_inputs: dict[str, int] = {}
        self.tempo: list[list[float]] = []
        self.markers: list[tuple[float, str, int]] = []
        self.playing, self.cursor, self.since, self.repeats = 0, 0.0, 0.0, 1
        self.armed_while_recording: list[str] = []
        self.repeated_while_recording = 1
        self.undo: list[str] = []
        self.undo_depth = self.refresh = 0
        self.boxes: list[str] = []
        self.press = 1
        self.stuffed: list[tuple[int, ...]] = []
        self.commands: list[int] = []
        self.window, self.shown = "closed", []
        self.closes_at = 1e9
        self.ext = {"program": str(self.folder / "pro gram's ü" / "emsync")}
        self.later: list[tuple[float, Callable[[], object]]] = []
        self.files: set[str] = set()
        self.cut_short = False
        self.fails_at: str | None = None
        self.records, self.rate = True, 1.0
        program = Path(self.ext["program"])
        program.parent.mkdir()
        program.write_text(STAND_IN)
        program.chmod(0o755)
        self.lua = LuaRuntime(unpack_returned_tuples=True)
        find = self.lua.eval(
            "function(f) return setmetatable({}, {__index = function(_, n) return f(n) end}) end"
        )
        self.lua.globals().reaper = find(self.function)
        self.lua.globals().gfx = find(self.graphics)
        self.lua.execute(f"package.path = '{SCRIPTS}/?.lua;' .. package.path")

    # For tests.

    def module(self, name: str) -> Any:
        """One of the scripts' modules."""
        return self.lua.eval(f"(require('lib.{name}'))")

    def start(self, name: str) -> None:
        """Start an action."""
        self.script = SCRIPTS / f"emsync_{name}.lua"
        self.lua.execute(self.script.read_text(encoding="utf-8"))

    def run(self, name: str) -> str:
        """Run an action to its end; returns its last message."""
        self.start(name)
        for _ in range(20000):
            if not self.deferred:
                break
            self.idle()
        assert not self.deferred, "it never ends"
        for cleanup in self.at_exit:
            cleanup()
        return self.boxes[-1] if self.boxes else ""

    def idle(self) -> None:
        """One idle call."""
        self.now += STEP
        due, self.deferred = self.deferred, []
        ready = [work for when, work in self.later if when <= self.now]
        self.later = [each for each in self.later if each[0] > self.now]
        for work in ready:
            work()
        for work in due:
            work()

    def track(self, name: str) -> Track:
        """The track of that name."""
        return next(track for track in self.tracks if track.name == name)

    def notes(self, track: Track) -> list[tuple[float, float, int, int]]:
        """The notes of a track's only item: onset and end in project seconds, pitch, velocity."""
        (item,) = track.items
        take = item.take
        assert take is not None
        return [
            (self._time(take, a), self._time(take, b), int(pitch), int(velocity))
            for a, b, _, pitch, velocity in sorted(take.notes)
        ]

    def record(self, stop: float) -> None:
        """End a recording: its notes become items on the armed tracks."""
        start = self.cursor
        names = {number: name for name, number in self.inputs.items()}
        for track in self.tracks:
            if not track.values["I_RECARM"]:
                continue
            setting = int(track.values["I_RECINPUT"])
            device, channel = setting >> 5 & 63, setting & 31
            for instrument in Instrument:
                named = names.get(device, "") == f"emsync {instrument.value}" and channel == 0
                shared = names.get(device) == "emsync" and channel == instrument.channel + 1
                if not (named or shared):
                    continue
                recorded = self.server.performance(instrument, self.now)
                if recorded:
                    item = Item({"D_POSITION": start, "D_LENGTH": stop - start})
                    item.take = take = Take(item, midi=True)
                    for note, when in recorded:
                        at = start + when - self.since
                        onset = round(self._ppq(take, at))
                        end = round(self._ppq(take, at + note.end - note.onset))
                        take.notes.append([onset, end, 0, note.pitch, note.velocity])
                    take.controls.append([self._ppq(take, start + 1), 0xB0, 0, 11, 90])
                    track.items.append(item)

    # The API.

    def function(self, name: str) -> Any:
        """A function of the API; calls that the index does not allow are recorded as misuse."""
        known = self.index.get(name, {})
        if name in LUA_ONLY:
            least = most = LUA_ONLY[name]
            kinds: list[str] = []
        elif known.get("lua_signature"):
            kinds = [param["type"] for param in known["params"]]
            least, most = sum(not kind.startswith("optional") for kind in kinds), len(kinds)
        else:
            return self._misused(f"{name} is not in the API index")

        def call(*values: Any) -> Any:
            if not least <= len(values) <= most:
                return self._misused(f"{name} takes {least}-{most} arguments, not {len(values)}")
            for kind, value in zip(kinds, values, strict=False):
                if not _fits(kind, value):
                    return self._misused(f"{name}: {value!r} is no {kind}")
            if name == self.fails_at:
                raise RuntimeError(f"{name} failed")
            return getattr(self, f"_{name}")(*values)

        return call

    def graphics(self, name: str) -> Any:
        """A function of ``gfx``."""
        if f"eel_gfx_{name}" not in self.index:
            return self._misused(f"gfx.{name} is not in the API index")
        if name == "getchar":
            return lambda: -1 if self.now >= self.closes_at else 0
        if name == "drawstr":
            return self.shown.append
        if name in ("init", "quit"):
            return lambda *_: setattr(self, "window", {"init": "open", "quit": "closed"}[name])
        return lambda *_: None

    def _misused(self, what: str) -> Any:
        self.misuse.append(what)
        raise TypeError(what)

    def _get_action_context(self) -> Any:
        return False, str(self.script), 0, 0, 0, 0, 0

    def _defer(self, work: Any) -> None:
        self.deferred.append(work)

    def _atexit(self, work: Any) -> None:
        self.at_exit.append(work)

    def _time_precise(self) -> float:
        return self.now

    def _file_exists(self, path: str) -> bool:
        return path in self.files

    def _GetOS(self) -> str:
        return "Other"

    def _GetResourcePath(self) -> str:
        return str(self.folder)

    def _RecursiveCreateDirectory(self, path: str, _: int) -> int:
        Path(path).mkdir(parents=True, exist_ok=True)
        return 1

    def _genGuid(self, _: str) -> str:
        return f"{{{len(self.server.asked)}-{self.now}}}"

    def _GetExtState(self, _: str, key: str) -> str:
        return self.ext.get(key, "")

    def _SetExtState(self, _: str, key: str, value: str, __: bool) -> None:
        self.ext[key] = value

    def _GetUserInputs(self, *_: Any) -> Any:
        return self.press == 1, self.ext.get("typed", "")

    def _ShowMessageBox(self, text: str, _: str, kind: int) -> int:
        self.boxes.append(text)
        return self.press if kind else 1

    def _APIExists(self, name: str) -> bool:
        return name in self.index

    def _ExecProcess(self, command: str, wait: int) -> str:
        assert wait == -2, "REAPER would wait"
        box = self.folder / "box"
        box.mkdir(exist_ok=True)

        def shell() -> None:
            env = {"BOX": str(box), "PATH": "/bin:/usr/bin"}
            subprocess.run(command, shell=True, check=True, env=env)

        for name in ("answer", "complaint", "words"):
            (box / name).write_text("")
        shell()
        words = (box / "words").read_text(encoding="utf-8").split("\0")[1:-1]
        if words:
            status, answer, complaint = self.server.answer(words)
            (box / "answer").write_text(json.dumps(answer, indent=1))
            (box / "complaint").write_text(complaint)
            (box / "status").write_text(f"{status}\n")
            shell()
            if self.cut_short:
                path = max((self.folder / "Data/EMSYNC").glob("*.json"))
                whole = path.read_text()
                path.write_text(whole[: len(whole) // 2])
                self.later.append((self.now + 1, lambda: path.write_text(whole)))
        return ""

    def _CountSelectedMediaItems(self, _: Any) -> int:
        return len(self.selected)

    def _GetSelectedMediaItem(self, _: Any, row: int) -> Item:
        return self.selected[row]

    def _ValidatePtr2(self, _: Any, pointer: Any, kind: str) -> bool:
        return kind == "MediaItem*" and pointer in self.items

    def _GetActiveTake(self, item: Item) -> Take | None:
        return item.take

    def _TakeIsMIDI(self, take: Take) -> bool:
        return take.midi

    def _GetMediaItemTakeInfo_Value(self, take: Take, name: str) -> float:
        return take.values[name]

    def _GetMediaItemTake_Source(self, take: Take) -> Source:
        return take.source

    def _GetMediaSourceParent(self, source: Source) -> Source | None:
        return source.parent

    def _GetMediaSourceFileName(self, source: Source) -> str:
        return source.path

    def _GetMediaSourceLength(self, source: Source) -> Any:
        return source.length, False

    def _PCM_Source_GetSectionInfo(self, source: Source) -> Any:
        offset, backwards = source.section or (0.0, False)
        return source.section is not None, offset, source.length, backwards

    def _GetMediaItemInfo_Value(self, item: Item, name: str) -> float:
        return item.values[name]

    def _SetMediaItemInfo_Value(self, item: Item, name: str, value: float) -> bool:
        item.values[name] = value
        return True

    def _CountTracks(self, _: Any) -> int:
        return len(self.tracks)

    def _GetTrack(self, _: Any, place: int) -> Track:
        return self.tracks[place]

    def _InsertTrackAtIndex(self, place: int, _: bool) -> None:
        self.tracks.insert(place, Track())

    def _GetSetMediaTrackInfo_String(self, track: Track, key: str, text: str, put: bool) -> Any:
        assert (key, put) == ("P_NAME", True)
        track.name = text
        return True, text

    def _GetMediaTrackInfo_Value(self, track: Track, name: str) -> float:
        return track.values[name]

    def _SetMediaTrackInfo_Value(self, track: Track, name: str, value: float) -> bool:
        track.values[name] = value
        return True

    def _CountTrackMediaItems(self, track: Track) -> int:
        return len(track.items)

    def _GetTrackMediaItem(self, track: Track, row: int) -> Item:
        return track.items[row]

    def _GetNumMIDIInputs(self) -> int:
        return 12

    def _GetMIDIInputName(self, number: int, _: str) -> Any:
        name = next((name for name, at in self.inputs.items() if at == number), "")
        return name != "", name

    def _midi_reinit(self) -> None:
        self.inputs |= self.later_inputs

    def _CountTempoTimeSigMarkers(self, _: Any) -> int:
        return len(self.tempo)

    def _GetTempoTimeSigMarker(self, _: Any, row: int) -> Any:
        time, bpm, numerator, denominator = self.tempo[row]
        return True, time, 0, 0.0, bpm, numerator, denominator, False

    def _DeleteTempoTimeSigMarker(self, _: Any, row: int) -> bool:
        del self.tempo[row]
        return True

    def _SetTempoTimeSigMarker(self, _: Any, row: int, time: float, *values: Any) -> bool:
        assert row == -1
        self.tempo.append([time, *values[2:5]])
        self.tempo.sort()
        return True

    def _TimeMap_GetTimeSigAtTime(self, _: Any, time: float) -> Any:
        bpm = next((mark[1] for mark in reversed(self.tempo) if mark[0] <= time), 120.0)
        return 4, 4, bpm

    def _CountProjectMarkers(self, _: Any) -> Any:
        return len(self.markers), len(self.markers), 0

    def _EnumProjectMarkers3(self, _: Any, row: int) -> Any:
        time, name, number = self.markers[row]
        return row + 1, False, time, 0.0, name, number, 0

    def _DeleteProjectMarker(self, _: Any, number: int, region: bool) -> bool:
        self.markers = [mark for mark in self.markers if mark[2] != number]
        return True

    def _AddRegionOrMarker(self, _: Any, region: bool, time: float, *rest: Any) -> int:
        number = 1 + max((mark[2] for mark in self.markers), default=0)
        self.markers.append((time, rest[1], number))
        return number

    def _Undo_BeginBlock2(self, _: Any) -> None:
        self.undo_depth += 1

    def _Undo_EndBlock2(self, _: Any, name: str, __: int) -> None:
        self.undo_depth -= 1
        self.undo.append(name)

    def _PreventUIRefresh(self, change: int) -> None:
        self.refresh += change

    def _UpdateArrange(self) -> None: ...

    def _UpdateTimeline(self) -> None: ...

    def _Master_GetPlayRate(self, _: Any) -> float:
        return self.rate

    def _GetSetRepeatEx(self, _: Any, value: int) -> int:
        self.repeats = self.repeats if value < 0 else value
        return self.repeats

    def _GetToggleCommandState(self, command: int) -> int:
        return int(command == 40076)

    def _Main_OnCommand(self, command: int, _: int) -> None:
        self.commands.append(command)

    def _SetEditCurPos(self, time: float, *_: bool) -> None:
        self.cursor = time

    def _GetPlayState(self) -> int:
        return self.playing

    def _GetPlayPosition(self) -> float:
        return self.cursor + (self.now - self.since if self.playing else 0.0)

    def _CSurf_OnRecord(self) -> None:
        if not self.records:
            return
        self.playing, self.since = 5, self.now
        self.repeated_while_recording = self.repeats
        self.armed_while_recording = [t.name for t in self.tracks if t.values["I_RECARM"]]

    def _CSurf_OnStop(self) -> None:
        if self.playing & 4:
            self.record(self._GetPlayPosition())
        self.playing = 0

    def _StuffMIDIMessage(self, *message: int) -> None:
        self.stuffed.append(message)

    def _CreateNewMIDIItemInProj(self, track: Track, start: float, end: float, _: bool) -> Item:
        item = Item({"D_POSITION": start, "D_LENGTH": end - start})
        item.take = Take(item, midi=True)
        track.items.append(item)
        return item

    def _MIDI_CountEvts(self, take: Take) -> Any:
        return True, len(take.notes), len(take.controls), 0

    def _MIDI_GetNote(self, take: Take, row: int) -> Any:
        return (True, False, False, *take.notes[row])

    def _MIDI_DeleteNote(self, take: Take, row: int) -> bool:
        del take.notes[row]
        return True

    def _MIDI_InsertNote(self, take: Take, _: bool, __: bool, *values: Any) -> bool:
        assert values[5] is True, "sorting after each note takes too long"
        take.notes.append(list(values[:5]))
        return True

    def _MIDI_DisableSort(self, take: Take) -> None: ...

    def _MIDI_Sort(self, take: Take) -> None:
        take.notes.sort()

    def _MIDI_GetCC(self, take: Take, row: int) -> Any:
        return (True, False, False, *take.controls[row])

    def _MIDI_SetCC(self, take: Take, row: int, _: bool, __: bool, *values: Any) -> bool:
        take.controls[row] = list(values[:5])
        return True

    def _MIDI_GetProjTimeFromPPQPos(self, take: Take, ppq: float) -> float:
        return self._time(take, ppq)

    def _MIDI_GetPPQPosFromProjTime(self, take: Take, time: float) -> float:
        return self._ppq(take, time)

    def _ppq(self, take: Take, time: float) -> float:
        return PPQ * (self._beats(time) - self._beats(take.item.values["D_POSITION"]))

    def _time(self, take: Take, ppq: float) -> float:
        wanted = ppq / PPQ + self._beats(take.item.values["D_POSITION"])
        time, beats, bpm = 0.0, 0.0, 120.0
        for mark in self.tempo:
            ahead = beats + (mark[0] - time) * bpm / 60
            if ahead > wanted:
                break
            time, beats, bpm = mark[0], ahead, mark[1]
        return time + (wanted - beats) * 60 / bpm

    def _beats(self, at: float) -> float:
        time, beats, bpm = 0.0, 0.0, 120.0
        for mark in self.tempo:
            if mark[0] > at:
                break
            time, beats, bpm = mark[0], beats + (mark[0] - time) * bpm / 60, mark[1]
        return beats + (at - time) * bpm / 60


def _fits(kind: str, value: Any) -> bool:
    word = kind.removeprefix("optional ")
    if value is None:
        return kind != word or word not in ("integer", "number", "string", "boolean")
    if word == "boolean":
        return isinstance(value, bool)
    if word in ("integer", "number"):
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return numeric and (word == "number" or float(value).is_integer())
    return word != "string" or isinstance(value, str)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server with a piece of eight seconds."""
    return Server(tmp_path)


@pytest.fixture
def reaper(tmp_path: Path, server: Server) -> Iterator[Reaper]:
    """A REAPER; fails if its API was misused, or if an undo block or the window stays open."""
    one = Reaper(tmp_path, server)
    yield one
    assert one.misuse == []
    assert (one.undo_depth, one.refresh, one.window) == (0, 0, "closed")
