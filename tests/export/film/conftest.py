"""Films of numbered frames in odd containers, and soundtracks of clicks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from export.sound.files import SoundFile

RATE = 48000
FPS = 24
SECONDS = 5
FLASHES = (1.0, 2.5, 4.0)
"""Seconds of white frames; a click belongs to each."""


@pytest.fixture
def flashes(tmp_path: Path) -> Callable[..., Path]:
    """Writes a film that flashes white at ``FLASHES``.

    start: added to the stamps of the picture. lengths: of the frames in milliseconds. sound: starts
    and lengths of a tone in its own sound track. rotated: a display matrix of a quarter turn.
    subtitles: the seconds of one. chapters: their starts.
    """

    def write(
        name: str,
        codec: str = "libx264",
        options: dict[str, str] | None = None,
        muxer: dict[str, str] | None = None,
        pix_fmt: str = "yuv420p",
        start: float = 0.0,
        lengths: list[int] | None = None,
        sound: tuple[float, float] | None = None,
        interlaced: bool = False,
        seconds: float = SECONDS,
    ) -> Path:
        base = Fraction(1, 1000 if lengths else FPS)
        path = tmp_path / name
        packets: list[av.Packet] = []
        with av.open(str(path), "w", container_options=muxer or {}) as container:
            picture = container.add_stream(codec, FPS, options=options or {"g": "24"})
            picture.width, picture.height, picture.pix_fmt = 64, 48, pix_fmt
            picture.codec_context.time_base = base
            pts = 0
            for number in range(round(seconds * FPS)):
                length = lengths[number % len(lengths)] if lengths else 1
                shown = pts * base
                flash = any(0 <= t - shown < length * base for t in map(Fraction, FLASHES))
                image = np.full((48, 64, 3), 255 if flash else 20 + number % 5, np.uint8)
                frame = av.VideoFrame.from_ndarray(image, format="bgr24")
                frame.pts, frame.time_base = pts, base
                pts += length
                packets += picture.encode(frame)
            packets += picture.encode()
            shift = Fraction(start)
            for packet in packets:
                moved = round(shift / packet.time_base)
                packet.pts, packet.dts = packet.pts + moved, packet.dts + moved
            packets += _tone(container, *sound) if sound else []
            for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
                container.mux(packet)
        return path

    return write


def _tone(container: av.container.OutputContainer, start: float, length: float) -> list[av.Packet]:
    track = container.add_stream("aac", RATE, layout="stereo")
    times = np.arange(round(length * RATE)) / RATE
    tone = (0.1 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
    frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), round(start * RATE)
    return [*track.encode(frame), *track.encode()]


@pytest.fixture
def clicks(tmp_path: Path) -> Callable[..., Path]:
    """Writes a soundtrack with clicks at the given seconds."""

    def write(times: tuple[float, ...] = FLASHES, seconds: float = SECONDS) -> Path:
        sound = np.zeros((round(seconds * RATE), 2))
        for time in times:
            sound[round(time * RATE) : round(time * RATE) + 240] = 0.7
        with SoundFile(tmp_path / "score.wav", "wav") as file:
            file.write(sound)
        return tmp_path / "score.wav"

    return write
