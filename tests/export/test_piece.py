from dataclasses import replace
from pathlib import Path

from engine.score import Instrument, Note, Score
from export.midi import write_midi
from export.piece import write_piece


def take(pitch: int) -> Score:
    return Score((Note(Instrument.PIANO, 0.0, 1.0, pitch),), (0.0,), (), 2.0)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.mid"))


STEMS = [f"stems/{instrument.value}.mid" for instrument in Instrument]


def test_the_best_take_is_the_score_and_the_others_are_numbered_by_rating(tmp_path: Path) -> None:
    write_piece([take(60), take(62), take(64)], take(60), tmp_path)
    assert files(tmp_path) == ["score.mid", *STEMS, "takes/take-2.mid", "takes/take-3.mid"]
    for name, pitch in (("score.mid", 60), ("takes/take-3.mid", 64)):
        write_midi(take(pitch), tmp_path / "expected.mid")
        assert (tmp_path / name).read_bytes() == (tmp_path / "expected.mid").read_bytes()


def test_takes_of_an_earlier_piece_are_removed(tmp_path: Path) -> None:
    write_piece([take(60), take(62), take(64)], take(60), tmp_path)
    write_piece([take(60)], take(60), tmp_path)
    assert files(tmp_path) == ["score.mid", *STEMS]


def test_a_piece_that_is_not_played_as_written_has_a_file_of_that_too(tmp_path: Path) -> None:
    early = replace(take(60), notes=(replace(take(60).notes[0], end=0.9),))
    write_piece([early], take(60), tmp_path)
    assert files(tmp_path) == ["score.mid", *STEMS, "written.mid"]
    write_midi(take(60), tmp_path / "expected.mid")
    assert (tmp_path / "written.mid").read_bytes() == (tmp_path / "expected.mid").read_bytes()
    write_piece([early], early, tmp_path)
    assert not (tmp_path / "written.mid").exists(), "of an earlier piece"
