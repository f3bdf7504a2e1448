"""Folders of labelled films."""

from __future__ import annotations

import math

import pytest

from engine.emotion.labels import labelled_films
from engine.errors import EmsyncError


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_named_after_emotions(tmp_path):
    touch(tmp_path / "Joy/b.mp4", tmp_path / "Joy/deep/a.MKV", tmp_path / "fear/c.webm")
    touch(tmp_path / "Joy/notes.txt", tmp_path / "joy-ride/x.mp4", tmp_path / "fear/.hidden.mp4")
    films = labelled_films(tmp_path)
    assert [(film.path.name, film.emotion) for film in films] == [
        ("b.mp4", "joy"), ("a.MKV", "joy"), ("c.webm", "fear"),
    ]  # fmt: skip
    assert math.isnan(films[0].valence)


def test_a_table_may_give_emotion_valence_and_arousal(tmp_path):
    touch(tmp_path / "a.mp4", tmp_path / "in/b.mp4")
    (tmp_path / "labels.csv").write_text(
        "File,emotion,Valence,arousal,split\na.mp4,Joy,0.5,,val\nin/b.mp4,,-1,.25,\n"
    )
    a, b = labelled_films(tmp_path)
    assert (a.emotion, a.valence, a.split) == ("joy", 0.5, "val") and math.isnan(a.arousal)
    assert (b.emotion, b.valence, b.arousal, b.split) == (None, -1, 0.25, "")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file\na.mp4\n", "needs the column file and one of"),
        ("emotion\njoy\n", "needs the column file"),
        ("file,emotion\n", "has no films"),
        ("file,emotion\na.mp4,hope\n", "line 2: emotion 'hope'"),
        ("file,emotion\nb.mp4,joy\n", "line 2: no file 'b.mp4'"),
        ("file,emotion\n,joy\n", "line 2: no file"),
        ("file,emotion\na.mp4,\n", "has no label"),
        ("file,valence\na.mp4,2\n", "valence '2'; give a number from -1 to 1"),
        ("file,valence\na.mp4,much\n", "valence 'much'"),
        ("file,valence\na.mp4,nan\n", "valence 'nan'"),
    ],
)
def test_faulty_tables_are_one_clear_line(tmp_path, table, message):
    touch(tmp_path / "a.mp4")
    (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(EmsyncError, match=message):
        labelled_films(tmp_path)


def test_a_folder_without_labelled_films_says_what_to_do(tmp_path):
    touch(tmp_path / "a.mp4")
    with pytest.raises(EmsyncError, match="put them into folders named anger"):
        labelled_films(tmp_path)
    with pytest.raises(EmsyncError, match="is no folder"):
        labelled_films(tmp_path / "none")
