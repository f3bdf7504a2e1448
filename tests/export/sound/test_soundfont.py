from __future__ import annotations

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.score import Instrument
from export.sound.fonts import SHIPPED, open_font, part_font
from export.sound.presets import take_presets
from export.sound.shipped_font import shipped_font
from export.sound.soundfont import read_soundfont, to_bytes, unpacked

FLUID = "/usr/share/sounds/sf3/FluidR3Mono_GM.sf3"
MUSESCORE = "/usr/share/sounds/sf3/MuseScore_General_Lite.sf3"


def test_the_shipped_font_has_the_five_parts(font):
    assert set(font.presets) == {(0, 32), (128, 0), (0, 25), (0, 0), (0, 48)}
    assert SHIPPED.stat().st_size < 5_000_000
    assert b"MIT" in font.info["ICMT"] and b"Frank Wen" in font.info["ICMT"]


def test_the_shipped_font_is_made_of_its_sources(tmp_path):
    paths = [tmp_path.__class__(name) for name in (FLUID, MUSESCORE)]
    if not all(path.exists() for path in paths):
        pytest.skip("needs Debian's fluidr3mono-gm-soundfont and musescore-general-soundfont-small")
    assert shipped_font(*paths) == SHIPPED.read_bytes()


def test_a_font_is_read_as_it_was_written(font, tmp_path):
    path = tmp_path / "again.sf3"
    path.write_bytes(to_bytes(font))
    again = read_soundfont(path)
    assert bytes(again.samples) == bytes(font.samples)
    for name, table in font.tables.items():
        assert np.array_equal(again.tables[name], table), name


def test_a_preset_is_taken_with_all_that_it_needs_and_nothing_else(font):
    row = font.presets.index((0, 25))
    one = take_presets([(font, row, 0, 25)])
    assert one.presets == [(0, 25)]
    assert 0 < len(one.tables["shdr"]) < len(font.tables["shdr"]) / 4
    assert len(one.samples) < len(font.samples) / 5
    assert bytes(one.samples[:4]) == b"OggS"


def test_unpacked_samples_keep_their_loops(font):
    row = font.presets.index((0, 48))
    packed = take_presets([(font, row, 0, 48)])
    plain = unpacked(packed)
    for before, after in zip(packed.tables["shdr"][:-1], plain.tables["shdr"][:-1], strict=True):
        assert after["kind"] & 0x10 == 0
        assert after["loop"] - after["start"] == before["loop"]
        assert after["start"] < after["loop"] < after["loop_end"] <= after["end"]
    assert to_bytes(plain)[:4] == b"RIFF"


def test_presets_of_plain_samples_keep_their_loops(font, tmp_path):
    path = tmp_path / "plain.sf2"
    path.write_bytes(to_bytes(unpacked(font)))
    plain = read_soundfont(path)
    last = take_presets([(plain, len(plain.presets) - 1, 0, 48)])
    whole = unpacked(font)
    names = [head["name"] for head in whole.tables["shdr"]]
    for head in last.tables["shdr"][:-1]:
        before = whole.tables["shdr"][names.index(head["name"])]
        assert head["loop"] - head["start"] == before["loop"] - before["start"]
        start, end, old = int(head["start"]), int(head["end"]), int(before["start"])
        assert bytes(last.samples[2 * start : 2 * end]) == bytes(
            whole.samples[2 * old : 2 * (old + end - start)]
        )


def test_keys_that_are_not_played_need_no_samples(font):
    row = font.presets.index((128, 0))
    kick = take_presets([(font, row, 128, 0)], {36})
    assert 0 < len(kick.tables["shdr"]) - 1 < 20


def test_an_instrument_that_plays_no_key_keeps_its_samples(font):
    row = font.presets.index((0, 25))
    guitar = take_presets([(font, row, 0, 25)], {127})
    assert len(guitar.tables["shdr"]) > 1


def test_a_program_that_the_font_lacks_is_played_by_its_nearest(font):
    with pytest.warns(UserWarning, match="no program 41 for the strings; its program 49 plays"):
        part_font(font, Instrument.STRINGS, {40})


def test_a_font_without_a_drum_kit_is_an_error_for_drums_alone(font, recwarn):
    row = font.presets.index((0, 0))
    piano = take_presets([(font, row, 0, 0)])
    part_font(piano, Instrument.PIANO, {0})
    with pytest.raises(EmsyncError, match="no drum kit"):
        part_font(piano, Instrument.DRUMS, {0})


BAD = {
    "empty.sf2": b"",
    "text.sf2": b"this is no sound font\n" * 10,
    "other.wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
    "head.sf2": b"RIFF\x04\0\0\0sfbk",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_font_is_an_error_in_one_line(tmp_path, name):
    (tmp_path / name).write_bytes(BAD[name])
    with pytest.raises(EmsyncError, match=f"{name}: is no sound font") as error:
        open_font(tmp_path / name)
    assert "\n" not in str(error.value)


def test_a_font_that_is_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("EMSYNC_SOUNDFONT", str(tmp_path / "none.sf2"))
    with pytest.raises(EmsyncError, match=r"none.sf2: can't be read"):
        open_font()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_broken_download_is_an_error(tmp_path, share, font):
    data = SHIPPED.read_bytes()
    path = tmp_path / "half.sf3"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(EmsyncError, match="sound font"):
        broken = open_font(path)
        for instrument in Instrument:
            part_font(broken, instrument, {instrument.program})
