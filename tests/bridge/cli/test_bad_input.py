"""Whatever is wrong: one line, exit status 2, nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import wave

import pytest

WRONG_OPTIONS = {
    "a tempo nobody can play": ("--bpm", "1000"),
    "no metre": ("--bpm", "100", "--meter", "3"),
    "no key": ("--key", "H"),
    "a metre that can't be planned": ("--meter", "7/8"),
    "no feel": ("--feel", "x"),
    "swing where beats are dotted": ("--feel", "swing", "--meter", "6/8"),
    "no chord": ("--chords", "X"),
    "no chords": ("--chords", ""),
    "free time with a tempo": ("--free", "--bpm", "90"),
    "free time with a metre": ("--free", "--meter", "3/4"),
    "free time with chords": ("--free", "--chords", "Am"),
    "no music at all": ("--density", "0"),
    "valence": ("--valence", "3"),
    "arousal": ("--arousal", "-1.5"),
    "emotion": ("--emotion", "hunger"),
    "instrument": ("--instruments", "piano,kazoo"),
    "no instrument": ("--instruments", ","),
    "temperature": ("--temperature", "0"),
    "top-p": ("--top-p", "2"),
    "repetition": ("--repetition", "-1"),
    "device": ("--device", "abacus"),
    "end before start": ("--start", "5", "--end", "3"),
    "end beyond the film": ("--end", "99"),
    "start beyond the film": ("--start", "99"),
    "a time that is none": ("--start", "noon"),
    "an unknown option": ("--louder",),
    "a missing model": ("--model", "nowhere.onnx"),
    "a missing cue sheet": ("--cues", "nowhere.json"),
    "missing boundaries": ("--boundaries", "nowhere.txt"),
    "a missing plan": ("--plan", "nowhere.json"),
    "a folder for a plan": ("--plan", "."),
    "no expert": ("--experts", ","),
    "no threads": ("--threads", "0"),
    "a rate that is none": ("--frame-rate", "x"),
}


@pytest.fixture
def refused(emsync, network_file, tmp_path):
    """Run ``score``, see that it is refused in one line, and return the line."""

    def run(video, *options, output=None):
        output = output or tmp_path / "out"
        model = () if "--model" in options else ("--model", network_file)
        result = emsync("score", video, "-o", output, *model, *options)
        assert result.status == 2
        assert result.out == ""
        assert result.err.startswith("emsync: ")
        assert result.err.count("\n") == 1, result.err
        assert not (tmp_path / "out").exists()
        return result.err

    return run


@pytest.mark.parametrize("options", WRONG_OPTIONS.values(), ids=WRONG_OPTIONS.keys())
def test_wrong_options(refused, clip, options):
    assert refused(clip, *options)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--bpm", "1000"), "bpm 1000: give 30 to 300"),
        (("--meter", "7/8"), "time_signature '7/8': choose from 2/4, 3/4, 4/4, 6/8, 12/8"),
        (("--feel", "x"), "feel 'x': choose from straight, swing, triplet"),
        (
            ("--feel", "swing", "--meter", "6/8"),
            "feel 'swing': goes with the time signatures 2/4, 3/4, 4/4; leave it out, or choose "
            "one of them",
        ),
        (("--chords", ""), "chords '': write one or more for each bar, such as Am F C G"),
        (
            ("--free", "--bpm", "90"),
            "bpm: a piece in free time has none; leave it out, or leave out free",
        ),
    ],
)
def test_the_music_asked_for_is_checked_before_the_film(refused, tmp_path, options, line):
    assert refused(tmp_path / "none.mp4", *options) == f"emsync: {line}\n"


def test_a_mistyped_option_leads_to_the_help_that_lists_it(refused, clip):
    line = "unrecognized arguments: --sed 7 (did you mean --seed?); see emsync score --help"
    assert refused(clip, "--sed", "7") == f"emsync: {line}\n"


@pytest.mark.parametrize("option", ["--model", "--emotion-network"])
def test_a_network_that_is_none_is_named_itself(refused, clip, tmp_path, option):
    path = tmp_path / "notes.txt"
    path.write_text("no network")
    assert refused(clip, option, path).startswith(f"emsync: {path}: has no ")


def test_a_result_can_not_replace_a_file(refused, clip, tmp_path):
    path = tmp_path / "file"
    path.write_text("in the way")
    assert (
        refused(clip, output=path)
        == f"emsync: {path}: can't be written (it is a file); name a folder\n"
    )


def test_no_such_film(refused, tmp_path):
    assert "no such file" in refused(tmp_path / "nothing.mp4")


def test_a_text_for_a_film(tmp_path):
    # In a process of its own, where nothing has quietened FFmpeg before us.
    path = tmp_path / "notes.mp4"
    path.write_text("not a film\n" * 100)
    command = "import sys; from bridge.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", command, "score", path, "-o", tmp_path / "out"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    expected = f"emsync: {path}: no picture can be decoded; give a video file that plays\n"
    assert (done.returncode, done.stderr) == (2, expected)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_of_two_lines_is_shown_in_one(refused, tmp_path):
    path = tmp_path / "a\nb.mp4"
    path.touch()
    assert refused(path) == f"emsync: {tmp_path}/a\\nb.mp4: is empty; give a video file\n"


@pytest.mark.parametrize("option", ["--plan", "--cues", "--boundaries", "--spotting", "--scores"])
def test_a_path_with_a_zero_byte(refused, clip, option):
    assert f"argument {option}: 'a\\x00b' has a zero byte" in refused(clip, option, "a\0b")


def test_sound_without_picture(refused, tmp_path):
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    assert "no moving picture" in refused(path)


def test_a_film_cut_off_before_its_index(refused, clip, tmp_path):
    path = tmp_path / "half.mp4"
    path.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    assert str(path) in refused(path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("3\n00:00:02:99\n", "line 2"),
        ("3 slam [may, heavy]\n", "line 1"),
        ("1\n20\n", "number 2 (20 s) is beyond the end"),
        ("-1\n", "line 1"),
        ("soon\n", "line 1"),
    ],
)
def test_boundaries_that_will_not_do(refused, clip, tmp_path, text, complaint):
    path = tmp_path / "hits.txt"
    path.write_text(text)
    assert complaint in refused(clip, "--boundaries", path)


def test_an_output_that_can_not_be_written(refused, clip, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "can't be written" in refused(clip, output=tmp_path / "file" / "out")


def test_the_cue_sheet_of_another_film(refused, emsync, clip, tmp_path):
    assert emsync("analyze", clip, "-o", tmp_path / "cues.json").status == 0
    cues = json.loads((tmp_path / "cues.json").read_text())
    cues["video"]["duration"] = cues["end"] = 60.0
    cues["sections"][-1]["end"] = 60.0
    (tmp_path / "cues.json").write_text(json.dumps(cues))
    assert "analyze this film again" in refused(clip, "--cues", tmp_path / "cues.json")


PLAN = {
    "duration": 9.0,
    "points": [{"beat": 0, "seconds": 0.0}, {"beat": 18, "seconds": 9.0}],
    "bars": [4, 4, 4, 4, 2],
    "last_chord": 12,
    "phrases": [
        {
            "bar": 1, "form": "A", "key": "A minor", "instruments": ["piano"], "density": 9.0,
            "dynamics": "mf", "chords": ["Am", "F G"],
        },
    ],
}  # fmt: skip
FALLING = [*PLAN["points"], {"beat": 16, "seconds": 10.0}]
SLOW = [{"beat": 0, "seconds": 0.0}, {"beat": 2, "seconds": 9.0}]


def phrase(**changes):
    """The plan's phrases with some fields changed."""
    return [{**PLAN["phrases"][0], **changes}]


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("points", FALLING, "points[2]: beat 16 at 10 s does not come after beat 18"),
        ("points", [], "points: the first must be beat 0"),
        ("points", SLOW, "points[1]: 13 quarter notes a minute lead there; keep them from 30"),
        ("points", PLAN["points"][:1], "points: the last must lie at the end"),
        ("bars", [], "bars: give one or more"),
        ("bars", ["4/4"], "bars[0] must be a whole number from 1"),
        ("beat", "eighth", "beat: 'eighth'; choose from quarter, dotted quarter"),
        ("feel", "x", "feel: 'x'; choose from straight, swing, triplet"),
        ("phrases", phrase(key="H"), "phrases[0].key 'H': write it as"),
        ("phrases", phrase(instruments=[]), "phrases[0].instruments: name one or more"),
        ("phrases", phrase(instruments=["kazoo"]), "phrases[0].instruments: 'kazoo' is none of"),
        ("phrases", phrase(chords=["X"]), "phrases[0].chords[0]: chord 'X'"),
        ("phrases", phrase(chords=[""]), "phrases[0].chords[0]"),
        ("phrases", phrase(density=1000), "phrases[0].density: 1000; give"),
        ("phrases", phrase(dynamics="loud"), "phrases[0].dynamics: 'loud'; choose from pp"),
        ("phrases", phrase(bar=2), "phrases[0].bar: the first phrase must begin at bar 1"),
        ("phrases", phrase() + phrase(bar=99), "phrases[1].bar: bar 99 "),
        ("last_chord", 99, "last_chord: beat 99 is not within the film"),
        ("duration", 20.0, "points: the last must lie at the end"),
        ("tempo", 90, "tempo is no field here; choose from duration"),
    ],
)
def test_a_plan_edited_into_nonsense(refused, tmp_path, field, value, complaint):
    # The film does not exist; the command does not get that far.
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({**PLAN, field: value}))
    line = refused(tmp_path / "none.mp4", "--plan", path)
    assert line.startswith(f"emsync: {path}: {complaint}")


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"duration": NaN}'])
def test_a_plan_that_is_none(refused, tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    assert refused(tmp_path / "none.mp4", "--plan", path).startswith(f"emsync: {path}: ")


def test_the_plan_of_another_film(refused, clip, tmp_path):
    path = tmp_path / "plan.json"
    points = [{"beat": 0, "seconds": 0.0}, {"beat": 40, "seconds": 20.0}]
    path.write_text(json.dumps({**PLAN, "duration": 20.0, "points": points}))
    line = refused(clip, "--plan", path)
    assert line == (
        "emsync: plan: it lasts 20.000 s, but the film 9.000 s; plan this film again, or leave "
        "the plan out\n"
    )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--key", "C"), "key: the plan has its own; leave it out, or change the plan"),
        (("--bpm", "90"), "bpm: the plan has its own; leave it out, or change the plan"),
        (
            ("--instruments", "piano"),
            "instruments: the plan has its own; leave it out, or change the plan",
        ),
        (("--free",), "free: a plan has its own time; leave out one or the other"),
    ],
)
def test_a_plan_and_what_it_decides(refused, tmp_path, options, line):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(PLAN))
    assert refused(tmp_path / "none.mp4", "--plan", path, *options) == f"emsync: {line}\n"


@pytest.mark.parametrize("words", [(), ("compose",), ("score",)])
def test_wrong_commands(emsync, words):
    result = emsync(*words)
    assert result.status == 2
    assert result.err.count("\n") == 1


def test_help_and_version(emsync):
    for words in (("--help",), ("score", "--help"), ("--version",)):
        with pytest.raises(SystemExit) as stopped:
            emsync(*words)
        assert stopped.value.code == 0
