"""What is opened: any name, one file alone, and only what moves."""

from __future__ import annotations

import os
import wave

import av
import numpy as np
import pytest
from av.stream import Disposition

from engine.errors import EmsyncError
from engine.video.reader import open_video


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(
    "name",
    [
        "C:film.mp4",
        "file:film.mp4",
        "concat:film.mp4",
        "http:film.mp4",
        "pipe:0",
        "film%03d.mp4",
        "-i.mp4",
        "film\udcff.mp4",
        "film?a=1#b.mp4",
    ],
)
def test_a_name_is_never_taken_for_a_protocol(numbered, tmp_path, monkeypatch, name):
    numbered(24).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(list(open_video(name).frames())) == 24


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\n{film}\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile '{film}'\n",
    "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "list.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1"><BaseURL>{film}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
    "list.asx": '<asx version="3.0"><entry><ref href="{film}"/></entry></asx>',
}


@pytest.mark.parametrize("name", PLAYLISTS)
@pytest.mark.parametrize("whole", [False, True])
def test_a_playlist_draws_in_no_other_file(encode, tmp_path, name, whole):
    image = np.zeros((48, 64, 3), np.uint8)
    film = encode("film.ts", [image] * 48)
    target = str(film) if whole else film.name
    for path in (tmp_path / name, tmp_path / "film.mp4"):
        path.write_text(PLAYLISTS[name].format(film=target))
        with pytest.raises(EmsyncError, match="no picture can be decoded"):
            open_video(path)


@pytest.mark.parametrize("name", ["song.mp3", "song.m4a"])
def test_the_cover_of_a_song_is_no_film(tmp_path, name):
    path = tmp_path / name
    with av.open(str(path), "w", format="mp3" if name.endswith("3") else "mp4") as container:
        sound = container.add_stream("mp3" if name.endswith("3") else "aac", 48000, layout="mono")
        cover = container.add_stream("mjpeg", 1, width=64, height=64, pix_fmt="yuvj420p")
        cover.disposition = Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="bgr24")
        picture.pts = 0
        packets = cover.encode(picture) + cover.encode()
        for number in range(100):
            silence = np.zeros((1, 1152 if name.endswith("3") else 1024), np.float32)
            frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48000, number * silence.size
            packets += sound.encode(frame)
        for packet in packets + sound.encode():
            container.mux(packet)
    with pytest.raises(EmsyncError, match="has no moving picture"):
        open_video(path)


def test_a_film_with_a_cover_is_read(encode, tmp_path):
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        film = container.add_stream("mpeg4", 24, width=64, height=48, pix_fmt="yuv420p")
        cover = container.add_stream("mjpeg", 1, width=640, height=480, pix_fmt="yuvj420p")
        cover.disposition = Disposition.attached_pic
        for stream, count in ((cover, 1), (film, 48)):
            for number in range(count):
                image = np.zeros((stream.height, stream.width, 3), np.uint8)
                frame = av.VideoFrame.from_ndarray(image, format="bgr24")
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    video = open_video(path).video
    assert (video.width, video.height, video.duration) == (64, 48, 2.0)


def test_sound_alone_has_no_moving_picture(tmp_path):
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", "none"))
        sound.writeframes(bytes(32000))
    with pytest.raises(EmsyncError, match="has no moving picture"):
        open_video(path)
