from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.analysis import cue_sheet, measure
from engine.errors import EmsyncError
from engine.measurements import read_measurements, read_prints, write_measurements
from engine.video.demo import draw_demo


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """The demo film's first twelve seconds, with its first two cuts."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    draw_demo(path, seconds=12)
    return path


@pytest.fixture(scope="module")
def scores(film: Path) -> Path:
    path = film.with_name("scores.npz")
    write_measurements(measure(film), path)
    return path


def test_the_file_gives_the_same_cue_sheet_at_every_sensitivity(film, scores):
    measured, kept = measure(film), read_measurements(scores, film)
    for sensitivity in (0.1, 1.0, 1.5):
        fresh, again = (cue_sheet(each, sensitivity) for each in (measured, kept))
        assert [cut.time for cut in again.cuts] == [cut.time for cut in fresh.cuts]
        assert again.boundaries == fresh.boundaries
        assert again.video == fresh.video and again.sections == fresh.sections


def test_a_higher_sensitivity_finds_at_least_as_much(film, scores):
    kept = read_measurements(scores, film)
    counts = [len(cue_sheet(kept, sensitivity).cuts) for sensitivity in (0.02, 0.2, 1, 2)]
    assert counts == sorted(counts) and counts[0] < counts[2] == 2


def test_fingerprints_need_no_film(film, scores, tmp_path):
    times, prints, end = read_prints(scores)
    measured = measure(film)
    assert (prints == measured.prints).all() and (times == measured.curve.times).all()
    assert len(prints) == len(times) and end == 12
    with pytest.raises(EmsyncError, match=r"gone.npz: can't be read"):
        read_prints(tmp_path / "gone.npz")
    (tmp_path / "broken.npz").write_bytes(b"PK")
    with pytest.raises(EmsyncError, match=r"broken.npz: is no file of scores"):
        read_prints(tmp_path / "broken.npz")


def test_scores_of_another_film_or_part_are_refused(film, scores, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(b"film")
    with pytest.raises(EmsyncError, match="scores of another film"):
        read_measurements(scores, other)
    with pytest.raises(EmsyncError, match="from 0 s to 12 s"):
        read_measurements(scores, film, 2.0)
    with pytest.raises(EmsyncError, match=r"gone.mp4: can't be read"):
        read_measurements(scores, tmp_path / "gone.mp4")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_broken_file_is_refused_in_one_line(film, scores, tmp_path, share):
    broken, whole = tmp_path / "broken.npz", scores.read_bytes()
    broken.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(EmsyncError, match=r"^[^\n]*broken.npz: is no file of scores[^\n]*$"):
        read_measurements(broken, film)


def test_a_file_of_another_version_is_refused(film, scores, tmp_path):
    with np.load(scores) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["version"] = np.array(0)
    np.savez(tmp_path / "old.npz", **arrays)
    with pytest.raises(EmsyncError, match="another version"):
        read_measurements(tmp_path / "old.npz", film)
