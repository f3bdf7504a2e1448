"""Controls and changes of live pieces as JSON, and pieces that are made again with them."""

from __future__ import annotations

import json

import pytest

from bridge.play.midi_reader import read_piece
from bridge.scoring.context import ScoringContext
from bridge.scoring.live import change_values, parse_changes, parse_control, read_changes
from bridge.scoring.network import NetworkOptions
from bridge.scoring.pipeline import score_film
from bridge.scoring.request_json import parse_request, request_json
from engine.errors import EmsyncError
from engine.live.control import LiveChange, LiveControl
from engine.score import Instrument

from .follower import Follower
from .test_performing import phases, velocities

CHANGES = (
    LiveChange(2, LiveControl(instruments=(Instrument.PIANO,), density=9.0)),
    LiveChange(3, LiveControl(valence=0.5, arousal=-0.25)),
)


def test_a_request_with_changes_is_the_same_after_json():
    request = parse_request({"video": "a.mp4", "changes": [*map(change_values, CHANGES)]})
    assert request.changes == CHANGES
    assert parse_request(json.loads(json.dumps(request_json(request)))) == request


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        (3, "changes must be a list"),
        ([3], r"changes\[0\] must be a JSON object with a bar"),
        ([{"bar": 0}], r"changes\[0\].bar must be a whole number"),
        ([{"bar": 2}, {"bar": 2}], r"changes\[1\].bar does not come after 2; sort the changes"),
        ([{"bar": 2, "tempo": 90}], "'tempo' is no control"),
        ([{"bar": 2, "arousal": 2}], "arousal is 2; it must be a number from -1 to 1"),
    ],
)
def test_wrong_changes_are_refused(changes, wrong):
    with pytest.raises(EmsyncError, match=wrong):
        parse_changes("changes", changes)


def test_a_control_is_an_object():
    assert parse_control("control", {"density": None}) == LiveControl()
    with pytest.raises(EmsyncError, match="control must be a JSON object"):
        parse_control("control", [1])


@pytest.mark.parametrize("other", [{"live": True}, {"free": True}])
def test_changes_exclude_what_has_no_bars_or_plays_meanwhile(other):
    changes = [change_values(change) for change in CHANGES]
    with pytest.raises(EmsyncError, match=f"{next(iter(other))}: .*; leave it out"):
        parse_request({"video": "a.mp4", "changes": changes, **other})


@pytest.mark.parametrize("text", ["[", "[]", '{"changes": 3}'])
def test_a_file_without_changes_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(EmsyncError, match=r"report.json: ") as caught:
        read_changes(path)
    assert "\n" not in str(caught.value)


def test_a_live_piece_is_made_again_from_its_report(clip, network_file, tmp_path):
    load = NetworkOptions(network_file, "cpu", 1).load
    folders = live, again = tmp_path / "live", tmp_path / "again"
    for folder in folders:
        folder.mkdir()
    received = []

    def listener(cues):
        received.clear()
        return lambda notes, *_: received.extend(notes)

    request = parse_request({"video": str(clip), "live": True, "seed": 4, "bpm": 120})
    score_film(request, ScoringContext(load, live, phases), Follower(listener, *CHANGES))
    changes = read_changes(live / "report.json")
    assert changes == CHANGES
    written = read_piece(live).notes
    # The last listener has received all that is kept, too.
    assert velocities(received) == velocities(written)
    values = {"video": str(clip), "seed": 4, "bpm": 120, "changes": changes}
    score_film(parse_request(values), ScoringContext(load, again, phases))
    assert read_piece(again).notes == written
    for name in ("plan.json", "cues.json"):
        assert (again / name).read_bytes() == (live / name).read_bytes()
