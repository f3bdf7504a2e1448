"""The film strip shows each part of a film by a frame of its own shot."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.video.film_strip import HEIGHT, TILES, WIDTH, FilmStrip, film_strip, read_sheet

RATE = 12
SHADES = (40, 120, 200)


def film(path, width=96, height=54, form=None):
    """15 s in three shots of one shade each, with a key frame at the beginning alone."""
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream("mpeg4", RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"g": "600", "sc_threshold": "1000000000"}
        for number in range(15 * RATE):
            shade = SHADES[number // (5 * RATE)]
            image = np.full((height, width, 3), shade, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def shades(strip: FilmStrip) -> list[int]:
    """Which shot each tile shows."""
    means = [float(tile.mean()) for tile in strip.tiles]
    return [int(np.abs(np.array(SHADES) - mean).argmin()) for mean in means]


@pytest.mark.parametrize(("width", "height"), [(96, 54), (54, 96), (240, 100)])
def test_tiles_show_their_own_shots(tmp_path, width, height):
    strip = film_strip(film(tmp_path / "film.mp4", width, height), 0.0, 15.0, (5.0, 10.0))
    assert len(strip.tiles) == TILES
    assert {tile.shape for tile in strip.tiles} == {(HEIGHT, WIDTH, 3)}
    parts = [(number + 0.5) * 15 / TILES for number in range(TILES)]
    assert shades(strip) == [int(at // 5) for at in parts]


def test_a_part_of_a_film_and_a_bare_stream_have_strips_too(tmp_path):
    part = film_strip(film(tmp_path / "film.mp4"), 6.0, 14.0, (10.0,))
    parts = [6 + (number + 0.5) * 8 / TILES for number in range(TILES)]
    assert shades(part) == [int(at // 5) for at in parts]
    bare = film_strip(film(tmp_path / "film.m4v", form="m4v"), 0.0, 15.0)
    assert len(bare.tiles) == TILES and set(shades(bare)) <= {0, 1, 2}


def test_a_sheet_is_read_again(tmp_path):
    strip = film_strip(film(tmp_path / "film.mp4"), 0.0, 15.0, (5.0, 10.0))
    again = read_sheet(strip.sheet())
    assert shades(again) == shades(strip) and len(again.tiles) == TILES
    assert max(map(len, strip.jpegs())) < 3000
    for data in (b"", b"no picture", next(iter(strip.jpegs()))[:40]):
        with pytest.raises(ValueError, match="no film strip"):
            read_sheet(data)


def test_what_is_no_film_has_none(tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"no film" * 99)
    with pytest.raises(EmsyncError, match=r"film\.mp4"):
        film_strip(tmp_path / "film.mp4", 0.0, 15.0)
