"""A stand-in for REAPER that holds a real project and runs the scripts by Lua.

It has the functions of REAPER's API index. It records as misuse every call of another function,
with the wrong number or types of arguments, or with a track or item that is gone.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from lupa.lua54 import LuaRuntime

from engine.score import Instrument

from .api import Api
from .canvas import Canvas
from .model import PPQ, Item, Marker, Source, TempoMap, Track
from .model import Take as MediaTake
from .server import Server

SCRIPTS = Path(__file__).parents[3] / "reaper_scripts" / "EMSYNC"
STEP = 0.05
"""Seconds between two idle calls of REAPER."""
INPUTS = {f"emsync {i.value}": number for number, i in enumerate(Instrument, start=3)}
PROGRAM = """#!/bin/sh
if [ "$1" = serve ]; then
  printf '%s\\0' "$@" >"$BOX/part"
  mv "$BOX/part" "$BOX/serve"
  while [ ! -s "$BOX/served" ]; do sleep 0.01; done
  read -r status <"$BOX/served"
  echo "emsync: 127.0.0.1:8730 is taken; give another --port" >&2
  exit "$status"
fi
printf '%s\\0' "$@" >"$BOX/words"
[ -s "$BOX/answer" ] || exit 0
cat "$BOX/answer"
cat "$BOX/complaint" >&2
read -r status <"$BOX/status"
exit "$status"
"""
LUA_ONLY = {"defer": 1, "atexit": 1, "get_action_context": 0}
EXTENSIONS = {"ImGui_GetBuiltinPath", "ReaPack_BrowsePackages"}
"""Functions that scripts may look for; they are missing unless ``extensions`` has them."""
KINDS: dict[str, type] = {
    "MediaTrack": Track, "MediaItem": Item, "MediaItem_Take": MediaTake, "PCM_source": Source
}  # fmt: skip
VARIABLES = {"x", "y", "w", "h", "mouse_x", "mouse_y", "mouse_cap"}


class Reaper(Api):
    """A REAPER with one selected video item at 10 s, and five inputs."""

    def __init__(self, folder: Path, server: Server, lua: Callable[..., Any] = LuaRuntime) -> None:
        self.folder, self.server, server.reaper = folder, server, self
        api = json.loads((files("rac") / "data/knowledge/api_index.json").read_text("utf-8"))
        self.index = api["functions"]
        self.misuse: list[str] = []
        self.now: float = 100.0
        self.deferred: list[Callable[[], None]] = []
        self.at_exit: list[Callable[[], None]] = []
        self.tempo_map = TempoMap()
        self.film = Item({"D_POSITION": 10.0, "D_LENGTH": 8.0, "C_BEATATTACHMODE": -1.0})
        self.film.takes = [MediaTake(self.film, Source("/films/it's ünser film.mp4"))]
        self.tracks = [Track("Film", items=[self.film])]
        self.selected: list[Item] = [self.film]
        self.selected_tracks: list[Track] = []
        self.time_selection = (0.0, 0.0)
        self.inputs = dict(INPUTS)
        self.later_inputs: dict[str, int] = {}
        self.reinitialised = 0
        self.markers: list[Marker] = []
        self.playing, self.cursor, self.edit_cursor = 0, 3.0, 3.0
        self.since, self.repeats = 0.0, 1
        self.armed_while_recording: list[str] = []
        self.settings_while_recording: dict[str, Any] = {}
        self.undo: list[str] = []
        self.undo_depth = self.refresh = 0
        self.boxes: list[str] = []
        self.press = 1
        self.stuffed: list[tuple[int, ...]] = []
        self.commands: list[int] = []
        self.toggles = {40076: 1, 40364: 1, 41819: 1}
        self.canvas = Canvas()
        self.canvas.keys = [13]
        self.closes_at = 1e9
        self.ext = {"program": str(self.folder / "pro gram's ü" / "emsync")}
        self.project_ext: dict[str, str] = {}
        self.typed = ""
        self.later: list[tuple[float, Callable[[], object]]] = []
        self.files: set[str] = set()
        self.cut_short = False
        self.fails_at: str | None = None
        self.records, self.rate = True, 1.0
        self.processes = 0
        self.added: list[tuple[bool, str, bool]] = []
        self.extensions: dict[str, Callable[..., Any]] = {}
        self.config = {"itemtimelock": "1"}
        self.lua: Any = None
        self._new_lua = lua
        program = Path(self.ext["program"])
        program.parent.mkdir(exist_ok=True)
        program.write_text(PROGRAM)
        program.chmod(0o755)
        self.restart()

    def restart(self) -> None:
        """A new state of Lua, as each action gets one."""
        self.lua = self._new_lua(unpack_returned_tuples=True)
        self.at_exit = []
        find = self.lua.eval(
            "function(get, set) return setmetatable({}, {"
            "__index = function(_, name) return get(name) end,"
            "__newindex = function(_, name, value) set(name, value) end}) end"
        )
        self.lua.globals().reaper = find(self.function, self._refused)
        self.lua.globals().gfx = find(self.graphics, self.canvas.vars.__setitem__)
        self.lua.execute(f"package.path = '{SCRIPTS}/?.lua;' .. package.path")

    # For tests.

    def module(self, name: str) -> Any:
        """One of the scripts' modules."""
        return self.lua.eval(f"(require('lib.{name}'))")

    def start(self, name: str) -> None:
        """Start an action."""
        self.restart()
        self.script = SCRIPTS / f"emsync_{name}.lua"
        self.lua.execute(self.script.read_text(encoding="utf-8"))

    def run(self, name: str) -> str:
        """Run an action to its end; returns its last message."""
        self.boxes.clear()
        self.start(name)
        for _ in range(4000):
            if not self.deferred:
                break
            self.idle()
        assert not self.deferred, "it never ends"
        for cleanup in self.at_exit:
            cleanup()
        self.canvas.keys = [13]
        return self.boxes[-1] if self.boxes else ""

    def idle(self) -> None:
        """One idle call."""
        self.now += STEP
        if self.playing & 4 and self.undo_depth:
            self.misuse.append("an undo block is open while REAPER records")
        self.server.tick()
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

    def notes(self, track: Track, item: Item | None = None) -> list[Any]:
        """The notes of a track's only item: onset and end in project seconds, pitch, velocity."""
        if item is None:
            (item,) = track.items
        take = item.take
        assert take is not None
        return [
            (self.at(take, a), self.at(take, b), int(pitch), int(velocity))
            for a, b, _, pitch, velocity in sorted(take.notes)
        ]

    def items(self) -> list[Item]:
        """All items of the project."""
        return [item for track in self.tracks for item in track.items]

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
                keyboard = device == 62 and channel == instrument.channel + 1
                if named or shared or keyboard:
                    self._keep(track, self.recorded(instrument, keyboard), start, stop)

    def recorded(self, instrument: Instrument, keyboard: bool) -> list[Any]:
        """The notes of a part that arrived while REAPER recorded, with their times.

        keyboard: by REAPER's virtual keyboard, in place of a port.
        """
        return [] if keyboard else self.server.performance(instrument, self.now)

    def _keep(self, track: Track, recorded: list[Any], start: float, stop: float) -> None:
        if not recorded:
            return
        item = Item({"D_POSITION": start, "D_LENGTH": stop - start})
        take = MediaTake(item, Source(kind="MIDI"), midi=True)
        item.takes = [take]
        for note, when in recorded:
            at = start + when - self.since
            onset = round(self.ticks(take, at))
            end = round(self.ticks(take, at + note.end - note.onset))
            take.notes.append([onset, end, 0, note.pitch, note.velocity])
        take.controls.append([self.ticks(take, start + 1), 0xB0, 0, 11, 90])
        track.items.append(item)

    def ticks(self, take: MediaTake, time: float) -> float:
        """Ticks from the start of a take's item to a time."""
        begin = self.tempo_map.beats(take.item.values["D_POSITION"])
        return PPQ * (self.tempo_map.beats(time) - begin)

    def at(self, take: MediaTake, ticks: float) -> float:
        """The time of ticks from the start of a take's item."""
        begin = self.tempo_map.beats(take.item.values["D_POSITION"])
        return self.tempo_map.time(ticks / PPQ + begin)

    # The calls.

    def function(self, name: str) -> Any:
        """A function of the API; calls that the index does not allow are recorded as misuse."""
        known = self.index.get(name, {})
        kinds: list[str] = []
        if name in EXTENSIONS:
            return self.extensions.get(name)
        if name in LUA_ONLY:
            least = most = LUA_ONLY[name]
        elif known.get("lua_signature"):
            kinds = [param["type"] for param in known["params"]]
            least, most = sum(not kind.startswith("optional") for kind in kinds), len(kinds)
        else:
            return self._misused(f"{name} is not in the API index")

        def call(*values: Any) -> Any:
            if not least <= len(values) <= most:
                return self._misused(f"{name} takes {least}-{most} arguments, not {len(values)}")
            for kind, value in zip(kinds, values, strict=False):
                if not self._fits(kind, value):
                    return self._misused(f"{name}: {value!r} is no {kind}")
            if name == self.fails_at:
                raise RuntimeError(f"{name} failed")
            return getattr(self, f"_{name}")(*values)

        return call

    def graphics(self, name: str) -> Any:
        """A function or a variable of ``gfx``."""
        if name in VARIABLES:
            return self.canvas.vars[name]
        if f"eel_gfx_{name}" not in self.index:
            return self._misused(f"gfx.{name} is not in the API index")
        if name == "getchar" and self.now >= self.closes_at:
            return lambda *_: -1
        return getattr(self.canvas, name)

    def _fits(self, kind: str, value: Any) -> bool:
        word = kind.removeprefix("optional ")
        if word in KINDS:
            return isinstance(value, KINDS[word]) and self._exists(value)
        if value is None:
            return kind != word or word not in ("integer", "number", "string", "boolean")
        if word == "boolean":
            return isinstance(value, bool)
        if word in ("integer", "number"):
            numeric = isinstance(value, int | float) and not isinstance(value, bool)
            return numeric and (word == "number" or float(value).is_integer())
        return word != "string" or isinstance(value, str)

    def _exists(self, value: Any) -> bool:
        """Whether a track, item or take is in the project; sources need not be."""
        if isinstance(value, Track):
            return value in self.tracks
        if isinstance(value, Item):
            return any(value is item for item in self.items())
        if isinstance(value, MediaTake):
            return any(value is take for item in self.items() for take in item.takes)
        return True

    def _refused(self, name: str, value: Any) -> Any:
        return self._misused(f"reaper.{name} is written")

    def _misused(self, what: str) -> Any:
        self.misuse.append(what)
        raise TypeError(what)

    def _ExecProcess(self, command: str, wait: int) -> str:
        assert wait == -2, "REAPER would wait"
        self.processes += 1
        box = self.folder / "box"
        box.mkdir(exist_ok=True)
        for old in box.iterdir():
            old.unlink()
        for name in ("answer", "complaint", "words"):
            (box / name).write_text("")
        self._shell(command, box)
        if "/serve.sh" in command:
            self._serve(box)
            return ""
        words = (box / "words").read_text(encoding="utf-8").split("\0")[:-1]
        if words:
            status, answer, complaint = self._answer(words)
            text = answer if isinstance(answer, str) else json.dumps(answer, indent=1)
            (box / "answer").write_text(text)
            (box / "complaint").write_text(complaint)
            (box / "status").write_text(f"{status}\n")
            self._shell(command, box)
            if self.cut_short:
                path = max((self.folder / "Data/EMSYNC").glob("*.json"))
                whole = path.read_text()
                path.write_text(whole[: len(whole) // 2])
                self.later.append((self.now + 1, lambda: path.write_text(whole)))
        return ""

    def _answer(self, words: list[str]) -> tuple[int, Any, str]:
        if words[0] == "doctor":
            return 2, "ok       onnxruntime: runs\n", "emsync: 1 of these fail\n"
        assert words[0] == "client", words
        return self.server.answer(words[1:])

    def _shell(self, command: str, box: Path) -> None:
        env = {"BOX": str(box), "PATH": "/bin:/usr/bin", "HOME": str(self.folder / "home")}
        subprocess.run(command, shell=True, check=True, env=env)

    def _serve(self, box: Path) -> None:
        latest = time.monotonic() + 60
        while not (box / "serve").exists() and time.monotonic() < latest:
            if (self.folder / "Data/EMSYNC/serve.status").exists():
                return
            time.sleep(0.005)
        words = (box / "serve").read_text(encoding="utf-8").split("\0")[:-1]
        if not self.server.start(words):
            (box / "served").write_text("2\n")
            ended = self.folder / "Data/EMSYNC/serve.status"
            while not ended.exists() and time.monotonic() < latest:
                time.sleep(0.005)
        else:
            # The program itself may end now: the server's file of status is there.
            (box / "served").write_text("0\n")
            while os.path.exists(self.folder / "Data/EMSYNC/serve.part"):
                time.sleep(0.005)

    def add_marker(self, time: float, name: str, end: float | None = None) -> int:
        """Add a marker or a region."""
        number = 1 + max((mark.number for mark in self.markers), default=0)
        self.markers.append(Marker(time, name, number, end))
        self.markers.sort(key=lambda mark: mark.time)
        return number
