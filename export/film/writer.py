"""Writes a new film: copied packets, and sound that it encodes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from engine.video.container import Film
from export.film.formats import Container
from export.sound.blocks import RATE, Sound

BIT_RATE = 256_000
"""Of the sound, in bits a second."""
_STALE_TAGS = {"encoder", "duration", "timecode", "major_brand", "minor_version",
               "compatible_brands", "creation_time"}  # fmt: skip
"""Tags that speak of the source's file, not of its content."""


class FilmWriter:
    """The new file: copied streams and one of sound."""

    def __init__(
        self,
        target: OutputContainer,
        form: Container,
        film: Film,
        others: Sequence[Stream],
        shift: Fraction,
        timecode: str | None,
    ) -> None:
        """others: the streams that are copied beside the picture. shift: the stamp that becomes 0,
        in seconds. timecode: of the first frame, if it has one.
        """
        self._target = target
        self._shift = shift
        target.metadata.update(_tags(film.container.metadata))
        self._copies: dict[int, Stream] = {}
        for stream in (film.stream, *others):
            copy = target.add_stream_from_template(stream, opaque=False)
            copy.time_base = stream.time_base
            copy.metadata.update(_tags(stream.metadata))
            if stream is film.stream and timecode is not None:
                copy.metadata["timecode"] = timecode
            self._copies[stream.index] = copy
        self._sound = _sound_stream(target, form)
        self._written = 0

    def copy(self, packet: Packet[Any]) -> float:
        """Add a copied packet; returns its time in the new file."""
        base = packet.time_base
        assert base is not None
        shift = self._shift / base
        # Where the shift is no whole number of units, finer units keep it exact.
        finer = 1 if shift.denominator == 1 else 1000
        unit = base / finer
        copy = self._copies[packet.stream.index]
        packet.pts = None if packet.pts is None else round((packet.pts - shift) * finer)
        packet.dts = None if packet.dts is None else round((packet.dts - shift) * finer)
        packet.duration = (packet.duration or 0) * finer
        packet.time_base = unit
        packet.stream = copy
        stamp = packet.dts if packet.dts is not None else packet.pts
        seconds = 0.0 if stamp is None else float(stamp * unit)
        self._target.mux(packet)
        return seconds

    def add_sound(self, block: Sound) -> float:
        """Add sound [n, 2]; returns the seconds written."""
        content = np.ascontiguousarray(block, dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(content, format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._written, Fraction(1, RATE)
        self._written += len(block)
        self._target.mux(self._sound.encode(frame))
        return self._written / RATE

    def end_sound(self) -> None:
        """Flush the encoder."""
        self._target.mux(self._sound.encode(None))


def _sound_stream(target: OutputContainer, form: Container) -> AudioStream:
    # The fast coder of AAC takes less than half the time; at this bit rate nobody hears it.
    options = {"aac_coder": "fast"} if form.sound == "aac" else {}
    stream = target.add_stream(form.sound, RATE, layout="stereo", options=options)
    assert isinstance(stream, AudioStream)
    stream.bit_rate = BIT_RATE
    return stream


def _tags(tags: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in tags.items() if name.lower() not in _STALE_TAGS}
