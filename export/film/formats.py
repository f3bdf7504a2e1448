"""Which container a film goes into: MP4 where it fits, else QuickTime, else Matroska."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from av.subtitles.stream import SubtitleStream

from engine.video.container import Film
from export.piece import FILMS

MP4_PICTURE = {"h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mpeg1video"}
MOV_PICTURE = {"prores", "dnxhd", "mjpeg", "qtrle", "cinepak", "rawvideo", "h263", "dvvideo"}
TEXT = "mov_text"
"""The only subtitles of MP4 and QuickTime."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container: the name of a film in it, its FFmpeg name, the encoder of its sound, options."""

    name: str
    form: str
    sound: str
    options: tuple[tuple[str, str], ...] = ()


# The index goes to the front, so that a browser plays before it has the whole file.
_INDEX = (("movflags", "+faststart"),)
MP4 = Container(FILMS[0], "mp4", "aac", _INDEX)
MOV = Container(FILMS[1], "mov", "aac", _INDEX)
MATROSKA = Container(FILMS[2], "matroska", "libopus")


def container_for(film: Film, subtitles: Sequence[SubtitleStream]) -> Container:
    """The container for the picture and the subtitles of a film."""
    codec = film.stream.codec_context.name
    if all(stream.codec_context.name == TEXT for stream in subtitles):
        if codec in MP4_PICTURE:
            return MP4
        if codec in MOV_PICTURE:
            return MOV
    return MATROSKA
