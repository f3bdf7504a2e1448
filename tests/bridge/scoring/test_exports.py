"""Projects and sheet music beside a score."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from bridge.scoring.exports import hit_names, write_exports
from bridge.scoring.files import EXPORT_FILES, EXPORTS, RESULT
from bridge.scoring.sheet_music import PROGRAMS, check_musescore, write_pdf
from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.files import staged
from engine.hits import Hit
from engine.score import Instrument, Note, Score
from engine.section import Section
from engine.spotting import MusicCue
from export.notation.musicxml import musicxml

SCORE = Score((Note(Instrument.PIANO, 0.0, 1.0, 60),), (0.0, 2.0), (), 4.0)
PROJECTS = tuple(kind for kind in EXPORTS if kind != "pdf")


def cue_sheet(film: Path, **changes: object) -> CueSheet:
    hits = (Hit(1.0), Hit(2.0, "door"), Hit(0.0, end=0.5, kind="off"), Hit(3.0))
    sections = (
        Section(0.0, 2.0, {}, -0.3, 0.75, "user"),
        Section(2.0, 4.0, {}, math.nan, math.nan, "unknown"),
    )
    video = Video(str(film), 9.0, 25.0, 64, 48, "01:00:00:00")
    return replace(CueSheet(video, 2.0, 6.0, (), hits, sections), **changes)


def text(folder: Path, name: str = "score.rpp") -> str:
    return (folder / name).read_text("utf-8")


def test_hits_without_a_label_have_their_number(clip):
    assert hit_names(cue_sheet(clip)) == ((1.0, "hit 1"), (2.0, "door"), (3.0, "hit 3"))


def test_only_what_was_asked_for_is_written(clip, tmp_path):
    write_exports((), SCORE, cue_sheet(clip), tmp_path)
    assert not list(tmp_path.iterdir())
    write_exports(("dawproject",), SCORE, cue_sheet(clip), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["score.dawproject"]


def test_every_file_has_a_name_that_is_known(clip, tmp_path):
    write_exports(PROJECTS, SCORE, cue_sheet(clip), tmp_path)
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert len(files) == 8 and files <= set(EXPORT_FILES)
    assert {path.name for path in tmp_path.iterdir()} <= set(RESULT)


def test_the_film_is_named_from_where_the_files_will_lie(clip, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with staged(out) as beside:
        write_exports(("rpp",), SCORE, cue_sheet(clip), beside)
        cue = beside / "1m1"
        cue.mkdir()
        write_exports(("rpp",), SCORE, cue_sheet(clip), cue)
    for folder in (out, out / "1m1"):
        (line,) = [row for row in text(folder).splitlines() if "FILE" in row]
        assert (folder / line.split('"')[1]).resolve() == clip.resolve()


def test_the_project_has_the_films_timecode_and_emotions(clip, tmp_path):
    write_exports(("rpp",), SCORE, cue_sheet(clip), tmp_path)
    project = text(tmp_path)
    # An hour, and the two seconds at which the score begins.
    assert "PROJOFFS 3602 0 0" in project and "SOFFS 2\n" in project
    assert 'MARKER 2 2 "door"' in project
    assert 'MARKER 1 0 "tense" 1' in project and 'MARKER 2 2 "unknown" 1' in project


def test_a_film_that_is_gone_is_left_out(tmp_path):
    write_exports(("rpp",), SCORE, cue_sheet(tmp_path / "gone.mp4"), tmp_path)
    assert "SOURCE VIDEO" not in text(tmp_path)


def test_a_silent_film_has_no_channels(clip, tmp_path):
    write_exports(("dawproject",), SCORE, cue_sheet(clip), tmp_path)
    with ZipFile(tmp_path / "score.dawproject") as archive:
        assert b'channels="0" sampleRate="0"' in archive.read("project.xml")


def test_the_project_of_a_reel_has_its_cues_as_regions(clip, tmp_path):
    cues = cue_sheet(clip, spotting=(MusicCue("1m1", 0.5, 1.5),))
    write_exports(PROJECTS, SCORE, cues, tmp_path)
    assert 'MARKER 1 0.5 "1m1" 1' in text(tmp_path, "reel.rpp")
    assert (tmp_path / "ardour" / "reel.ardour").exists()


def test_without_musescore_a_pdf_is_refused_before_any_work(monkeypatch):
    monkeypatch.setenv("PATH", "")
    check_musescore(("rpp",))
    with pytest.raises(EmsyncError, match="pdf: MuseScore is not found"):
        check_musescore(("pdf",))


@pytest.mark.parametrize("does", ["exit 1", "exit 0"])
def test_a_musescore_that_fails_is_a_warning(tmp_path, monkeypatch, does):
    program = tmp_path / PROGRAMS[0]
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.warns(UserWarning, match="could not set score.musicxml"):
        write_pdf(tmp_path / "score.musicxml", tmp_path / "score.pdf")
    assert not (tmp_path / "score.pdf").exists()


def test_musescore_sets_the_pages(clip, tmp_path):
    try:
        check_musescore(("pdf",))
    except EmsyncError:
        pytest.skip("needs MuseScore (apt-get install --no-install-recommends musescore3)")
    (tmp_path / "score.musicxml").write_bytes(musicxml(SCORE, "A film"))
    write_exports(("pdf",), SCORE, cue_sheet(clip), tmp_path)
    assert (tmp_path / "score.pdf").read_bytes().startswith(b"%PDF")
