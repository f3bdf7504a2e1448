"""Opens films with FFmpeg's libraries (PyAV), and reads the packets of their picture.

FFmpeg gets the bytes of one file and may open nothing else. So a name is never taken for a
protocol or a pattern, and a playlist can't draw in other files or the network.

The picture is read, and one stream of sound if it is asked for. Everything else is skipped while
reading, so that long sound is never held in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias, TypeGuard, cast

import av
from av.audio.stream import AudioStream
from av.container import Flags, InputContainer
from av.format import Flags as FormatFlags
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from engine.errors import EmsyncError
from engine.video.folders import check_opened

AnyPacket: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"

READ_ERRORS = (av.FFmpegError, OSError)
"""What reading and decoding raise; OSError comes from the file itself."""

_NO_TIMESTAMPS: int = FormatFlags.no_timestamps.value  # type: ignore[assignment]
_MAY_RESTART: int = FormatFlags.ts_discont.value  # type: ignore[assignment]
_GUESS_STAMPS: int = Flags.gen_pts.value  # type: ignore[assignment]

_BUFFER = 1 << 18
"""Bytes of one read."""

_NOT_MOVING = Disposition.attached_pic | Disposition.timed_thumbnails
_TAG = "timecode"
_FALL = 1.0
"""Stamps that fall back by more than this, in seconds, begin another film in the same file."""


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """An open film: its container and the stream of its moving picture.

    sound: the stream of its sound; None if there is none, or nobody asked for it.
    """

    container: InputContainer
    stream: VideoStream
    sound: AudioStream | None = None

    @property
    def time_base(self) -> Fraction:
        """Seconds of one unit of the stream's stamps."""
        return self.stream.time_base or Fraction(1, 90000)

    @property
    def has_stamps(self) -> bool:
        """False for bare streams such as ``.h264``, which have no times at all."""
        return not self.container.format.flags & _NO_TIMESTAMPS

    @property
    def timecode(self) -> str | None:
        """The timecode of the first frame, as cameras and editors store it; None if there is none.

        MOV and MP4 have a track for it, MXF and Matroska a tag.
        """
        stored = [self.stream.metadata, self.container.metadata]
        stored += [stream.metadata for stream in self.container.streams if stream.type == "data"]
        # Containers write the names of their tags in any case.
        found = (text for tags in stored for name, text in tags.items() if name.lower() == _TAG)
        return next(found, None)

    @property
    def may_restart(self) -> bool:
        """Whether stamps may fall back, as in joined MPEG-TS files and chained Ogg files."""
        return bool(self.container.format.flags & _MAY_RESTART)


@contextmanager
def opened(path: Path, with_sound: bool = False) -> Iterator[Film]:
    """The open film of a file. with_sound: its packets include those of its sound, if it has any.

    Raises EmsyncError if the file can't be read, is no film, or has no moving picture, and if it
    lies outside the folders of :func:`engine.video.folders.allow_only`.
    """
    try:
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    with file:
        check_opened(file, path)
        try:
            container = av.open(
                file,
                "r",
                metadata_errors="replace",
                buffer_size=_BUFFER,
                container_options={"protocol_whitelist": "none"},
            )
        except (*READ_ERRORS, ValueError) as error:
            raise undecodable(path) from error
        with container:
            # FFmpeg would look for the stamps of a last frame in all the sound that follows it.
            container.flags &= ~_GUESS_STAMPS
            stream = _moving_picture(path, container)
            sound = _sound(container) if with_sound else None
            for other in container.streams:
                if other is not stream and other is not sound:
                    other.discard = Discard.all
            stream.thread_type = "AUTO"
            yield Film(container, stream, sound)


def undecodable(path: Path) -> EmsyncError:
    """The error of a file without a picture that decodes."""
    return EmsyncError(f"{path}: no picture can be decoded; give a video file that plays")


def packets(film: Film) -> Iterator[Packet[VideoStream]]:
    """The packets of the picture; see ``packets_of_all``."""
    for packet in packets_of_all(film):
        if is_picture(packet):
            yield packet


def is_picture(packet: AnyPacket) -> TypeGuard[Packet[VideoStream]]:
    """Whether a packet is one of the picture."""
    return packet.stream.type == "video"


def packets_of_all(film: Film) -> Iterator[AnyPacket]:
    """The packets from where the container stands, then one that ends the decoder of each stream.

    Stamps that fall back go on from the last packet, so joined films play one after the other. A
    fault of the file ends it early, like its end.
    """
    fall, shift, last, shown = _FALL / film.time_base, 0, None, 0
    streams = [film.stream, *([film.sound] if film.sound else [])]
    reading = cast("Iterator[AnyPacket]", film.container.demux(streams))
    while True:
        try:
            packet = next(reading, None)
        except READ_ERRORS:
            packet = cast("Packet[VideoStream]", Packet())
            packet.stream = film.stream
        if packet is None:
            return
        if not is_picture(packet):
            if shift and packet.pts is not None and packet.time_base:
                packet.pts += round(shift * film.time_base / packet.time_base)
            yield packet
            continue
        if packet.dts is not None:
            if last is not None and packet.dts + shift < last - fall:
                shift = last + shown - packet.dts
            last, shown = packet.dts + shift, packet.duration or shown
        if shift:
            packet.dts = None if packet.dts is None else packet.dts + shift
            packet.pts = None if packet.pts is None else packet.pts + shift
        yield packet


def _sound(container: InputContainer) -> AudioStream | None:
    """The stream of sound that a player would choose, if it can be decoded."""
    best = container.streams.best("audio")
    known = best is not None and best.codec_context is not None
    return cast(AudioStream, best) if known else None


def steady(film: Film) -> bool:
    """Whether every packet has a stamp and none falls back; reads the film without decoding it.

    Otherwise a frame's time depends on all frames before it, and FFmpeg guesses after a seek.
    """
    fall, last = _FALL / film.time_base, None
    for packet in film.container.demux(film.stream):
        if packet.size == 0:
            continue  # ends the decoder
        if packet.pts is None or packet.dts is None:
            return False
        if last is not None and packet.dts < last - fall:
            return False
        last = packet.dts
    return True


def _moving_picture(path: Path, container: InputContainer) -> VideoStream:
    moving = [stream for stream in container.streams.video if not stream.disposition & _NOT_MOVING]
    best = container.streams.best("video")
    if not moving:
        raise EmsyncError(f"{path}: has no moving picture; give a video file")
    stream = next((stream for stream in moving if stream is best), moving[0])
    if stream.codec_context is None:
        raise undecodable(path)
    return stream
