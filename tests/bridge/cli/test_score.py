from __future__ import annotations

import json

import mido
import pretty_midi
import pytest

from bridge.cli import main
from engine.emotion.words import EMOTIONS, WORDS
from engine.score import Instrument

FILES = {
    "score.wav", "film.mp4",
    "score.mid", "score.musicxml", "score.svg", "plan.json", "cues.json", "report.json",
    "scores.npz", "stems", "strip.jpg", "takes", "written.mid",
}  # fmt: skip
SOUND = {"score.wav", "film.mp4"}


@pytest.fixture
def score(emsync, clip, network_file, tmp_path):
    """Score the clip with the tiny network; returns the folder. One take unless options say so."""

    def run(*options, name="out"):
        folder = tmp_path / name
        takes = () if "--takes" in options else ("--takes", 1)
        result = emsync("score", clip, "-o", folder, "--model", network_file, "--no-audio",
                        *takes, *options)  # fmt: skip
        assert result.status == 0, result.err
        return folder

    return run


@pytest.fixture(scope="module")
def scored(clip, network_file, tmp_path_factory):
    """The folder of the clip's score, with the usual takes and without sound."""
    folder = tmp_path_factory.mktemp("scores") / "out"
    words = ("score", clip, "-o", folder, "--model", network_file, "--no-audio")
    assert main([str(word) for word in words]) == 0
    return folder


def test_writes_everything_and_says_so(emsync, clip, network_file, tmp_path):
    result = emsync("score", clip, "-o", tmp_path / "out", "--model", network_file)
    assert result.status == 0
    assert "boundaries met by a long chord within a second" in result.out
    assert "\n  energy " in result.out
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_a_second_score_keeps_the_first_and_names_its_own_folder(
    emsync, clip, network_file, tmp_path
):
    words = ("score", clip, "-o", tmp_path / "out", "--model", network_file, "--takes", 1)
    assert emsync(*words).status == 0
    first = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    said = emsync(*words, "--seed", 5).out
    assert said.startswith(f"{tmp_path / 'out-2'}: score.mid") and "plan.json" in said
    assert all(path.read_bytes() == data for path, data in first.items())
    assert {path.name for path in (tmp_path / "out-2").iterdir()} == FILES - {"takes"}
    assert emsync(*words, "--seed", 5, "--force").out.startswith(f"{tmp_path / 'out'}: score.mid")
    assert (tmp_path / "out" / "score.mid").read_bytes() != first[tmp_path / "out" / "score.mid"]


def test_hits_without_a_name_are_numbered_markers_of_the_midi_file(score):
    folder = score("--takes", 1)
    conductor = mido.MidiFile(folder / "score.mid").tracks[0]
    names = [event.text for event in conductor if event.type == "marker" and event.text != "chord"]
    hits = json.loads((folder / "report.json").read_text())["hits"]
    assert hits and names == [f"hit {number + 1}" for number in range(len(hits))]


def test_projects_that_are_asked_for_lie_beside_the_music(score, clip):
    folder = score("--rpp", "--dawproject", "--ardour", "--takes", 1)
    made = {"score.rpp", "score.dawproject", "ardour"}
    assert {path.name for path in folder.iterdir()} == (FILES - SOUND - {"takes"}) | made
    (line,) = [row for row in (folder / "score.rpp").read_text().splitlines() if "FILE" in row]
    assert (folder / line.split('"')[1]).resolve() == clip.resolve()
    # Those of an earlier piece go with it.
    score("--force", "--takes", 1)
    assert {path.name for path in folder.iterdir()} == FILES - SOUND - {"takes"}


def test_every_file_lasts_as_long_as_the_film(scored):
    for path in [scored / "score.mid", *(scored / "stems").iterdir()]:
        assert mido.MidiFile(path).length == pytest.approx(9.0, abs=0.05)
        assert pretty_midi.PrettyMIDI(str(path)).get_end_time() <= 9.05


def test_stems_hold_what_the_score_holds(scored):
    parts = {i.name: i.notes for i in pretty_midi.PrettyMIDI(str(scored / "score.mid")).instruments}
    for instrument in Instrument:
        stem = pretty_midi.PrettyMIDI(str(scored / "stems" / f"{instrument.value}.mid"))
        notes = [str(note) for part in stem.instruments for note in part.notes]
        assert notes == [str(note) for note in parts.get(instrument.value.capitalize(), [])]


def test_cues_and_report_have_their_fields(scored):
    cues = json.loads((scored / "cues.json").read_text())
    assert cues["video"].keys() == {"path", "duration", "fps", "width", "height"}
    (cut,) = cues["cuts"]
    assert cut["kind"] == "cut" and cut["time"] == pytest.approx(4.0, abs=0.01)
    assert cues["boundaries"] == [0.0, cut["time"]]
    assert cues["sections"][0]["source"].startswith("look")
    report = json.loads((scored / "report.json").read_text())
    assert report["timings"].keys() == {"load", "analyze", "compose", "export", "total", "render"}
    assert report["model"].keys() == {
        "name", "sha256", "parameters", "device", "precision",
    }  # fmt: skip
    assert report["alignment"].keys() == {"frame", "second", "precision"}
    assert report["notes"].keys() == {i.value for i in Instrument}


def test_same_seed_same_bytes_other_seed_other_piece(score):
    first, again, other = (
        (score("--seed", seed, name=name) / "score.mid").read_bytes()
        for seed, name in ((1, "a"), (1, "b"), (2, "c"))
    )
    assert first == again
    assert first != other


def test_only_the_named_instruments_play(score):
    report = json.loads((score("--instruments", "piano,bass") / "report.json").read_text())
    playing = {name for name, count in report["notes"].items() if count}
    assert playing <= {"piano", "bass"}


def test_warns_where_no_chord_can_be_hit(emsync, clip, network_file, tmp_path):
    words = ("score", clip, "-o", tmp_path, "--model", network_file, "--instruments", "drums")
    assert "no chord can land on a boundary" in emsync(*words, "--takes", 1, "--no-audio").err


def test_an_edited_cue_sheet_comes_back(score, tmp_path):
    cues = json.loads((score(name="first") / "cues.json").read_text())
    cues["boundaries"] = [2.5, 7.0]
    cues["sections"][0] |= {"valence": 0.25, "arousal": None}
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(cues))
    after = json.loads((score("--cues", edited, name="second") / "cues.json").read_text())
    assert after["boundaries"] == [2.5, 7.0]
    assert after["sections"][0]["valence"] == 0.25
    assert after["sections"][0]["arousal"] is None


def test_own_boundaries_are_not_thinned(score, tmp_path):
    hits = tmp_path / "hits.txt"
    hits.write_text("1.0\n0:02.5\n00:00:03.250\n")
    cues = json.loads((score("--boundaries", hits) / "cues.json").read_text())
    assert cues["boundaries"] == [1.0, 2.5, 3.25]


def test_a_part_of_the_film(score):
    folder = score("--start", 2, "--end", "0:07")
    cues = json.loads((folder / "cues.json").read_text())
    assert cues["boundaries"] == [pytest.approx(2.0, abs=0.01)]
    assert mido.MidiFile(folder / "score.mid").length == pytest.approx(5.0, abs=0.05)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--emotion", "joy"), (0.8, 0.505)),
        (("--emotion", "calm"), WORDS["calm"]),
        (("--valence", "-0.5", "--arousal", "1"), (-0.5, 1.0)),
    ],
)
def test_the_users_emotion_holds(score, options, expected):
    cues = json.loads((score(*options) / "cues.json").read_text())
    found = [(s["valence"], s["arousal"]) for s in cues["sections"]]
    assert found == [pytest.approx(expected, abs=0.001)] * len(found)
    assert {s["source"] for s in cues["sections"]} == {"user"}


def test_sections_have_the_users_emotions_and_intensity_scales_words(score):
    folder = score("--emotion", "calm, 0:03 v=-0.4 a=0.7", "--intensity", "0.4")
    sections = json.loads((folder / "cues.json").read_text())["sections"]
    valence, arousal = WORDS["calm"]
    found = [(s["start"], s["valence"], s["arousal"]) for s in sections]
    assert found == [
        (0.0, pytest.approx(valence / 2), pytest.approx(arousal / 2)),
        (3.0, -0.4, 0.7),
    ]
    assert json.loads((folder / "report.json").read_text())["intensity"] == 0.4


def test_an_emotion_beyond_the_end_is_refused(emsync, clip, network_file, tmp_path):
    words = ("--model", network_file, "-o", tmp_path / "out", "--emotion", "calm, 59:00 joy")
    done = emsync("score", clip, *words)
    assert done.status == 2 and "emotion: the one at 3540 s is beyond the end" in done.err


def test_help_lists_every_word_for_an_emotion(emsync, capfd):
    with pytest.raises(SystemExit):
        emsync("score", "--help")
    out = capfd.readouterr().out
    assert all(f"{word} " in out for word in EMOTIONS)
    assert "calm           +0.30    -0.70" in out


def test_bars_and_tempo_are_those_asked_for(score):
    midi = mido.MidiFile(score("--bpm", "97", "--meter", "3/4", "--key", "F#m") / "score.mid")
    tempos = [m.tempo for track in midi.tracks for m in track if m.type == "set_tempo"]
    metres = [m for track in midi.tracks for m in track if m.type == "time_signature"]
    assert [mido.tempo2bpm(tempo) for tempo in tempos] == [pytest.approx(97, abs=0.001)]
    assert [(m.numerator, m.denominator) for m in metres] == [(3, 4)]


def test_free_time_has_no_plan(score):
    folder = score("--free", "--takes", "1")
    assert {path.name for path in folder.iterdir()} == FILES - {
        "takes", "plan.json", "score.wav", "film.mp4",
    }  # fmt: skip


def test_the_plan_beside_the_score_makes_the_same_score(score):
    planned = score("--takes", "1", "--seed", "3", "--chords", "Am | F G", "--instruments", "piano")
    words = ("--takes", "1", "--seed", "3", "--plan", planned / "plan.json")
    kept = score(*words, name="kept")
    for name in ("score.mid", "plan.json"):
        assert (kept / name).read_bytes() == (planned / name).read_bytes()
    phrases = json.loads((kept / "plan.json").read_text())["phrases"]
    assert {name for phrase in phrases for name in phrase["instruments"]} == {"piano"}
    assert phrases[0]["chords"][:2] == ["Am", "F G"]


def test_a_tempo_slower_than_the_hits_is_kept(score, tmp_path):
    hits = tmp_path / "hits.txt"
    hits.write_text("1.0\n1.5\n5.0\n5.5\n")
    folder = score("--takes", "1", "--bpm", "30", "--boundaries", hits)
    midi = mido.MidiFile(folder / "score.mid")
    tempos = {m.tempo for track in midi.tracks for m in track if m.type == "set_tempo"}
    assert tempos == {2_000_000}
    assert json.loads((folder / "cues.json").read_text())["boundaries"] == [1.0, 1.5, 5.0, 5.5]


def test_other_takes_lie_beside_the_best(score):
    folder = score("--takes", "3")
    report = json.loads((folder / "report.json").read_text())
    others = {path.name for path in (folder / "takes").iterdir()}
    assert others == {"take-2.mid", "take-3.mid"}
    ratings = [take["rating"] for take in report["takes"]["ratings"]]
    assert len(ratings) == 3
    assert ratings == sorted(ratings, reverse=True)
    assert report["takes"]["gain"] >= 0
    score("--takes", "1", "--force")
    assert not (folder / "takes").exists()


def test_a_missing_device_is_one_line_and_the_cpu(emsync, clip, network_file, tmp_path):
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime has CUDA")
    words = ("score", clip, "-o", tmp_path / "out", "--model", network_file, "--no-audio")
    result = emsync(*words, "--device", "cuda", "--takes", 1)
    assert result.status == 0
    (line,) = [line for line in result.err.splitlines() if "cuda" in line]
    assert line.startswith("emsync: warning: device 'cuda': this onnxruntime has no CUDA")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["model"]["device"] == "cpu"
