from __future__ import annotations

from pathlib import Path

import pytest

from bridge.cli import main
from bridge.reaper.install import SCRIPTS, files, resource_folder

HOME = Path("/home/jürgen")


@pytest.mark.parametrize(
    ("system", "environment", "folder"),
    [
        ("linux", {}, "/home/jürgen/.config/REAPER"),
        ("linux", {"XDG_CONFIG_HOME": "/conf"}, "/conf/REAPER"),
        ("darwin", {}, "/home/jürgen/Library/Application Support/REAPER"),
        ("win32", {"APPDATA": "/c/Roaming"}, "/c/Roaming/REAPER"),
        ("win32", {}, "/home/jürgen/AppData/Roaming/REAPER"),
    ],
)
def test_the_resource_folder_is_that_of_the_system(system, environment, folder):
    assert resource_folder(system, HOME, environment) == Path(folder)


def test_all_scripts_are_installed_and_old_ones_go(tmp_path, capsys, monkeypatch):
    old = tmp_path / "Scripts/EMSYNC/emsync_Import stems.lua"
    old.parent.mkdir(parents=True)
    old.write_text("-- old")
    (tmp_path / "Scripts/EMSYNC/mine.lua").write_text("-- mine")
    monkeypatch.setattr("sys.argv", ["/opt/emsync ü/bin/emsync"])
    assert main(["reaper", "install", "--to", str(tmp_path)]) == 0
    assert "13 actions are installed" in capsys.readouterr().out
    target = tmp_path / "Scripts/EMSYNC"
    found = {path.relative_to(target) for path in target.rglob("*.lua")}
    assert found == {*files(), Path("mine.lua")}
    for name in files():
        assert (target / name).read_bytes() == (SCRIPTS / name).read_bytes()
    program = (tmp_path / "Data/EMSYNC/program.txt").read_text(encoding="utf-8")
    assert program == "/opt/emsync ü/bin/emsync\n"


def test_a_folder_that_is_none_is_one_line(tmp_path, capsys):
    assert main(["reaper", "install", "--to", str(tmp_path / "nowhere")]) == 2
    errors = capsys.readouterr().err
    assert "start REAPER once" in errors and errors.count("\n") == 1
    (tmp_path / "Scripts").write_text("a file")
    assert main(["reaper", "install", "--to", str(tmp_path)]) == 2
    assert "can't be written" in capsys.readouterr().err
