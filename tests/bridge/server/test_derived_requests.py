"""Requests that go on from another one keep its options, and drop what no longer holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.scoring.request_json import parse_request
from bridge.server.derived_requests import (
    recut_request,
    rescore_request,
    seeded_request,
    with_hits_of_cues,
)
from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.section import Section

OLD = parse_request(
    {
        "video": "/films/a.mp4", "seed": 6, "takes": 2, "emotion": "joy", "bpm": 96,
        "dynamics": 0.4, "humanize": 0.3, "audio": "flac", "temperature": 0.9,
    }
)  # fmt: skip
CUES = CueSheet(
    Video("/films/a.mp4", 8.0, 25.0, 64, 36), 0.0, 8.0, (), (),
    (Section(0.0, 8.0, {}, 0.1, 0.2, "look"),),
)  # fmt: skip


def test_another_seed_keeps_all_else():
    assert seeded_request(OLD, 9, takes=3) == parse_request(
        {
            "video": "/films/a.mp4", "seed": 9, "takes": 3, "emotion": "joy", "bpm": 96,
            "dynamics": 0.4, "humanize": 0.3, "audio": "flac", "temperature": 0.9,
        }
    )  # fmt: skip
    with pytest.raises(EmsyncError, match="seed"):
        seeded_request(OLD, -1)


def test_how_notes_are_played_can_change_alone():
    played = seeded_request(OLD, 6, performance={"humanize": 0.0, "expression": True})
    assert (played.humanize, played.expression, played.dynamics) == (0.0, True, 0.4)
    assert (played.seed, played.bpm) == (OLD.seed, OLD.bpm)
    with pytest.raises(EmsyncError, match="humanize is 2; it must be a number from 0 to 1"):
        seeded_request(OLD, 6, performance={"humanize": 2})


def test_a_cue_sheet_has_its_emotion_already():
    seeded = seeded_request(OLD, 7, CUES)
    assert (seeded.cues, seeded.emotion, seeded.bpm) == (CUES, "auto", 96)


def test_a_rescore_plays_and_samples_as_the_old_piece():
    request = rescore_request(OLD, {"section": 2, "humanize": 0})
    assert request.rescore is not None and request.rescore.section == 2
    assert request.takes == 2
    assert (request.seed, request.dynamics, request.humanize) == (7, 0.4, 0.0)
    assert (request.audio, request.temperature) == ("flac", 0.9)
    # Beats are those of the old plan.
    assert request.bpm is None
    with pytest.raises(EmsyncError, match="'bpm' is no option; choose from section"):
        rescore_request(OLD, {"section": 2, "bpm": 90})


def test_a_recut_reads_only_allowed_files():
    asked = []

    def allowed(path: str) -> str:
        asked.append(path)
        return str(Path("/allowed", path))

    request = recut_request(OLD, {"video": "b.mp4"}, allowed)
    assert asked == ["b.mp4"] and request.recut is not None
    assert request.video == request.recut.video == str(Path("/allowed/b.mp4"))
    assert (request.seed, request.humanize) == (6, 0.3)
    listed = recut_request(OLD, {"edit_list": "b.edl"}, allowed)
    assert (listed.video, listed.film) == ("/films/a.mp4", False)


def test_hits_come_from_a_list_or_a_cue_sheet():
    assert with_hits_of_cues({"hits": [1.0], "cues": None}) == {"hits": [1.0]}
    with pytest.raises(EmsyncError, match="cues, hits: both give the hits"):
        with_hits_of_cues({"hits": [1.0], "cues": {}})
