"""The picture is copied untouched, and the sound lies where it belongs."""

from __future__ import annotations

import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.video.reader import open_video
from export.film.chapters import Chapter
from export.film.film import FilmFile, FilmSource, write_film

FLASHES = (1.0, 2.5, 4.0)
FRAME = 1 / 24
RATE = 48000


def scored(path: Path, music: Path, folder: Path, start=0.0, end=None, **options) -> FilmFile:
    reader = open_video(path)
    whole = end is None and start == 0.0
    source = FilmSource(path, reader.zero, start, end or reader.video.duration, whole)
    return write_film(source, music, folder, **options)


def flashes_of(path: Path) -> list[float]:
    """When each run of white frames begins, by the stamps a player sees."""
    frames = [(frame.time, frame.image.mean() > 150) for frame in open_video(path).frames()]
    first = [time for (_, before), (time, white) in pairwise([(0, False), *frames])
             if white and not before]  # fmt: skip
    return first


def clicks_of(path: Path) -> list[float]:
    """When each click begins, by the stamps that a player sees, which begin at the same zero."""
    zero = float(open_video(path).zero)
    with av.open(str(path)) as container:
        loud = []
        for frame in container.decode(audio=0):
            level = np.abs(frame.to_ndarray()).max(0)
            loud += (frame.time - zero + np.flatnonzero(level > 0.3) / 48000).tolist()
    return [loud[0], *(b for a, b in pairwise(loud) if b - a > 0.1)]


def pictures_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray").tobytes() for frame in container.decode(video=0)]


SOURCES = {
    "plain.mp4": {},
    "b-frames.mp4": {"options": {"bf": "3", "g": "48"}},
    "fragments.mp4": {"muxer": {"movflags": "frag_keyframe+empty_moov"}},
    "early.mp4": {"start": -0.5, "options": {"g": "24", "bf": "0"}},
    "late.mp4": {"start": 1.5, "sound": (0.0, 5.0)},
    "variable.mp4": {"lengths": [20, 60, 40, 41]},
    "plain.mkv": {},
    "late.mkv": {"start": 0.5, "sound": (0.0, 5.0)},
    "variable.mkv": {"lengths": [20, 60, 40, 41]},
    "hour.ts": {"start": 3600.0, "sound": (3600.0, 5.0)},
    "mpeg.ts": {"codec": "mpeg2video", "start": 10.0},
    "plain.avi": {"codec": "mpeg4"},
    "b-frames.avi": {"codec": "mpeg4", "options": {"bf": "2", "g": "24"}},
    "interlaced.mov": {"options": {"x264-params": "interlaced=1", "g": "24"}},
    "master.mov": {"codec": "prores_ks", "pix_fmt": "yuv422p10le"},
    "plain.webm": {"codec": "libvpx", "options": {"g": "24"}},
    "plain.flv": {},
}


@pytest.mark.parametrize("name", SOURCES)
def test_picture_and_sound_are_in_time(name, flashes, clicks, tmp_path):
    path = flashes(name, **SOURCES[name])
    expected = flashes_of(path)
    assert len(expected) >= 2
    duration = open_video(path).video.duration
    made = scored(path, clicks(tuple(expected), duration), tmp_path)
    result = tmp_path / made.name
    np.testing.assert_allclose(flashes_of(result), expected, atol=0.002)
    np.testing.assert_allclose(clicks_of(result), flashes_of(result), atol=0.01)
    assert pictures_of(result) == pictures_of(path)
    assert open_video(result).video.duration == pytest.approx(duration, abs=FRAME)


@pytest.mark.parametrize(
    ("name", "codec", "written"),
    [
        ("a.mp4", "libx264", "film.mp4"),
        ("a.mkv", "libx264", "film.mp4"),
        ("a.mov", "prores_ks", "film.mov"),
        ("a.webm", "libvpx", "film.mkv"),
    ],
)
def test_the_container_suits_the_codec(name, codec, written, flashes, clicks, tmp_path):
    path = flashes(name, codec, pix_fmt="yuv422p10le" if codec == "prores_ks" else "yuv420p")
    assert scored(path, clicks(), tmp_path).name == written


def test_a_codec_that_no_container_takes_is_an_error_in_one_line(flashes, clicks, tmp_path):
    path = flashes("old.flv", "flv")
    with pytest.raises(EmsyncError, match=r"old.flv: its picture can't be copied") as error:
        scored(path, clicks(), tmp_path)
    assert "\n" not in str(error.value)
    assert not [each for each in tmp_path.iterdir() if "film" in each.name]


def test_a_part_begins_at_the_key_frame_before_it(flashes, clicks, tmp_path):
    path = flashes("long.mp4", options={"g": "24", "bf": "2"}, sound=(0.0, 5.0))
    made = scored(path, clicks((0.1,), 2.0), tmp_path, 2.4, 4.4)
    assert 1.4 <= made.begin <= 2.4
    result = tmp_path / made.name
    # The click of the part's 0.1 s is at the flash of the film's 2.5 s.
    flashing = np.array([2.5, 4.0]) - made.begin
    np.testing.assert_allclose(flashes_of(result), flashing, atol=0.002)
    np.testing.assert_allclose(clicks_of(result), flashing[:1], atol=0.002)
    assert open_video(result).video.duration == pytest.approx(4.4 - made.begin, abs=4 * FRAME)


def test_a_part_of_a_transport_stream_has_the_picture_from_the_start(flashes, clicks, tmp_path):
    path = flashes("part.ts", start=10.0)
    made = scored(path, clicks((0.1,), 2.0), tmp_path, 2.4, 4.4)
    assert made.begin == 0.0
    result = tmp_path / made.name
    np.testing.assert_allclose(flashes_of(result), FLASHES, atol=0.002)
    np.testing.assert_allclose(clicks_of(result), [2.5], atol=0.002)


def test_music_gives_way_where_somebody_is_known_to_speak(flashes, clicks, tmp_path):
    path = flashes("talk.mp4", options={"g": "24", "bf": "0"}, sound=(0.0, 5.0))
    music = clicks((1.0, 4.0))
    reader = open_video(path)
    source = FilmSource(path, reader.zero, 0.0, 5.0, True)
    made = write_film(source, music, tmp_path, -60.0, speech=((3.5, 4.5),))
    assert (made.original, made.speech) == (True, 1.0)
    with av.open(str(tmp_path / made.name)) as container:
        frames = [f.to_ndarray()[0] for f in container.decode(audio=0)]
    sound = np.abs(np.concatenate(frames))
    free, ducked = (sound[int((at - 0.1) * 48000) : int((at + 0.2) * 48000)].max() for at in (1, 4))
    assert ducked < 0.4 * free


def test_a_bare_stream_is_in_time(flashes, clicks, tmp_path):
    made = scored(flashes("bare.m4v", "mpeg4"), clicks(), tmp_path)
    result = tmp_path / made.name
    np.testing.assert_allclose(flashes_of(result), FLASHES, atol=0.002)
    np.testing.assert_allclose(clicks_of(result), FLASHES, atol=0.002)


@pytest.mark.parametrize("options", [{"g": "24", "bf": "0"}, {"g": "48", "bf": "3"}])
def test_a_bare_stream_without_times_is_in_time(options, flashes, clicks, tmp_path):
    path = flashes("bare.h264", options=options)
    made = scored(path, clicks(), tmp_path)
    result = tmp_path / made.name
    assert result.suffix == ".mp4"
    np.testing.assert_allclose(flashes_of(result), FLASHES, atol=0.002)
    np.testing.assert_allclose(clicks_of(result), FLASHES, atol=0.01)
    assert open_video(result).video.duration == pytest.approx(5.0, abs=FRAME)


def test_a_damaged_bare_stream_is_refused_in_one_line(flashes, clicks, tmp_path):
    path = flashes("bare.h264", options={"g": "24", "bf": "2"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = bytes(600)
    path.write_bytes(data)
    with pytest.raises(EmsyncError, match=r"bare.h264: its picture has no times") as error:
        scored(path, clicks(), tmp_path)
    assert "\n" not in str(error.value)
    assert not [each for each in tmp_path.iterdir() if "film" in each.name]


def test_a_turned_picture_stays_turned(flashes, clicks, tmp_path):
    path = flashes("phone.mp4")
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4 + 40
    data[place : place + 36] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    assert (open_video(path).video.width, open_video(path).video.height) == (48, 64)
    made = scored(path, clicks(), tmp_path)
    video = open_video(tmp_path / made.name).video
    assert (video.width, video.height) == (48, 64)


def test_subtitles_and_chapters_are_kept(flashes, clicks, tmp_path):
    path = tmp_path / "titled.mkv"
    with (
        av.open(str(flashes("plain.mp4"))) as plain,
        av.open(str(_subtitles(tmp_path))) as titles,
        av.open(str(path), "w") as target,
    ):
        streams = [target.add_stream_from_template(c.streams[0]) for c in (plain, titles)]
        target.set_chapters([_chapter(0, 2000, "One"), _chapter(2000, 5000, "Two")])
        for source, stream in zip((plain, titles), streams, strict=True):
            for packet in source.demux():
                if packet.size:
                    packet.stream = stream
                    target.mux(packet)
    made = scored(path, clicks(), tmp_path)
    assert made.name == "film.mkv"
    with av.open(str(tmp_path / made.name)) as film:
        chapters = film.chapters()
        assert [each["metadata"]["title"] for each in chapters] == ["One", "Two"]
        assert [float(each["start"] * each["time_base"]) for each in chapters] == [0.0, 2.0]
        found = [(p.pts * p.time_base, bytes(p)) for p in film.demux(subtitles=0) if p.size]
    assert found == [(1, b"Hello"), (3, b"Again")]
    np.testing.assert_allclose(clicks_of(tmp_path / made.name), FLASHES, atol=0.01)


def _subtitles(folder: Path) -> Path:
    path = folder / "titles.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nAgain\n"
    )
    return path


def _chapter(start: int, end: int, title: str) -> dict:
    return {"id": start, "start": start, "end": end, "time_base": Fraction(1, 1000),
            "metadata": {"title": title}}  # fmt: skip


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_the_film_has_the_timecode_of_its_first_frame(name, flashes, clicks, tmp_path):
    path = flashes(name, "libvpx" if name.endswith("webm") else "libx264")
    reader = open_video(path)
    source = FilmSource(path, reader.zero, 0.0, 5.0, True, lambda seconds: "01:00:00:12")
    made = write_film(source, clicks(), tmp_path)
    assert open_video(tmp_path / made.name).video.timecode == "01:00:00:12"


def test_shots_become_chapters(flashes, clicks, tmp_path):
    shots = (Chapter(0.0, 2.5, "Shot 1"), Chapter(2.5, 5.0, "Shot 2"))
    made = scored(flashes("plain.mp4"), clicks(), tmp_path, cuts=shots)
    with av.open(str(tmp_path / made.name)) as film:
        found = [
            (float(each["start"] * each["time_base"]), each["metadata"]["title"])
            for each in film.chapters()
        ]
    assert found == [(0.0, "Shot 1"), (2.5, "Shot 2")]


def test_the_films_own_sound_is_mixed_in_time(flashes, clicks, tmp_path):
    path = flashes("talk.mp4", start=0.5, sound=(0.0, 5.5))
    quiet = clicks((), 5.5)
    made = scored(path, quiet, tmp_path, level=-6.0)
    assert made.original
    result = sound_of(tmp_path / made.name)
    own = sound_of(path)
    middle = slice(RATE, 4 * RATE)
    assert np.abs(result[middle]).max() == pytest.approx(np.abs(own[middle]).max() / 2, rel=0.1)
    second = own[RATE : 2 * RATE]
    lags = [np.dot(result[RATE + lag : 2 * RATE + lag], second) for lag in range(-40, 41)]
    assert abs(int(np.argmax(lags)) - 40) <= 2


def test_loud_sound_and_loud_music_together_do_not_clip(flashes, clicks, tmp_path):
    path = flashes("talk.mp4", sound=(0.0, 5.0))
    made = scored(path, clicks((1.0, 2.0, 3.0)), tmp_path, level=12.0)
    assert np.abs(sound_of(tmp_path / made.name)).max() < 1.0


def test_a_silent_film_has_the_music_alone(flashes, clicks, tmp_path):
    path = flashes("silent.mp4")
    with pytest.warns(UserWarning, match=r"silent.mp4: has no sound to mix with"):
        made = scored(path, clicks(), tmp_path, level=0.0)
    assert not made.original
    np.testing.assert_allclose(clicks_of(tmp_path / made.name), FLASHES, atol=0.002)


def sound_of(path: Path) -> np.ndarray:
    """The left channel."""
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
