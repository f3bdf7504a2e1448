"""``emsync plan`` and ``emsync tempo``."""

from __future__ import annotations

import json
from itertools import pairwise

import mido
import pytest

from bridge.cli import main
from engine.plan.json_form import read_plan


@pytest.fixture(scope="module")
def analyzed(clip, tmp_path_factory):
    """The text of the clip's cue sheet."""
    path = tmp_path_factory.mktemp("cues") / "cues.json"
    assert main(["analyze", str(clip), "-o", str(path)]) == 0
    return path.read_text()


@pytest.fixture
def cues(analyzed, tmp_path):
    """The cue sheet of the clip."""
    path = tmp_path / "cues.json"
    path.write_text(analyzed)
    return path


@pytest.fixture
def plan(emsync, cues, tmp_path):
    """Plan for the cue sheet, with options; returns what was said, and the plan."""

    def run(*options):
        path = tmp_path / "a.plan.json"
        done = emsync("plan", cues, "-o", path, "--force", *options)
        assert done.status == 0, done.err
        return done.out, read_plan(path)

    return run


def tempi(plan):
    """The tempo between the points of a plan, in beats a minute."""
    return [60 * (b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(plan.points)]


def messages(path, kind):
    return [m for track in mido.MidiFile(path).tracks for m in track if m.type == kind]


def test_a_plan_is_written_edited_and_kept(emsync, clip, network_file, tmp_path):
    path = tmp_path / "plan.json"
    done = emsync("plan", clip, "-o", path)
    assert done.status == 0
    assert "2 of 2 boundaries on a beat, 2 at the start of a bar" in done.out
    content = json.loads(path.read_text())
    assert content["points"][0] == {"beat": 0, "seconds": 0.0}
    first = {**content["phrases"][0], "chords": ["Dm", "A7 Dm"], "key": "D minor"}
    path.write_text(json.dumps({**content, "bars": [3], "phrases": [first]}))
    words = ("-o", tmp_path / "out", "--model", network_file, "--takes", 1)
    assert emsync("score", clip, "--plan", path, *words).status == 0
    assert read_plan(tmp_path / "out" / "plan.json") == read_plan(path)
    score = tmp_path / "out" / "score.mid"
    signatures = messages(score, "time_signature")
    assert [(m.numerator, m.denominator) for m in signatures] == [(3, 4)]
    assert {m.key for m in messages(score, "key_signature")} == {"Dm"}


def test_the_plan_is_a_table_with_a_picture_beside_it(plan, tmp_path):
    out, made = plan("--bpm", 160)
    first, head, *rows = out.splitlines()
    assert first.startswith(f"{tmp_path / 'a.plan.json'}, a.plan.svg: ")
    assert head.split() == [
        "time", "bar", "form", "key", "notes/s", "level", "register", "players", "chords",
    ]  # fmt: skip
    assert len(rows) == len(made.phrases) > 1
    for row, phrase in zip(rows, made.phrases, strict=True):
        assert row.split()[1:3] == [str(phrase.bar), phrase.form]
        assert row.endswith(" | ".join(phrase.chords))
    assert (tmp_path / "a.plan.svg").read_text().startswith("<svg")


def test_a_cue_sheet_by_itself_gives_the_plan_of_its_film(emsync, clip, plan, tmp_path):
    words = ("--seed", 4, "--emotion", "tender", "--time-signature", "3/4")
    assert emsync("plan", clip, "-o", tmp_path / "film.json", *words).status == 0
    _, made = plan(*words)
    assert made == read_plan(tmp_path / "film.json")
    assert made.usual_bar == 3


def test_what_the_user_fixes_is_kept(plan):
    _, made = plan(
        "--key", "F#m", "--density", 9, "--instruments", "piano,bass", "--feel", "swing",
        "--chords", "F#m | D E",
    )  # fmt: skip
    assert made.feel == "swing"
    for phrase in made.phrases:
        assert phrase.key == "F# minor"
        assert {i.value for i in phrase.instruments} <= {"piano", "bass"}
    assert made.phrases[0].chords[:2] == ("F#m", "D E")


def test_another_seed_gives_another_plan(plan):
    assert plan("--seed", 1) == plan("--seed", 1)
    assert plan("--seed", 1)[1] != plan("--seed", 2)[1]


def test_a_given_tempo_is_planned_without_bends(plan):
    out, made = plan("--bpm", 90, "--time-signature", "3/4")
    assert ": 90.0 bpm, " in out
    assert tempi(made) == pytest.approx([90.0] * (len(made.points) - 1), abs=1e-6)


def test_every_boundary_is_counted_in_the_table(emsync, cues):
    sheet = json.loads(cues.read_text())
    cues.write_text(json.dumps({**sheet, "boundaries": [0.3 * n for n in range(1, 18)]}))
    _, _, *rows = emsync("tempo", cues).out.splitlines()
    for row in rows:
        downbeats, others, missed = map(int, row.split()[1:4])
        assert downbeats + others + missed == 17 and missed > 0


@pytest.mark.parametrize(("spacing", "met"), [(4.0, 29), (0.5, 0)])
def test_hits_at_a_slow_tempo_are_met_where_they_are_a_beat_apart(
    emsync, cues, tmp_path, spacing, met
):
    """At 30 bpm a beat lasts two seconds."""
    sheet = json.loads(cues.read_text())
    sheet["video"]["duration"] = sheet["end"] = sheet["sections"][-1]["end"] = 120.0
    sheet["boundaries"] = [spacing * number + 0.25 * (spacing < 2) for number in range(1, 30)]
    cues.write_text(json.dumps(sheet))
    done = emsync("plan", cues, "-o", tmp_path / "p.json", "--bpm", 30)
    assert done.status == 0
    assert ": 30.0 bpm, " in done.out
    assert f"; {met} of 29 boundaries on a beat" in done.out


def test_a_film_without_boundaries_is_planned(emsync, cues, tmp_path):
    sheet = json.loads(cues.read_text())
    cues.write_text(json.dumps({**sheet, "boundaries": [], "cuts": []}))
    assert emsync("plan", cues, "-o", tmp_path / "p.json").status == 0
    assert read_plan(tmp_path / "p.json").duration == 9.0
    assert emsync("tempo", cues).out.startswith("0 boundaries in 9.0 s")


def test_tempi_are_a_table(emsync, clip, cues):
    done = emsync("tempo", clip)
    first, head, *rows = done.out.splitlines()
    assert first.startswith("2 boundaries in 9.0 s")
    assert head.split()[0] == "tempo" and len(rows) > 3
    assert all(40 < float(row.split()[0]) < 200 for row in rows)
    assert emsync("tempo", cues).out == done.out


def test_a_given_tempo_is_the_tables_only_row(emsync, cues):
    first, _, *rows = emsync("tempo", cues, "--bpm", 90, "--meter", "6/8").out.splitlines()
    assert first.endswith("the tempo does not bend")
    assert [row.split()[0] for row in rows] == ["90.0"]


def test_the_best_tempo_is_drawn(emsync, cues, tmp_path):
    picture = tmp_path / "bars.svg"
    assert emsync("tempo", cues, "--picture", picture).status == 0
    wrong = emsync("tempo", cues, "--picture", picture.with_suffix(".png"))
    assert wrong.err.endswith("bars.png: end its name in .svg\n")
    assert picture.read_text().startswith("<svg")
    again = emsync("tempo", cues, "--picture", picture)
    assert again.err == f"emsync: {picture} exists; give another name or --force\n"


WRONG = {
    "a tempo nobody can play": ("--bpm", "1000"),
    "a metre that can't be planned": ("--meter", "7/8"),
    "no feel": ("--feel", "x"),
    "swing where beats are dotted": ("--feel", "swing", "--meter", "6/8"),
    "no chord": ("--chords", "X"),
    "no chords": ("--chords", ""),
    "no key": ("--key", "H"),
    "no density": ("--density", "0"),
    "no instrument": ("--instruments", "kazoo"),
    "a part of what is a part": ("--start", "1"),
    "two cue sheets": ("--cues", "CUES"),
    "boundaries beyond the end": ("--boundaries", "HITS"),
    "a folder": ("-o", "."),
    "no name": ("-o", ""),
    "the root": ("-o", "/"),
    "the name of the picture": ("-o", "plan.svg"),
    "an option of composing": ("--free",),
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_what_can_not_be_planned_is_one_line(emsync, cues, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hits.txt").write_text("12.0\n")
    words = [{"CUES": cues, "HITS": tmp_path / "hits.txt"}.get(word, word) for word in words]
    result = emsync("plan", cues, *words)
    assert result.status == 2 and result.out == ""
    assert result.err.startswith("emsync: ") and result.err.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"cues.json", "hits.txt"}


@pytest.mark.parametrize("words", [("--bpm", "1000"), ("--meter", "7/8"), ("--chords", "Am")])
def test_wrong_options_of_tempo_are_one_line(emsync, tmp_path, words):
    # The film does not exist; the command does not get that far.
    result = emsync("tempo", tmp_path / "none.mp4", *words)
    assert result.status == 2 and result.err.count("\n") == 1
    assert "no such file" not in result.err


@pytest.mark.parametrize("command", ["plan", "tempo"])
@pytest.mark.parametrize("text", ["", "{", "[]", '{"video": 3}', '{"duration": 9.0}'])
def test_a_broken_cue_sheet_is_one_line_that_names_it(emsync, tmp_path, command, text):
    path = tmp_path / "broken.json"
    path.write_text(text)
    result = emsync(command, path)
    assert result.status == 2
    assert result.err.startswith(f"emsync: {path}: ") and result.err.count("\n") == 1


@pytest.mark.parametrize("name", ["a.json", "a.svg"])
def test_neither_plan_nor_picture_is_replaced(emsync, tmp_path, name):
    # The film does not exist; the command does not get that far.
    (tmp_path / name).write_text("mine")
    result = emsync("plan", tmp_path / "none.mp4", "-o", tmp_path / "a.json")
    assert result.err == f"emsync: {tmp_path / name} exists; give another name or --force\n"
    assert (tmp_path / name).read_text() == "mine"


def test_the_tempo_map_of_a_project_is_kept(emsync, cues, tmp_path):
    """A project at 75 bpm, then 150, as a DAW exports it."""
    track = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=800_000),
            mido.MetaMessage("time_signature", numerator=3, denominator=4),
            mido.MetaMessage("set_tempo", tempo=400_000, time=6 * 480),
        ]
    )
    mido.MidiFile(type=0, ticks_per_beat=480, tracks=[track]).save(tmp_path / "project.mid")
    out = tmp_path / "kept.json"
    result = emsync("plan", cues, "--tempo-map", tmp_path / "project.mid", "-o", out)
    assert result.status == 0, result.err
    plan = read_plan(out)
    assert plan.points[:2] == ((0, 0.0), (6, 4.8)) and set(plan.bars) == {3}
    assert plan.seconds_at(9) == pytest.approx(6.0) and plan.phrases
    both = emsync("plan", cues, "--tempo-map", tmp_path / "project.mid", "--bpm", "90")
    assert both.status == 2 and "the tempo map has its own" in both.err
    none = emsync("plan", cues, "--tempo-map", tmp_path / "none.mid")
    assert none.status == 2 and none.err.count("\n") == 1 and "none.mid" in none.err
