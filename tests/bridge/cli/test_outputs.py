from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

import pytest

from bridge.cli.outputs import RESULT, check_file, keep_source, result_folder
from engine.errors import EmsyncError

ROOT = Path(__file__).parents[3]


def written(path: Path, force: bool = False) -> Path:
    """Write a result, and return its folder."""
    with result_folder(path, force) as folder:
        (folder / "score.mid").write_text("music")
    return folder


def test_a_second_result_goes_beside_the_first(tmp_path):
    names = ["out", "out-2", "out-3"]
    assert [written(tmp_path / "out").name for _ in names] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"score.mid"}


def test_force_keeps_the_folder(tmp_path):
    written(tmp_path / "out")
    assert written(tmp_path / "out", force=True) == tmp_path / "out"


@pytest.mark.parametrize("name", RESULT)
def test_any_part_of_a_result_is_kept(tmp_path, name):
    (tmp_path / "out" / name).mkdir(parents=True)
    assert written(tmp_path / "out").name == "out-2"


def test_a_folder_of_other_files_is_used(tmp_path):
    (tmp_path / "holiday.mp4").touch()
    assert written(tmp_path) == tmp_path


@pytest.mark.parametrize("force", [False, True])
def test_the_film_itself_is_never_replaced(tmp_path, force):
    film = tmp_path / "out" / "film.mp4"
    film.parent.mkdir()
    film.write_text("the only copy")
    with result_folder(tmp_path / "out", force) as folder:
        if force:
            with pytest.raises(EmsyncError, match=r"film.mp4 is the film itself; name another"):
                keep_source(folder, film)
        else:
            keep_source(folder, film)
            assert folder == tmp_path / "out-2"


def test_a_folder_without_a_name_of_its_own_is_refused(tmp_path, monkeypatch):
    (tmp_path / "under").mkdir()
    monkeypatch.chdir(tmp_path / "under")
    for path in (Path("."), Path("..")):
        written(path)
        with pytest.raises(EmsyncError, match="name another folder"):
            written(path)


def test_a_block_that_fails_leaves_no_empty_folder(tmp_path):
    with pytest.raises(ZeroDivisionError), result_folder(tmp_path / "out", force=False):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_commands_that_run_at_once_share_no_folder(tmp_path):
    with ExitStack() as stack:
        folders = [stack.enter_context(result_folder(tmp_path / "out", False)) for _ in range(3)]
        assert [folder.name for folder in folders] == ["out", "out-2", "out-3"]
    # They have left nothing, so the folder is free again.
    assert written(tmp_path / "out").name == "out"


WRITE_AT_ONCE = """
import sys
from pathlib import Path
from bridge.cli.outputs import result_folder

print("ready", flush=True)
input()
with result_folder(Path(sys.argv[1]), force=False) as folder:
    (folder / "score.mid").write_text("music")
print(folder.name)
"""


def test_processes_that_start_at_once_share_no_folder(tmp_path):
    command = [sys.executable, "-c", WRITE_AT_ONCE, tmp_path / "out"]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT)
            )
            for _ in range(4)
        ]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 4
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        found = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert found == {"out", "out-2", "out-3", "out-4"}
    assert {path.name for path in tmp_path.iterdir()} == found


def test_a_file_is_replaced_by_force_alone(tmp_path):
    path = tmp_path / "cues.json"
    check_file(path, force=False)
    path.write_text("edited")
    with pytest.raises(EmsyncError) as caught:
        check_file(path, force=False)
    assert str(caught.value) == f"{path} exists; give another name or --force"
    check_file(path, force=True)
    with pytest.raises(EmsyncError, match="is a folder"):
        check_file(tmp_path, force=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes with a path")
def test_force_replaces_no_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EmsyncError, match="is a device or a pipe; name a file"):
        check_file(tmp_path / "pipe", force=True)


@pytest.mark.parametrize("command", ["analyze", "plan", "demo", "bench"])
def test_commands_refuse_to_replace_a_file_before_any_work(emsync, tmp_path, command):
    path = tmp_path / "file.mp4"
    path.write_text("mine")
    # The film does not exist; the command does not get that far.
    film = () if command in ("demo", "bench") else (tmp_path / "none.mp4",)
    result = emsync(command, *film, "-o", path)
    assert result.status == 2
    assert result.err == f"emsync: {path} exists; give another name or --force\n"
    assert path.read_text() == "mine"
