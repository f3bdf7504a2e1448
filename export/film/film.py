"""Writes a film with a new soundtrack: the picture copied as it is, the sound encoded.

Subtitles, chapters, rotation, colours and the times of all frames are kept. A film that is scored
in part begins at the key frame at or before that part, since a copied picture can't begin
elsewhere. It then starts with the seconds up to the part, without music.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
from av.container import Flags
from av.packet import Packet
from av.stream import Discard, Stream

from engine.errors import EmsyncError
from engine.files import replacing
from engine.video.container import READ_ERRORS, Film, opened, packets
from export.film.bare import REORDERED, stamped
from export.film.chapters import Chapter, chapters_within, read_chapters
from export.film.formats import MATROSKA, TEXT, Container, container_for
from export.film.original import has_sound, limited, original_sound, peaks_of, with_original
from export.film.speech import Region, speech_regions
from export.film.writer import FilmWriter
from export.sound.blocks import RATE, Sound, in_blocks

_GUESS_STAMPS: int = Flags.gen_pts.value  # type: ignore[assignment]


_Packet: TypeAlias = "Packet[Any]"


@dataclass(frozen=True, slots=True)
class FilmSource:
    """The picture of a new film.

    path: of the film. zero: the stamp of its second 0, in seconds. start, end: the part that was
    scored, in seconds. whole: whether that is all of it. timecode: gives that of a second, or None.
    """

    path: Path
    zero: Fraction
    start: float
    end: float
    whole: bool
    timecode: Callable[[float], str | None] = lambda seconds: None


@dataclass(frozen=True, slots=True)
class FilmFile:
    """A film that has been written.

    name: of the file. begin: the second of the source with which it begins. original: whether the
    film's own sound is in the mix. speech: how many seconds of it the music gives way to.
    """

    name: str
    begin: float
    original: bool
    speech: float


def write_film(
    source: FilmSource,
    music: Path,
    folder: Path,
    level: float | None = None,
    cuts: Sequence[Chapter] = (),
    progress: Callable[[float], None] = lambda share: None,
    speech: Sequence[Region] | None = None,
) -> FilmFile:
    """Write the film with new music to ``folder``, as ``film.mp4``, ``film.mov`` or ``film.mkv``.

    music: a sound file at ``RATE`` that begins at ``source.start``. level: of the film's own sound
    under the music, in dB; None leaves it out. cuts: chapters in place of the film's own.
    progress: receives the share that is done, 0..1. speech: where somebody speaks, in seconds from
    ``source.start``, rising; None finds it by the energy of the sound.
    Raises EmsyncError for a picture that can't be copied and a folder that can't be written.
    """
    with opened(source.path) as film:
        subtitles = list(film.container.streams.subtitles)
        form = container_for(film, subtitles)
        others = _kept(film, form)
        begin, picture = _picture(film, source, others)
        lead = round((source.start - begin) * RATE)
        sound, spoken = _sound(source, music, begin, lead, level, speech)
        path = folder / form.name
        chapters = chapters_within(cuts or read_chapters(film, source.zero), begin, source.end)
        try:
            with closing(picture), closing(sound), ExitStack() as stack:
                beside = stack.enter_context(replacing(path))
                file = stack.enter_context(beside.open("wb+"))
                # Without it, Matroska gives every file a random name of its own.
                options = {"fflags": "+bitexact", **dict(form.options)}
                target = stack.enter_context(av.open(file, "w", format=form.form, options=options))
                shift = source.zero + Fraction(begin)
                writer = FilmWriter(target, form, film, others, shift, source.timecode(begin))
                target.set_chapters([each.to_av() for each in chapters])
                _interleaved(writer, picture, sound, source.end - begin, progress)
        except (av.FFmpegError, ValueError) as error:
            # FFmpeg's own text names a temporary file.
            reason = error.strerror if isinstance(error, av.FFmpegError) else error
            raise EmsyncError(
                f"{source.path}: its picture can't be copied into a new film ({reason}); "
                "lay score.wav under it in an editor"
            ) from error
    return FilmFile(path.name, begin, spoken is not None, spoken or 0.0)


def _kept(film: Film, form: Container) -> list[Stream]:
    """The streams that are copied beside the picture."""
    if film.may_restart:
        return []
    found = [
        stream
        for stream in film.container.streams.subtitles
        if (stream.codec_context.name == TEXT) == (form is not MATROSKA)
    ]
    for stream in found:
        stream.discard = Discard.default
    return list(found)


def _picture(
    film: Film, source: FilmSource, others: list[Stream]
) -> tuple[float, Generator[_Packet]]:
    """The second with which the copy begins, and the packets of the copied streams."""
    begin = 0.0
    first: _Packet | None = None
    if film.container.format.name.startswith("avi"):
        # AVI has no display times; FFmpeg works them out.
        film.container.flags |= _GUESS_STAMPS
    reading: Iterator[_Packet]
    if others:
        reading = film.container.demux(film.stream, *others)
    else:
        is_bare = not film.has_stamps and film.stream.codec_context.name in REORDERED
        reading = stamped(film, source.path) if is_bare else packets(film)
    if source.start > 0 and film.has_stamps and not film.may_restart:
        goal = (Fraction(source.start) + source.zero) / film.time_base
        film.container.seek(math.floor(goal), stream=film.stream)
        for packet in reading:
            if packet.stream is film.stream and packet.is_keyframe and packet.pts is not None:
                first = packet
                begin = float(packet.pts * film.time_base - source.zero)
                break
        if first is None or begin > source.start:
            begin, first = 0.0, None
            film.container.seek(0)
            reading = packets(film)
    return begin, _until(film, source, begin, first, reading)


def _until(
    film: Film,
    source: FilmSource,
    begin: float,
    first: _Packet | None,
    reading: Iterator[_Packet],
) -> Generator[_Packet]:
    """The packets from ``first`` up to the end of the scored part."""
    if first is not None:
        yield first
    while True:
        try:
            packet = next(reading, None)
        except READ_ERRORS:
            return
        if packet is None:
            return
        if packet.size == 0:
            continue  # ends a decoder
        stamp = packet.dts if packet.dts is not None else packet.pts
        if stamp is not None and packet.time_base is not None:
            seconds = float(stamp * packet.time_base - source.zero)
            if not source.whole and packet.stream is film.stream and seconds >= source.end:
                return
            if packet.stream is not film.stream and seconds < begin:
                continue
        if (
            first is not None
            and first.pts is not None
            and packet.stream is film.stream
            and packet.pts is not None
            and packet.pts < first.pts
        ):
            continue  # frames that are shown before the first one need those before it
        yield packet


def _sound(
    source: FilmSource,
    music: Path,
    begin: float,
    lead: int,
    level: float | None,
    speech: Sequence[Region] | None,
) -> tuple[Generator[Sound], float | None]:
    """The new sound from the first frame on, and the seconds of speech in the original; None if
    that is left out."""
    frames = lead + round((source.end - source.start) * RATE)
    if level is None:
        return _music(music, lead, frames), None
    if not has_sound(source.path):
        warnings.warn(f"{source.path}: has no sound to mix with; the music is alone", stacklevel=3)
        return _music(music, lead, frames), None

    def original() -> Iterator[Sound]:
        return original_sound(source.path, source.zero, begin, frames)

    if speech is None:
        regions = speech_regions(original())
    else:
        later = source.start - begin
        regions = tuple((start + later, end + later) for start, end in speech)

    def mixed() -> Iterator[Sound]:
        return with_original(_music(music, lead, frames), original(), level, regions)

    return limited(mixed(), peaks_of(mixed())), sum(end - start for start, end in regions)


def _music(path: Path, lead: int, frames: int) -> Generator[Sound]:
    """A sound file after ``lead`` frames of silence, ``frames`` in all, in blocks."""
    yield from in_blocks(chain([np.zeros((lead, 2), np.float32)], _read(path)), frames)


def _read(path: Path) -> Iterator[Sound]:
    resampler = av.AudioResampler("flt", "stereo", RATE)
    with path.open("rb") as file, av.open(file, "r") as container:
        for frame in container.decode(audio=0):
            for ready in resampler.resample(frame):
                yield ready.to_ndarray().astype(np.float32, copy=False).reshape(-1, 2)


def _interleaved(
    writer: FilmWriter,
    picture: Iterator[_Packet],
    sound: Iterator[Sound],
    duration: float,
    progress: Callable[[float], None],
) -> None:
    """Write picture and sound so that what belongs together lies together."""
    heard = 0.0
    for packet in picture:
        shown = writer.copy(packet)
        while heard <= shown and (block := next(sound, None)) is not None:
            heard = writer.add_sound(block)
        progress(min(1.0, shown / duration) if duration > 0 else 1.0)
    for block in sound:
        writer.add_sound(block)
    writer.end_sound()
    progress(1.0)
