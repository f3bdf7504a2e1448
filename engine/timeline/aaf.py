"""AAF, the interchange format of Avid Media Composer, which Resolve and Pro Tools read too.

Written with pyaaf2, which comes with the extra ``otio``. :mod:`engine.timeline.otio` reads it.
Structure: the Advanced Authoring Format Edit Protocol, AMWA MS-01 (2005). Markers also have the
attributes that Media Composer writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from engine.errors import EmsyncError
from engine.files import replacing
from engine.hits import KINDS, HitList, Kind
from engine.timecode import Clock, FrameRate
from engine.timeline.shots import Marker, Shot, lay_out

MAGIC = bytes.fromhex("d0cf11e0")
"""How structured storage, the container of AAF, begins."""
NOTE, KIND = "emsync hit", "emsync kind"
"""Comments of a clip: what the hit at its beginning says, and the kind of a gradual edit."""


def write(hits: HitList, path: Path) -> None:
    """Write the hits as a timeline with one video track and a track of markers.

    The clips are of one offline source, the film. Raises EmsyncError where pyaaf2 is missing, and
    ValueError if the frame rate is unknown.
    """
    aaf2 = library(path)
    clock, rate = hits.clock, hits.clock.own_rate
    layout = lay_out(hits, rate)
    with replacing(path) as beside, aaf2.open(str(beside), "w") as file:
        writer = _Writer(aaf2, file, clock, rate, layout.shots[-1].end)
        writer.write(layout.shots, layout.markers)


def library(path: Path) -> ModuleType:
    """pyaaf2. Raises EmsyncError where it is missing."""
    try:
        import aaf2
    except ModuleNotFoundError as error:
        raise EmsyncError(
            f"{path}: AAF needs pyaaf2; pip install 'emsync-bridge[otio]', or use an EDL"
        ) from error
    found: ModuleType = aaf2
    return found


def read_own(path: Path) -> dict[str, Any]:
    """What OpenTimelineIO's plug-in leaves out of the one timeline of a file.

    drop: whether its timecode is drop-frame. edits: by the frame at which a clip begins, as text:
    ``hit``, what the hit there says, and ``kind``, of a gradual edit.
    """
    aaf2 = library(path)
    drop = False
    edits: dict[str, dict[str, str]] = {}
    with aaf2.open(str(path), "r") as file:
        for slot in (slot for mob in file.content.toplevel() for slot in mob.slots):
            if isinstance(slot.segment, aaf2.components.Timecode):
                drop = drop or bool(slot.segment.drop)
            elif isinstance(slot.segment, aaf2.components.Sequence):
                edits |= dict(_notes(aaf2, slot.segment))
    return {"drop": drop, "edits": edits}


def _notes(aaf2: ModuleType, sequence: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """The comments of a sequence's clips that :func:`write` wrote."""
    place = cut = 0
    for item in sequence.components:
        if isinstance(item, aaf2.components.Transition):
            place -= item.length
            cut = place + item.cutpoint
            continue
        comments = {each.name: each.value for each in item.getvalue("UserComments", None) or ()}
        note, kind = str(comments.get(NOTE, "")), comments.get(KIND)
        if note or kind in KINDS:
            yield str(cut), {"hit": note} | ({"kind": str(kind)} if kind in KINDS else {})
        place += item.length
        cut = place


class _Writer:
    """The objects of one file. frames: the length of the timeline."""

    def __init__(
        self, aaf2: ModuleType, file: Any, clock: Clock, rate: FrameRate, frames: int
    ) -> None:
        self._aaf2, self._file, self._clock = aaf2, file, clock
        self._rate, self._frames = rate, frames
        self._edit_rate = aaf2.rational.AAFRational(str(Fraction(rate.fps)))
        self._operations: dict[Kind, Any] = {}

    def write(self, shots: tuple[Shot, ...], markers: tuple[Marker, ...]) -> None:
        """Add the timeline to the file."""
        create = self._file.create
        film = self._film()
        top = create.CompositionMob("emsync")
        top.usage = "Usage_TopLevel"
        self._file.content.mobs.append(top)
        # A program takes the timecode of track 1 for that of the timeline.
        timecode = top.create_timeline_slot(self._edit_rate)
        timecode.segment = self._timecode()
        timecode["PhysicalTrackNumber"].value = 1
        picture = top.create_timeline_slot(self._edit_rate)
        picture.name = "V1"
        picture["PhysicalTrackNumber"].value = 1
        picture.segment = self._sequence(film, shots)
        if markers:
            events = create.EventMobSlot()
            events["EditRate"].value = self._edit_rate
            events["SlotID"].value = 1000
            events["SlotName"].value = "Markers"
            events["PhysicalTrackNumber"].value = 1
            events.segment = create.Sequence("DescriptiveMetadata", length=self._frames)
            for marker in markers:
                events.segment.components.append(self._marker(marker, picture.slot_id))
            top.slots.append(events)

    def _timecode(self) -> Any:
        found = self._file.create.Timecode(
            fps=self._rate.nominal, drop=self._rate.drop, length=self._frames
        )
        found.start = self._clock.start_frame
        return found

    def _film(self) -> Any:
        """The master mob of the film, and below it a tape with the film's timecode."""
        create = self._file.create
        tape = create.SourceMob()
        tape.name = "film"
        tape.descriptor = create.TapeDescriptor()
        self._file.content.mobs.append(tape)
        picture = tape.create_empty_sequence_slot(self._edit_rate, media_kind="picture")
        filler = create.Filler("picture", self._frames)
        picture.segment.components.append(filler)
        picture.segment.length = self._frames
        timecode = tape.create_timeline_slot(self._edit_rate)
        timecode.segment = self._timecode()
        timecode["PhysicalTrackNumber"].value = 1
        master = create.MasterMob("film")
        self._file.content.mobs.append(master)
        slot = master.create_timeline_slot(self._edit_rate)
        slot.segment = tape.create_source_clip(picture.slot_id, 0, self._frames, "picture")
        return master

    def _sequence(self, film: Any, shots: tuple[Shot, ...]) -> Any:
        """The picture. In AAF a transition overlaps the clips on both its sides."""
        sequence = self._file.create.Sequence("picture", length=self._frames)
        for number, shot in enumerate(shots):
            start, end = shot.start, shot.end
            if shot.transition is not None:
                start = shot.transition.first
                sequence.components.append(self._transition(shot))
            following = shots[number + 1].transition if number + 1 < len(shots) else None
            if following is not None:
                end = following.first + following.frames
            clip = film.create_source_clip(
                slot_id=1, start=start, length=end - start, media_kind="picture"
            )
            if shot.note:
                self._comment(clip, NOTE, shot.note)
            if shot.transition is not None:
                self._comment(clip, KIND, shot.transition.kind)
            sequence.components.append(clip)
        return sequence

    def _transition(self, shot: Shot) -> Any:
        create, change = self._file.create, shot.transition
        assert change is not None
        # The dictionary of operations has no fade between two clips; it is a dissolve there.
        kind: Kind = "wipe" if change.kind == "wipe" else "dissolve"
        operation = self._operation(kind)
        group = create.OperationGroup(operation, change.frames, "picture")
        transition = create.Transition("picture", change.frames)
        transition["OperationGroup"].value = group
        transition.cutpoint = shot.start - change.first
        return transition

    def _operation(self, kind: Kind) -> Any:
        """The definition of a kind of transition, once a file."""
        if kind not in self._operations:
            identity, name = _OPERATIONS[kind]
            operation = self._file.create.OperationDef(self._aaf2.auid.AUID(identity), name, name)
            operation.media_kind = "picture"
            operation["IsTimeWarp"].value = False
            operation["NumberInputs"].value = 2
            operation["OperationCategory"].value = "OperationCategory_Effect"
            self._file.dictionary.register_def(operation)
            self._operations[kind] = operation
        return self._operations[kind]

    def _marker(self, marker: Marker, slot: int) -> Any:
        found = self._file.create.DescriptiveMarker()
        found["Position"].value = marker.frame
        found["Length"].value = marker.frames
        found["Comment"].value = marker.name
        found["CommentMarkerUser"].value = AUTHOR
        found["CommentMarkerColor"].value = {"red": 0, "green": 0, "blue": 65535}
        found["DescribedSlots"].value = {slot}
        found["CommentMarkerAttributeList"].value = [
            self._file.create.TaggedValue(name, value)
            for name, value in (
                ("_ATN_CRM_USER", AUTHOR), ("_ATN_CRM_COM", marker.name),
                ("_ATN_CRM_COLOR", "Blue"), ("_ATN_CRM_LENGTH", marker.frames),
            )
        ]  # fmt: skip
        return found

    def _comment(self, item: Any, name: str, text: str) -> None:
        value = self._file.create.TaggedValue(name, text)
        item["UserComments"].value = [*(item["UserComments"].value or ()), value]


AUTHOR = "emsync"
_OPERATIONS: dict[Kind, tuple[str, str]] = {
    "dissolve": ("0c3bea40-fc05-11d2-8a29-0050040ef7d2", "Video Dissolve"),
    "wipe": ("0c3bea44-fc05-11d2-8a29-0050040ef7d2", "SMPTE Video Wipe"),
}
"""The operations of the AAF dictionary for transitions between two clips."""
