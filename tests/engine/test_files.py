from __future__ import annotations

import os

import pytest

from engine.errors import EmsyncError
from engine.files import (
    final_folder,
    output_folder,
    rename_folder,
    replacing,
    staged,
    write_atomically,
)


@pytest.mark.parametrize(("data", "held"), [(b"\x00\xff", b"\x00\xff"), ("é\n", b"\xc3\xa9\n")])
def test_bytes_and_text_replace_the_old_file(tmp_path, data, held):
    path = tmp_path / "file"
    path.write_text("old")
    write_atomically(path, data)
    assert path.read_bytes() == held
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file.mp4"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as beside:
        assert beside.parent == tmp_path and beside.suffix == ".mp4"
        beside.write_text("half")
        _ = 1 / 0
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes with a path")
def test_a_pipe_or_a_device_is_never_replaced(tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(EmsyncError, match="is a device or a pipe; name a file"):
            write_atomically(path, "text")
    assert pipe.is_fifo() and link.is_symlink() and len(list(tmp_path.iterdir())) == 2


def test_places_that_can_not_be_written_are_one_line_errors(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "under", tmp_path / "gone" / "under", tmp_path):
        with pytest.raises(EmsyncError, match="can't be written") as caught:
            write_atomically(place, "text")
        assert str(caught.value).startswith(str(place)) and "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_output_folder_is_created_with_its_parents(tmp_path):
    assert output_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert output_folder(tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_an_output_folder_can_not_replace_a_file(tmp_path):
    (tmp_path / "file").touch()
    for place, what in (
        (tmp_path / "file", "it is a file"),
        (tmp_path / "file" / "out", "written"),
    ):
        with pytest.raises(EmsyncError, match=what):
            output_folder(place)


def test_a_staged_result_replaces_the_earlier_one_and_nothing_else(tmp_path):
    for name in ("score.mid", "plan.json", "mine.txt", "takes/take-1.mid", "takes/mine.mid"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old")
    with staged(tmp_path, ("plan.json", "takes/take-*.mid")) as beside:
        assert beside.parent == tmp_path
        (beside / "takes").mkdir()
        (beside / "score.mid").write_text("new")
        (beside / "takes" / "take-2.mid").write_text("new")
        assert (tmp_path / "score.mid").read_text() == "old"
    found = {path.name: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {
        "score.mid": "new", "take-2.mid": "new", "mine.txt": "old", "mine.mid": "old"
    }  # fmt: skip


def test_a_staged_folder_says_where_its_files_will_lie(tmp_path):
    assert final_folder(tmp_path / "out") == tmp_path / "out"
    with staged(tmp_path) as beside:
        assert final_folder(beside) == tmp_path
        assert final_folder(beside / "1m1") == tmp_path / "1m1"


@pytest.mark.parametrize("end", [ZeroDivisionError, KeyboardInterrupt])
def test_a_result_that_fails_or_is_interrupted_leaves_the_folder_as_it_was(tmp_path, end):
    (tmp_path / "plan.json").write_text("old")
    with pytest.raises(end), staged(tmp_path, ("plan.json",)) as beside:
        (beside / "score.mid").write_text("half")
        raise end
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_folder_gets_its_name_at_once(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "file").touch()
    (tmp_path / "done").mkdir()
    rename_folder(tmp_path / "work", tmp_path / "done")
    assert [path.name for path in tmp_path.rglob("*")] == ["done", "file"]
    (tmp_path / "work").mkdir()
    with pytest.raises(EmsyncError, match="can't be written"):
        rename_folder(tmp_path / "work", tmp_path / "done")
