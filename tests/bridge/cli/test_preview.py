from __future__ import annotations

import os
import sys
import time

import pytest

from bridge.cli.preview import film_of


@pytest.fixture
def scored(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "film.mp4").write_bytes(b"film")
    (folder / "score.wav").write_bytes(b"sound")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="Windows always has a desktop")
def test_without_a_screen_it_says_where_the_film_lies(emsync, scored, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "here")
    result = emsync("preview", scored)
    assert result.status == 0
    assert result.out == f"no desktop here; the film is {(scored / 'film.mp4').resolve()}\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="tests xdg-open")
def test_with_a_screen_the_desktop_opens_it(emsync, scored, monkeypatch, tmp_path):
    opener = tmp_path / "xdg-open"
    opener.write_text(
        f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/part\nmv {tmp_path}/part {tmp_path}/opened\n'
    )
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":9")
    assert emsync("preview", scored).out == f"opening {scored / 'film.mp4'}\n"
    for _ in range(200):
        if (tmp_path / "opened").exists():
            break
        time.sleep(0.05)
    assert (tmp_path / "opened").read_text() == str((scored / "film.mp4").resolve())


def test_the_newest_film_goes_before_the_sound(scored):
    assert film_of(scored).name == "film.mp4"
    os.utime(scored / "film.mp4", (1, 1))
    (scored / "film.mkv").write_bytes(b"newer")
    assert film_of(scored).name == "film.mkv"
    for name in ("film.mp4", "film.mkv"):
        (scored / name).unlink()
    assert film_of(scored).name == "score.wav"


@pytest.mark.parametrize(
    ("name", "text"), [("out", "no film and no sound"), ("no", "no such folder")]
)
def test_a_folder_without_a_film_is_an_error_in_one_line(emsync, scored, name, text):
    for path in scored.iterdir():
        path.unlink()
    result = emsync("preview", scored.with_name(name))
    assert result.status == 2 and text in result.err and result.err.count("\n") == 1
