"""A film's sound beside its picture, in one pass."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from engine.video.reader import open_video
from engine.video.sound import SOUND_RATE, Sound

FPS = 24
FLASHES = (1.0, 2.5, 4.0)
LENGTH = 5.0


def flashing(
    path: Path,
    codec: str = "mpeg4",
    sound_codec: str = "aac",
    begins: float = 0.0,
    gap: tuple[float, float] = (0.0, 0.0),
    rate: int = 48_000,
) -> Path:
    """A film that flashes and beeps at FLASHES. begins: the sound's start. gap: without packets."""
    times = np.arange(round(LENGTH * rate)) / rate
    wave = np.zeros(len(times))
    for flash in FLASHES:
        wave += np.where((times >= flash) & (times < flash + 0.1), np.sin(times * 5000), 0)
    packets: list[av.Packet] = []
    with av.open(str(path), "w") as container:
        picture = container.add_stream(codec, FPS, width=64, height=48, pix_fmt="yuv420p")
        track = container.add_stream(sound_codec, rate, layout="stereo")
        for number in range(round(LENGTH * FPS)):
            lit = any(flash <= number / FPS < flash + 0.1 for flash in FLASHES)
            image = np.full((48, 64, 3), 255 * lit, np.uint8)
            packets += picture.encode(av.VideoFrame.from_ndarray(image, format="bgr24"))
        packets += picture.encode()
        resampler = av.AudioResampler(track.codec_context.format, "stereo", rate)
        for first in range(round(begins * rate), len(wave), 1024):
            block = np.tile(wave[first : first + 1024].astype(np.float32), (2, 1))
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
            for each in resampler.resample(frame):
                packets += track.encode(each)
        packets += track.encode()
        for packet in sorted(packets, key=lambda each: (each.dts or 0) * each.time_base):
            time = (packet.pts or 0) * packet.time_base
            if packet.stream is picture or not gap[0] <= time < gap[1]:
                container.mux(packet)
    return path


def listened(path: Path, start: float = 0.0, end: float = float("inf")) -> list[Sound]:
    blocks: list[Sound] = []
    for _ in open_video(path).frames(start, end, sound=blocks.append):
        pass
    return blocks


def beeps(blocks: list[Sound]) -> list[float]:
    """When each beep begins, in seconds of the file; checks that blocks follow without gaps."""
    for before, after in pairwise(blocks):
        assert after.time == pytest.approx(before.end, abs=1 / SOUND_RATE)
    samples = np.concatenate([block.samples for block in blocks])
    level = np.convolve(np.abs(samples), np.ones(80) / 80, "same") > 0.2
    rises = np.flatnonzero(level[1:] & ~level[:-1])
    return (
        blocks[0].time + rises[np.diff(rises, prepend=-SOUND_RATE) > 1600] / SOUND_RATE
    ).tolist()


@pytest.mark.parametrize(
    ("name", "codec", "sound_codec"),
    [
        ("film.mp4", "mpeg4", "aac"),
        ("film.mkv", "mpeg4", "libopus"),
        ("film.avi", "mpeg4", "mp3"),
        ("film.mov", "mpeg4", "pcm_s16le"),
        ("film.ts", "mpeg2video", "mp2"),
    ],
)
def test_beeps_are_where_the_picture_flashes(tmp_path, name, codec, sound_codec):
    path = flashing(tmp_path / name, codec, sound_codec)
    blocks: list[Sound] = []
    flashes, lit = [], False
    for frame in open_video(path).frames(sound=blocks.append):
        now = frame.image.mean() > 128
        if now and not lit:
            flashes.append(frame.time)
        lit = now
    assert beeps(blocks) == pytest.approx(flashes, abs=0.03)
    assert len(flashes) == len(FLASHES)


@pytest.mark.parametrize(("start", "end"), [(1.5, 3.2), (0.4, 5.0), (2.2, 4.5)])
def test_a_part_has_its_own_sound_alone(tmp_path, start, end):
    path = flashing(tmp_path / "film.mp4")
    blocks = listened(path, start, end)
    assert blocks[0].time == pytest.approx(start, abs=1e-3)
    assert blocks[-1].end == pytest.approx(min(end, LENGTH), abs=0.05)
    whole = beeps(listened(path))
    assert beeps(blocks) == pytest.approx([t for t in whole if start <= t < end], abs=0.003)


def test_sound_that_begins_late_follows_silence(tmp_path):
    blocks = listened(flashing(tmp_path / "film.mkv", sound_codec="flac", begins=2.0))
    assert blocks[0].time == 0
    assert beeps(blocks) == pytest.approx(FLASHES[1:], abs=0.03)


def test_a_gap_of_the_sound_is_silent_and_moves_nothing(tmp_path):
    path = flashing(tmp_path / "film.mkv", sound_codec="flac", gap=(1.5, 2.2))
    assert beeps(listened(path)) == pytest.approx(FLASHES, abs=0.03)


def test_a_film_without_sound_gives_none(numbered):
    assert listened(numbered(30)) == []


def test_broken_sound_leaves_the_picture_whole(tmp_path):
    path = flashing(tmp_path / "film.mkv", sound_codec="flac")
    whole = [frame.time for frame in open_video(path).frames()]
    data = bytearray(path.read_bytes())
    dice = np.random.default_rng(0)
    # Only packets of sound are spoilt: the picture's lie elsewhere in the file.
    with av.open(str(path)) as container:
        spots = [
            (packet.pos, packet.size)
            for packet in container.demux(audio=0)
            if packet.pos is not None and packet.size > 40
        ]
    for place, size in spots[20:80]:
        for offset in dice.integers(20, size, 8):
            data[place + int(offset)] ^= 0xFF
    path.write_bytes(data)
    blocks: list[Sound] = []
    times = [frame.time for frame in open_video(path).frames(sound=blocks.append)]
    assert times == whole
    assert all(np.isfinite(block.samples).all() for block in blocks)
    assert blocks[-1].end == pytest.approx(LENGTH, abs=0.2)


def test_the_picture_is_the_same_with_and_without_sound(tmp_path):
    reader = open_video(flashing(tmp_path / "film.mp4"))
    alone = [(frame.time, frame.image.tobytes()) for frame in reader.frames()]
    both = [(f.time, f.image.tobytes()) for f in reader.frames(sound=lambda block: None)]
    assert both == alone


def test_larger_pictures_are_those_of_the_film(tmp_path, film, scene):
    path = film([scene(1)] * 30)
    for frame in open_video(path).frames():
        assert frame.image.shape == (48, 160, 3)
        assert frame.picture(160) is frame.image
        assert frame.picture(200).shape == (60, 200, 3)
        assert frame.picture(4000).shape == (120, 400, 3)
