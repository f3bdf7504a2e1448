"""A film with several cues: a folder for each, and the reel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from bridge.scoring.context import ScoringContext
from bridge.scoring.network import NetworkOptions
from bridge.scoring.phases import Part
from bridge.scoring.reel import cue_seed, plan_cues, score_reel
from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request, request_json
from engine.cues import CueSheet, Video
from engine.cues_json import read_cues
from engine.errors import EmsyncError
from engine.hits import Hit
from engine.music.midi_file import MidiFile, read_midi_file
from engine.plan.json_form import read_plan
from engine.plan.plan import Plan
from engine.score import Instrument
from engine.section import Section
from engine.spotting import MusicCue

LIST = (
    MusicCue("1m1", 0.5, 3.5),
    MusicCue("1m2", 3.75, 5.0, emotion="calm"),
    MusicCue("1m3", 6.25, 8.75, "1m1", "tense"),
)


class Phases:
    """Records what was entered."""

    def __init__(self) -> None:
        self.entered: list[tuple[str, str | None]] = []

    @contextmanager
    def __call__(self, phase: str, part: Part | None = None) -> Iterator[Callable[[float], None]]:
        self.entered.append((phase, part.name if part else None))
        yield lambda share: None


@pytest.fixture(scope="module")
def request_(clip) -> Request:
    hits = (Hit(1.2, "Door"), Hit(4.0, "Cut"), Hit(7.5))
    return Request(
        str(clip), spotting=LIST, boundaries=hits, start_timecode="01:00:00:00", takes=1, seed=5
    )


@pytest.fixture(scope="module")
def phases() -> Phases:
    return Phases()


@pytest.fixture(scope="module")
def out(request_, network_file, phases, tmp_path_factory) -> Path:
    """The folder of a scored film."""
    folder = tmp_path_factory.mktemp("reel")
    score_reel(
        request_, ScoringContext(NetworkOptions(network_file, "cpu", 1).load, folder, phases)
    )
    return folder


def notes(midi: MidiFile) -> dict[str, list[tuple[float, float, int, int]]]:
    """Onset, end, pitch and velocity of the notes of each named track, in seconds."""
    at = midi.clock.seconds
    return {
        track.name: sorted(
            (float(at(n.start)), float(at(n.end)), n.pitch, n.velocity) for n in track.notes
        )
        for track in midi.tracks
        if track.notes
    }


def test_every_note_of_the_reel_lies_at_film_time(out):
    check_film_time(out)


@pytest.mark.parametrize("options", [{"free": True}, {"time_signature": "6/8", "bpm": 50.0}])
def test_film_time_is_kept_in_free_time_and_in_other_time_signatures(
    request_, network_file, tmp_path, options
):
    own = [replace(cue, variation_of=None) for cue in LIST]
    request = replace(request_, spotting=tuple(own), **options)
    score_reel(
        request, ScoringContext(NetworkOptions(network_file, "cpu", 1).load, tmp_path, Phases())
    )
    check_film_time(tmp_path)


def check_film_time(out: Path) -> None:
    """Every note of the reel lies where its cue has it, moved to the in point."""
    reel = notes(read_midi_file(out / "reel.mid"))
    found = dict.fromkeys(reel, 0)
    for cue in LIST:
        for name, own in notes(read_midi_file(out / cue.name / "score.mid")).items():
            inside = [n for n in reel[name] if cue.start - 0.01 <= n[0] < cue.end]
            assert len(inside) == len(own)
            moved = [(cue.start + onset, cue.start + end, *rest) for onset, end, *rest in own]
            for written, wanted in zip(inside, moved, strict=True):
                # A tick of either file lasts up to 1.7 ms, and a note at least a tick.
                assert written[0] == pytest.approx(wanted[0], abs=0.002)
                assert written[1] == pytest.approx(wanted[1], abs=0.002)
                assert written[2:] == wanted[2:]
            found[name] += len(own)
    assert found == {name: len(all_notes) for name, all_notes in reel.items()}


def test_the_stems_of_the_reel_are_its_tracks(out):
    reel = notes(read_midi_file(out / "reel.mid"))
    files = {i: read_midi_file(out / "stems" / f"{i.value}.mid") for i in Instrument}
    for instrument, stem in files.items():
        assert notes(stem).get(instrument.value.capitalize(), []) == reel.get(
            instrument.value.capitalize(), []
        )
    assert len({float(stem.clock.seconds(stem.end)) for stem in files.values()}) == 1
    length = read_midi_file(out / "reel.mid")
    assert float(length.clock.seconds(length.end)) == pytest.approx(9.0, abs=0.1)


def events(path: Path, kind: str) -> list[mido.MetaMessage]:
    return [message for track in mido.MidiFile(path).tracks for message in track
            if message.type == kind]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "timecode", "frames"),
    [
        ("1m1", "01:00:00:06", (0, 12, 50)),
        ("1m2", "01:00:03:09", (3, 18, 75)),
        ("1m3", "01:00:06:03", (6, 6, 25)),
    ],
)
def test_every_file_of_a_cue_says_the_timecode_of_its_in_point(out, name, timecode, frames):
    """The film has 12 frames a second; its MIDI files count 25."""
    files = [out / name / "score.mid", *(out / name / "stems").glob("*.mid")]
    assert len(files) == 6
    for path in files:
        (offset,) = events(path, "smpte_offset")
        assert (offset.frame_rate, offset.hours, offset.minutes) == (25, 1, 0)
        assert (offset.seconds, offset.frames, offset.sub_frames) == frames
    assert f"{name} {timecode}" in [
        marker.text for marker in events(out / name / "score.mid", "marker")
    ]


def test_the_reel_says_the_timecode_of_the_films_first_frame(out):
    for path in (out / "reel.mid", *(out / "stems").glob("*.mid")):
        (offset,) = events(path, "smpte_offset")
        assert (offset.hours, offset.seconds, offset.frames) == (1, 0, 0)


def test_the_reel_has_the_cues_the_hits_and_the_keys_where_they_are(out):
    midi = read_midi_file(out / "reel.mid")
    markers = [(round(float(midi.clock.seconds(tick)), 2), text) for tick, text in midi.markers
               if text != "chord"]  # fmt: skip
    assert markers == [
        (0.5, "1m1"), (1.2, "Door"), (3.5, "end of 1m1"), (3.75, "1m2"), (4.0, "Cut"),
        (5.0, "end of 1m2"), (6.25, "1m3"), (7.5, "hit 3"), (8.75, "end of 1m3"),
    ]  # fmt: skip
    keys = events(out / "reel.mid", "key_signature")
    plans = [read_plan(out / cue.name / "plan.json") for cue in LIST]
    assert len(keys) >= len({plan.phrases[0].key for plan in plans})


def test_the_film_is_analyzed_once_and_originals_come_before_variations(out, phases):
    assert phases.entered == [
        ("analyzing", None), ("composing", "1m1"), ("composing", "1m2"), ("composing", "1m3"),
        ("rendering", None),
    ]  # fmt: skip


def test_every_cue_has_a_folder_of_its_own_and_the_film_one_cue_sheet(out):
    for cue in LIST:
        names = {path.name for path in (out / cue.name).iterdir()}
        assert names >= {"score.mid", "stems", "plan.json", "cues.json", "report.json"}
        assert names >= {"score.svg", "score.musicxml"}
        part = read_cues(out / cue.name / "cues.json")
        assert (part.start, part.end) == pytest.approx((cue.start, cue.end))
    assert read_cues(out / "cues.json").spotting == LIST


def test_the_report_names_the_cues_in_timecode(out):
    report = json.loads((out / "report.json").read_text())
    assert [(c["name"], c["in"], c["out"], c["variation_of"]) for c in report["cues"]] == [
        ("1m1", "01:00:00:06", "01:00:03:06", None),
        ("1m2", "01:00:03:09", "01:00:05:00", None),
        ("1m3", "01:00:06:03", "01:00:08:09", "1m1"),
    ]
    assert report["cues"][2]["key"] == report["cues"][0]["key"]
    assert report["cues"][0]["seed"] == cue_seed(5, "1m1")
    assert sum(report["notes"].values()) == sum(
        sum(cue["notes"].values()) for cue in report["cues"]
    )


def test_a_further_cue_changes_no_other(request_, network_file, out, tmp_path):
    """The first cue alone has the bytes that it has beside others."""
    alone = replace(request_, spotting=LIST[:1])
    score_reel(
        alone, ScoringContext(NetworkOptions(network_file, "cpu", 1).load, tmp_path, Phases())
    )
    for path in (tmp_path / "1m1").rglob("*.mid"):
        assert path.read_bytes() == (out / path.relative_to(tmp_path)).read_bytes()


def film(*cues: MusicCue) -> CueSheet:
    section = Section(0.0, 120.0, {}, 0.3, 0.2, "user")
    video = Video("film.mp4", 120.0, 25.0, 64, 36)
    return CueSheet(video, 0.0, 120.0, (), (), (section,), spotting=cues)


def test_a_variation_has_the_key_the_chords_and_the_leader_of_its_original():
    cues = film(MusicCue("a", 0, 40), MusicCue("b", 50, 90), MusicCue("c", 95, 118, "a", "calm"))
    planned = plan_cues(Request("film.mp4", seed=1), cues)
    plans = {name: plan for name, (_, plan) in planned.items() if isinstance(plan, Plan)}
    assert plans["c"].shares == plans["a"].shares != plans["b"].shares
    assert plans["c"].phrases[0].key == plans["a"].phrases[0].key
    assert plans["c"].phrases[0].chords[:3] == plans["a"].phrases[0].chords[:3]
    assert plans["b"].phrases[0].chords[:3] != plans["a"].phrases[0].chords[:3]
    assert plans["c"].phrases[1].dynamics != plans["a"].phrases[1].dynamics


def test_an_error_names_the_cue(clip, tmp_path, network_file):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "1m2").write_text("a file where the folder must be")
    request = Request(str(clip), spotting=LIST[:2], takes=1)
    with pytest.raises(EmsyncError, match=r"^1m2: .*1m2: can't be written"):
        score_reel(
            request, ScoringContext(NetworkOptions(network_file, "cpu", 1).load, folder, Phases())
        )


def test_cues_beyond_the_film_are_refused_before_it_is_analyzed(clip, tmp_path, monkeypatch):
    monkeypatch.setattr("bridge.scoring.analysis.measure", lambda *_: pytest.fail("too late"))
    request = Request(str(clip), spotting=(MusicCue("1m1", 2.0, 99.0),))
    with pytest.raises(EmsyncError, match=r"spotting: 1m1: its out point, 99 s, is beyond the end"):
        score_reel(request, ScoringContext(pytest.fail, tmp_path, Phases()))


WRONG = {
    "plan": ({"plan": Plan(9.0, ((0, 0.0), (18, 9.0)), (4,))}, "plan: a film with a spotting list"),
    "tempo map": (
        {"tempo_map": {"points": [{"beat": 0, "seconds": 0}, {"beat": 2, "seconds": 1}],
                       "bars": [4]}},
        "tempo_map: a film with a spotting list is planned cue by cue",
    ),
    "live": ({"live": True}, "live: a film with a spotting list plays once it is done"),
    "free": ({"free": True}, "free: 1m3 is a variation, which needs a plan"),
    "name": ({"spotting": [{"name": "Stems", "start": 0, "end": 2}]}, "Stems is the name of a"),
    "list": ({"spotting": [{"name": "a", "start": 3, "end": 2}]}, r"spotting\[0\]: a: its out"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "line"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_go_with_a_spotting_list_is_refused(values, line):
    with pytest.raises(EmsyncError, match=line) as caught:
        parse_request({"video": "film.mp4", "spotting": list(LIST), **values})
    assert "\n" not in str(caught.value)


def test_a_request_with_a_spotting_list_is_json_and_back():
    request = Request("film.mp4", spotting=LIST)
    assert parse_request(json.loads(json.dumps(request_json(request)))) == request
    assert Request("film.mp4", cues=film(LIST[0])).music_cues == LIST[:1]
    assert Request("film.mp4", cues=film(LIST[0]), spotting=()).music_cues == ()
