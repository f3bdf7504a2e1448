"""REAPER's functions, each by its name after an underscore, on the project of the stand-in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .model import Item, Source, Take, Track

STOP_AND_SAVE = 40667
PRE_ROLL = 41819
METRONOME = {41745: 1, 41746: 0}


class Api:
    """The functions; ``Reaper`` has the state that they use."""

    # The program and its files.

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

    def _GetAppVersion(self) -> str:
        return "7.77/linux-x86_64"

    def _GetResourcePath(self) -> str:
        return str(self.folder)

    def _RecursiveCreateDirectory(self, path: str, _: int) -> int:
        Path(path).mkdir(parents=True, exist_ok=True)
        return 1

    def _genGuid(self, _: str) -> str:
        self.guids = getattr(self, "guids", 0) + 1
        return f"{{{self.guids * 0x9E3779B1 & 0xFFFFFFFF:08X}-{self.guids:04X}}}"

    def _GetExtState(self, _: str, key: str) -> str:
        return self.ext.get(key, "")

    def _SetExtState(self, _: str, key: str, value: str, __: bool) -> None:
        self.ext[key] = value

    def _GetProjExtState(self, _: Any, __: str, key: str) -> Any:
        text = self.project_ext.get(key, "")
        return int(bool(text)), text

    def _SetProjExtState(self, _: Any, __: str, key: str, value: str) -> int:
        self.project_ext[key] = value
        return len(value)

    def _MarkProjectDirty(self, _: Any) -> None: ...

    def _get_config_var_string(self, name: str) -> Any:
        return name in self.config, self.config.get(name, "")

    def _GetUserInputs(self, *_: Any) -> Any:
        return self.press == 1, self.typed

    def _EnumerateFiles(self, path: str, number: int) -> str | None:
        names = sorted(each.name for each in Path(path).iterdir() if each.is_file())
        return names[number] if number < len(names) else None

    def _AddRemoveReaScript(self, add: bool, section: int, path: str, commit: bool) -> int:
        assert add and section == 0
        self.added.append((add, path, commit))
        return 1000 + len(self.added)

    def _ShowMessageBox(self, text: str, _: str, kind: int) -> int:
        self.boxes.append(text)
        return self.press if kind else 1

    def _APIExists(self, name: str) -> bool:
        return name in self.index

    def _ValidatePtr2(self, _: Any, pointer: Any, kind: str) -> bool:
        kinds = {"MediaItem*": Item, "MediaTrack*": Track, "MediaItem_Take*": Take}
        return isinstance(pointer, kinds[kind]) and self._exists(pointer)

    # Items and takes.

    def _CountSelectedMediaItems(self, _: Any) -> int:
        return len(self.selected)

    def _GetSelectedMediaItem(self, _: Any, row: int) -> Item:
        return self.selected[row]

    def _SelectAllMediaItems(self, _: Any, selected: bool) -> None:
        self.selected = self.items() if selected else []

    def _SetMediaItemSelected(self, item: Item, selected: bool) -> None:
        if selected and item not in self.selected:
            self.selected.append(item)
        elif not selected and item in self.selected:
            self.selected.remove(item)

    def _GetActiveTake(self, item: Item) -> Take | None:
        return item.take

    def _SetActiveTake(self, take: Take) -> None:
        take.item.active = take.item.takes.index(take)

    def _CountTakes(self, item: Item) -> int:
        return len(item.takes)

    def _GetTake(self, item: Item, number: int) -> Take:
        return item.takes[number]

    def _AddTakeToMediaItem(self, item: Item) -> Take:
        item.takes.append(Take(item))
        return item.takes[-1]

    def _SetMediaItemTake_Source(self, take: Take, source: Source) -> bool:
        take.source, take.midi = source, source.kind == "MIDI"
        return True

    def _PCM_Source_CreateFromType(self, kind: str) -> Source:
        assert kind == "MIDI"
        return Source(kind=kind)

    def _PCM_Source_CreateFromFile(self, path: str) -> Source:
        assert Path(path).exists()
        return Source(path, kind="WAVE")

    def _TakeIsMIDI(self, take: Take) -> bool:
        return take.midi

    def _GetTakeNumStretchMarkers(self, take: Take) -> int:
        return take.stretch_markers

    def _GetMediaItemTakeInfo_Value(self, take: Take, name: str) -> float:
        return take.values[name]

    def _SetMediaItemTakeInfo_Value(self, take: Take, name: str, value: float) -> bool:
        take.values[name] = value
        return True

    def _GetSetMediaItemTakeInfo_String(self, take: Take, key: str, text: str, put: bool) -> Any:
        return _text(take.texts, key, text, put)

    def _GetMediaItemTake_Source(self, take: Take) -> Source:
        return take.source

    def _GetMediaSourceParent(self, source: Source) -> Source | None:
        return source.parent

    def _GetMediaSourceFileName(self, source: Source) -> str:
        return source.path

    def _GetMediaSourceType(self, source: Source) -> str:
        return source.kind

    def _GetMediaSourceLength(self, source: Source) -> Any:
        return source.length, False

    def _PCM_Source_GetSectionInfo(self, source: Source) -> Any:
        offset, backwards = source.section or (0.0, False)
        return source.section is not None, offset, source.length, backwards

    def _GetMediaItemInfo_Value(self, item: Item, name: str) -> float:
        return item.values.get(name, -1.0 if name == "C_BEATATTACHMODE" else 0.0)

    def _SetMediaItemInfo_Value(self, item: Item, name: str, value: float) -> bool:
        item.values[name] = value
        return True

    # Tracks.

    def _CountTracks(self, _: Any) -> int:
        return len(self.tracks)

    def _GetTrack(self, _: Any, place: int) -> Track:
        return self.tracks[place]

    def _InsertTrackAtIndex(self, place: int, _: bool) -> None:
        self.tracks.insert(place, Track())

    def _Main_openProject(self, path: str) -> None:
        assert path.endswith(".RTrackTemplate"), "another project would be opened"
        self.tracks.append(Track("from a template", effects=["Strings of the user"]))
        self.selected_tracks = [self.tracks[-1]]

    def _TrackFX_AddByName(self, track: Track, name: str, _: bool, __: int) -> int:
        track.effects.append(name)
        return len(track.effects) - 1

    def _SetTrackColor(self, track: Track, colour: int) -> None:
        track.colour = colour

    def _ColorToNative(self, red: int, green: int, blue: int) -> int:
        return red | green << 8 | blue << 16

    def _GetSetMediaTrackInfo_String(self, track: Track, key: str, text: str, put: bool) -> Any:
        if key == "P_NAME":
            assert put
            track.name = text
            return True, text
        return _text(track.texts, key, text, put)

    def _GetMediaTrackInfo_Value(self, track: Track, name: str) -> float:
        return track.values[name]

    def _SetMediaTrackInfo_Value(self, track: Track, name: str, value: float) -> bool:
        track.values[name] = value
        return True

    def _CountSelectedTracks(self, _: Any) -> int:
        return len(self.selected_tracks)

    def _GetSelectedTrack(self, _: Any, row: int) -> Track:
        return self.selected_tracks[row]

    def _SetTrackSelected(self, track: Track, selected: bool) -> None:
        if selected and track not in self.selected_tracks:
            self.selected_tracks.append(track)
        elif not selected and track in self.selected_tracks:
            self.selected_tracks.remove(track)

    def _CountTrackMediaItems(self, track: Track) -> int:
        return len(track.items)

    def _GetTrackMediaItem(self, track: Track, row: int) -> Item:
        return track.items[row]

    def _GetMediaItemTrack(self, item: Item) -> Track:
        return next(track for track in self.tracks if item in track.items)

    def _GetTrackName(self, track: Track) -> Any:
        return True, track.name

    def _AddMediaItemToTrack(self, track: Track) -> Item:
        track.items.append(Item({"D_POSITION": 0.0, "D_LENGTH": 0.0}))
        return track.items[-1]

    # MIDI.

    def _GetNumMIDIInputs(self) -> int:
        return 12

    def _GetMIDIInputName(self, number: int, _: str) -> Any:
        name = next((name for name, at in self.inputs.items() if at == number), "")
        return name != "", name

    def _midi_reinit(self) -> None:
        self.reinitialised += 1
        self.inputs |= self.later_inputs

    def _StuffMIDIMessage(self, *message: int) -> None:
        self.stuffed.append(message)

    def _CreateNewMIDIItemInProj(self, track: Track, start: float, end: float, _: bool) -> Item:
        item = Item({"D_POSITION": start, "D_LENGTH": end - start})
        item.takes = [Take(item, Source(kind="MIDI"), midi=True)]
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
        assert take.midi
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

    def _MIDI_GetAllEvts(self, take: Take) -> Any:
        return True, json.dumps([take.notes, take.controls])

    def _MIDI_SetAllEvts(self, take: Take, events: str) -> bool:
        assert take.midi
        take.notes, take.controls = json.loads(events)
        return True

    def _MIDI_GetProjTimeFromPPQPos(self, take: Take, ticks: float) -> float:
        return self.at(take, ticks)

    def _MIDI_GetPPQPosFromProjTime(self, take: Take, time: float) -> float:
        return self.ticks(take, time)

    # Time, markers and undo.

    def _GetSet_LoopTimeRange2(self, _: Any, put: bool, __: bool, *___: Any) -> Any:
        assert not put
        return self.time_selection

    def _CountTempoTimeSigMarkers(self, _: Any) -> int:
        return len(self.tempo_map.marks)

    def _GetTempoTimeSigMarker(self, _: Any, row: int) -> Any:
        time, bpm, numerator, denominator = self.tempo_map.marks[row]
        return True, time, 0, 0.0, bpm, numerator, denominator, False

    def _DeleteTempoTimeSigMarker(self, _: Any, row: int) -> bool:
        del self.tempo_map.marks[row]
        return True

    def _SetTempoTimeSigMarker(self, _: Any, row: int, time: float, *values: Any) -> bool:
        assert row == -1
        self.tempo_map.marks.append([time, *values[2:5]])
        self.tempo_map.marks.sort()
        return True

    def _TimeMap_GetTimeSigAtTime(self, _: Any, time: float) -> Any:
        marks = reversed(self.tempo_map.marks)
        return 4, 4, next((mark[1] for mark in marks if mark[0] <= time), 120.0)

    def _TimeMap2_timeToQN(self, _: Any, time: float) -> float:
        return self.tempo_map.beats(time)

    def _TimeMap2_QNToTime(self, _: Any, beats: float) -> float:
        return self.tempo_map.time(beats)

    def _TimeMap_GetMeasureInfo(self, _: Any, number: int) -> Any:
        first, last, top, bottom = self.tempo_map.measure(number)
        return self.tempo_map.time(first), first, last, top, bottom, 120.0

    def _TimeMap2_timeToBeats(self, _: Any, time: float) -> Any:
        beats, number = self.tempo_map.beats(time), 0
        while self.tempo_map.measure(number)[1] <= beats:
            number += 1
        first, _last, top, bottom = self.tempo_map.measure(number)
        return beats - first, number, top, beats, bottom

    def _CountProjectMarkers(self, _: Any) -> Any:
        return len(self.markers), 0, 0

    def _EnumProjectMarkers3(self, _: Any, row: int) -> Any:
        mark = self.markers[row]
        region = mark.end is not None
        return row + 1, region, mark.time, mark.end or 0.0, mark.name, mark.number, 0

    def _DeleteProjectMarker(self, _: Any, number: int, region: bool) -> bool:
        self.markers = [
            m for m in self.markers if (m.number, m.end is not None) != (number, region)
        ]
        return True

    def _AddRegionOrMarker(self, _: Any, region: bool, time: float, *rest: Any) -> int:
        return self.add_marker(time, rest[1], rest[0] if region else None)

    def _Undo_BeginBlock2(self, _: Any) -> None:
        self.undo_depth += 1

    def _Undo_EndBlock2(self, _: Any, name: str, __: int) -> None:
        self.undo_depth -= 1
        self.undo.append(name)

    def _PreventUIRefresh(self, change: int) -> None:
        self.refresh += change

    def _UpdateArrange(self) -> None: ...

    def _UpdateTimeline(self) -> None: ...

    # The transport.

    def _Master_GetPlayRate(self, _: Any) -> float:
        return self.rate

    def _CSurf_OnPlayRateChange(self, rate: float) -> None:
        self.rate = rate

    def _GetSetRepeatEx(self, _: Any, value: int) -> int:
        self.repeats = self.repeats if value < 0 else value
        return self.repeats

    def _GetToggleCommandState(self, command: int) -> int:
        return self.toggles.get(command, 0)

    def _Main_OnCommand(self, command: int, _: int) -> None:
        self.commands.append(command)
        if command == STOP_AND_SAVE:
            self._CSurf_OnStop()
        elif command == PRE_ROLL:
            self.toggles[command] = 1 - self.toggles[command]
        elif command in METRONOME:
            self.toggles[40364] = METRONOME[command]

    def _GetCursorPosition(self) -> float:
        return self.edit_cursor

    def _SetEditCurPos(self, time: float, *_: bool) -> None:
        self.edit_cursor = time

    def _GetPlayState(self) -> int:
        return self.playing

    def _GetPlayPosition(self) -> float:
        return self.cursor + self.now - self.since if self.playing else self.edit_cursor

    def _CSurf_OnRecord(self) -> None:
        if not self.records:
            return
        self.playing, self.since, self.cursor = 5, self.now, self.edit_cursor
        self.armed_while_recording = [t.name for t in self.tracks if t.values["I_RECARM"]]
        self.settings_while_recording = {
            "repeat": self.repeats, "rate": self.rate, "metronome": self.toggles[40364],
            "pre-roll": self.toggles[PRE_ROLL],
        }  # fmt: skip

    def _CSurf_OnStop(self) -> None:
        position = self._GetPlayPosition()
        recording, self.playing = self.playing & 4, 0
        if recording:
            self.record(position)


def _text(texts: dict[str, str], key: str, text: str, put: bool) -> Any:
    if put:
        texts[key] = text
    return put or key in texts, texts.get(key, "")
