"""Plays MIDI with a sound font: by midirenderer, a Python package, or by the FluidSynth program."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np
from mido import Message, MetaMessage, MidiFile, MidiTrack
from numpy.typing import NDArray

from engine.errors import EmsyncError
from export.messages import timed
from export.sound.blocks import RATE

TAIL = 4.0
"""Seconds in which the last note of a passage dies away."""
STEP = 64
"""Frames from one moment to the next at which synthesizers take up events."""
PASSAGE = 48.0
"""Seconds of music that are played at a time, so that long films need no more memory."""

_CLOSING = Message("control_change", control=123)
"""Ends a passage."""

Frames = NDArray[np.int16]
"""Stereo sound [n, 2]."""


@dataclass(frozen=True, slots=True)
class Event:
    """A MIDI message and its moment in frames from the start."""

    frame: int
    message: Message


class Synthesizer(Protocol):
    """Plays a MIDI file with a sound font."""

    name: str

    def play(self, font: bytes, midi: bytes) -> Frames:
        """The sound until the end of the MIDI file, at ``RATE``, without reverb.

        font: an SF2 file. Raises EmsyncError where it can't be played.
        """


class MidiRenderer:
    """The package midirenderer (MIT), which plays by RustySynth."""

    name = "midirenderer"

    def play(self, font: bytes, midi: bytes) -> Frames:
        import midirenderer

        try:
            sound = midirenderer.render_wave_from(font, midi)
        except BaseException as error:
            # A panic of Rust derives from BaseException itself.
            if isinstance(error, Exception) or type(error).__name__ == "PanicException":
                raise EmsyncError("the sound font can't be played; give another") from error
            raise
        with wave.open(BytesIO(sound)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


class FluidSynth:
    """The program FluidSynth (LGPL), where it is installed."""

    name = "FluidSynth"

    def __init__(self, program: str) -> None:
        self._program = program

    def play(self, font: bytes, midi: bytes) -> Frames:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "font.sf2").write_bytes(font)
            (folder / "part.mid").write_bytes(midi)
            options = ["-n", "-i", "-q", "-R", "0", "-C", "0", "-r", str(RATE), "-g", "0.5"]
            written = ["-T", "raw", "-O", "s16", "-E", "little", "-F", "sound.raw"]
            done = subprocess.run(
                [self._program, *options, *written, "font.sf2", "part.mid"],
                cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            )  # fmt: skip
            if done.returncode or not (folder / "sound.raw").exists():
                raise EmsyncError(f"{self._program}: can't play the sound font; give another")
            return np.fromfile(folder / "sound.raw", "<i2").reshape(-1, 2)


def find_synthesizer() -> Synthesizer | None:
    """The synthesizer of this machine; None if there is none."""
    try:
        import midirenderer  # noqa: F401
    except ImportError:
        program = shutil.which("fluidsynth")
        return None if program is None else FluidSynth(program)
    return MidiRenderer()


def play_events(
    synthesizer: Synthesizer, font: bytes, events: Sequence[Event], frames: int
) -> Iterator[Frames]:
    """Play the events of one part; yields ``frames`` frames, a passage at a time.

    events: by time. Controllers, bends and programs hold across passages.
    Raises EmsyncError where the font can't be played.
    """
    step = round(PASSAGE * RATE)
    over = np.zeros((0, 2), np.int16)
    for start in range(0, frames, step):
        size = min(step, frames - start)
        sound = np.zeros((max(size, len(over)), 2), np.int32)
        sound[: len(over)] = over
        played = _passage(events, start, start + size, frames)
        if played:
            new = synthesizer.play(font, _midi(played))
            if len(new) > len(sound):
                sound = np.concatenate([sound, np.zeros((len(new) - len(sound), 2), np.int32)])
            sound[: len(new)] += new
        whole = np.clip(sound, -32768, 32767).astype(np.int16)
        yield whole[:size]
        over = whole[size:]


def play_stretch(
    synthesizer: Synthesizer,
    font: bytes,
    events: Sequence[Event],
    first: int,
    span: tuple[int, int],
    frames: int,
) -> Frames:
    """The sound of one part in a stretch, as :func:`play_events` has it there.

    first: the earliest note that sounds there begins at this frame or later; a multiple of
    ``STEP``. span: the stretch in frames. frames: the length of the piece. Raises EmsyncError where
    the font can't be played.
    """
    start, end = span
    step = round(PASSAGE * RATE)
    sound = np.zeros((end - start, 2), np.int32)
    for passage in range(first // step * step, end, step):
        begin = max(first, passage)
        played = _passage(events, begin, min(end, passage + step), frames)
        if not played:
            continue
        # Nothing counts of what dies away after the stretch.
        closing = Event(min(played[-1].frame, end - begin + STEP), _CLOSING)
        inside = [event for event in played if event.frame < closing.frame]
        new = synthesizer.play(font, _midi([*inside, closing]))
        low, high = max(start, begin), min(end, begin + len(new))
        if low < high:
            sound[low - start : high - start] += new[low - begin : high - begin]
    return np.clip(sound, -32768, 32767).astype(np.int16)


def _passage(events: Sequence[Event], start: int, end: int, frames: int) -> list[Event]:
    """The events that play the notes which begin from ``start`` to ``end``, from frame 0.

    frames: the length of the piece, beyond which nothing is heard.
    """
    chosen: list[Event] = []
    state: dict[tuple[str, int, int], Message] = {}
    active: set[tuple[int, int]] = set()
    last = start
    for event in events:
        message = event.message
        if message.type == "note_on" and message.velocity > 0:
            if not start <= event.frame < end:
                continue
            active.add((message.channel, message.note))
        elif message.type in ("note_on", "note_off"):
            if (message.channel, message.note) not in active:
                continue
            active.discard((message.channel, message.note))
            last = max(last, event.frame)
        elif event.frame < start:
            state[kind_of(message)] = message
            continue
        elif event.frame >= end + TAIL * RATE and not active:
            break
        chosen.append(Event(event.frame - start, message))
    if not any(event.message.type == "note_on" for event in chosen):
        return []
    done = Event(min(max(last, end) + round(TAIL * RATE), frames) - start, _CLOSING)
    return [*(Event(0, message) for message in state.values()), *chosen, done]


def kind_of(message: Message) -> tuple[str, int, int]:
    """What a message sets, so that a later one replaces it."""
    return message.type, message.channel, getattr(message, "control", -1)


def _midi(events: Iterable[Event]) -> bytes:
    """A MIDI file that has one tick a frame.

    Events come in the middle between two moments at which synthesizers take them up. Else rounding
    decides, and the same notes sound otherwise in a passage that begins elsewhere.
    """
    file = MidiFile(type=0, ticks_per_beat=RATE // 2)
    track = MidiTrack()
    track.append(MetaMessage("set_tempo", tempo=500_000))
    now = 0
    # The mix adds its own room.
    dry = [
        Event(0, Message("control_change", channel=channel, control=control, value=0))
        for channel in range(16)
        for control in (91, 93)
    ]
    for event in sorted([*dry, *events], key=lambda event: event.frame):
        tick = max(0, -(-event.frame // STEP) * STEP - STEP // 2)
        track.append(timed(event.message, tick - now))
        now = tick
    file.tracks.append(track)
    buffer = BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()
