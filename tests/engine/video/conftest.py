"""Small films, and MP4 files with the edits of phones and broken downloads."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.video.writer import write_film

Image = NDArray[np.uint8]


@pytest.fixture
def scene() -> Callable[[int], Image]:
    """Draws a random scene of 120 x 400 pixels, a different one for each seed."""

    def draw(seed: int, dark: int = 0, bright: int = 255) -> Image:
        coarse = np.random.default_rng(seed).random((6, 20, 3)).astype(np.float32)
        smooth = np.clip(cv2.resize(coarse, (400, 120), interpolation=cv2.INTER_CUBIC), 0, 1)
        return (dark + (bright - dark) * smooth).astype(np.uint8)

    return draw


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Writes frames to an MPEG-4 film, by default with 24 frames a second."""

    def write(images: Iterable[Image], fps: float = 24, name: str = "film.mp4") -> Path:
        write_film(tmp_path / name, images, fps)
        return tmp_path / name

    return write


@pytest.fixture
def encode(tmp_path: Path) -> Callable[..., Path]:
    """Writes a film with odd stamps, codecs and containers.

    images: BGR frames, or ready frames of PyAV. start: seconds added to the stamps of the picture.
    lengths: of each frame in milliseconds. sound: start and length of a silent track in seconds.
    tags: of the picture's stream, such as its timecode.
    """

    def write(
        name: str,
        images: Iterable[Image | av.VideoFrame],
        codec: str = "mpeg4",
        options: dict[str, str] | None = None,
        muxer: dict[str, str] | None = None,
        start: float = 0.0,
        lengths: list[int] | None = None,
        sound: tuple[float, float] | None = None,
        pix_fmt: str = "yuv420p",
        fps: int = 24,
        tags: dict[str, str] | None = None,
    ) -> Path:
        packets: list[av.Packet] = []
        base = Fraction(1, 1000 if lengths else fps)
        path = tmp_path / name
        with av.open(str(path), "w", container_options=muxer or {}) as container:
            picture = container.add_stream(codec, fps, options=options or {})
            picture.pix_fmt = pix_fmt
            picture.metadata.update(tags or {})
            picture.codec_context.time_base = base
            frames = [
                av.VideoFrame.from_ndarray(image, format="bgr24")
                if isinstance(image, np.ndarray)
                else image
                for image in images
            ]
            picture.width, picture.height = frames[0].width, frames[0].height
            for number, frame in enumerate(frames):
                frame.pts = sum(lengths[:number]) if lengths else number
                frame.time_base = base
                packets += picture.encode(frame)
            packets += picture.encode()
            for number, packet in enumerate(packets):
                shift = round(Fraction(start) / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                if lengths:
                    packet.duration = lengths[number]
            packets += _silence(container, *sound) if sound else []
            for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
                container.mux(packet)
        return path

    return write


def _silence(container: av.container.OutputContainer, start: float, length: float) -> list:
    rate, packets = 48000, []
    track = container.add_stream("aac", rate, layout="mono")
    for number in range(round(length * rate / 1024)):
        silence = np.zeros((1, 1024), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = round(start * rate) + number * 1024
        packets += track.encode(frame)
    return packets + track.encode()


@pytest.fixture
def numbered(film: Callable[..., Path]) -> Callable[..., Path]:
    """Writes a film of ``count`` frames, each as bright as twice its number."""

    def write(count: int, width: int = 64, height: int = 48, **options: object) -> Path:
        frames = (np.full((height, width, 3), 2 * n % 256, np.uint8) for n in range(count))
        return film(frames, **options)

    return write


@pytest.fixture
def turn() -> Callable[..., None]:
    """Sets the display matrix of an MP4 (x' = a x + c y, y' = b x + d y), as phones do."""

    def edit(path: Path, a: int, b: int, c: int, d: int) -> None:
        data = bytearray(path.read_bytes())
        matrix = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
        struct.pack_into(">9i", data, _box(data, "moov", "trak", "tkhd")[-1] + 48, *matrix)
        path.write_bytes(data)

    return edit


@pytest.fixture
def retime() -> Callable[[Path, list[tuple[int, int]]], None]:
    """Gives an MP4's frames uneven lengths: runs of (frames, milliseconds each)."""

    def edit(path: Path, runs: list[tuple[int, int]]) -> None:
        data = bytearray(path.read_bytes())
        media = _box(data, "moov", "trak", "mdia", "mdhd")[-1]
        struct.pack_into(">I", data, media + 20, 1000)
        edits = _box(data, "moov", "trak", "edts")[-1]
        data[edits + 4 : edits + 8] = b"free"
        places = _box(data, "moov", "trak", "mdia", "minf", "stbl", "stts")
        begin, old = places[-1], struct.unpack_from(">I", data, places[-1])[0]
        table = b"".join(struct.pack(">II", *run) for run in runs)
        new = struct.pack(">I4sII", 16 + len(table), b"stts", 0, len(runs)) + table
        data[begin : begin + old] = new
        for place in places[:-1]:
            size = struct.unpack_from(">I", data, place)[0]
            struct.pack_into(">I", data, place, size + len(new) - old)
        path.write_bytes(data)

    return edit


@pytest.fixture
def cut_short() -> Callable[[Path, float], None]:
    """Keeps a share of an MP4's picture, like a broken download with its index at the front."""

    def edit(path: Path, share: float) -> None:
        data = bytearray(path.read_bytes())
        begin = _box(data, "mdat")[-1]
        size = struct.unpack_from(">I", data, begin)[0]
        lost = begin + 8 + round((size - 8) * share)
        data[lost : begin + size] = bytes(begin + size - lost)
        path.write_bytes(data)

    return edit


def _box(data: bytes, *path: str) -> list[int]:
    """Offsets of the nested MP4 boxes of a path, the outermost first."""
    places, begin = [], 0
    for kind in path:
        while data[begin + 4 : begin + 8] != kind.encode():
            begin += struct.unpack_from(">I", data, begin)[0]
        places.append(begin)
        begin += 8
    return places
