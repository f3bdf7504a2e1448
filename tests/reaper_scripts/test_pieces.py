"""The actions on a piece that is in the project already."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import replace

import pytest

from bridge.cli.client import arguments
from bridge.scoring.request_json import parse_request
from bridge.server.jobs import Kind
from engine.score import Instrument

from .stand_in.model import Item, Source, Take
from .stand_in.server import PLAN, score

IMPORT, RESCORE = "Score video and import", "Rescore selection"
NAMES = [instrument.value.capitalize() for instrument in Instrument]


def raw(reaper, name, number=None):
    """The notes of a take of a part in ticks, as they are."""
    (item,) = reaper.track(name).items
    take = item.takes[item.active if number is None else number]
    return sorted(map(tuple, take.notes))


@pytest.fixture
def imported(reaper):
    """A REAPER with an imported piece and no undo steps."""
    assert reaper.run(IMPORT) == ""
    reaper.undo.clear()
    return reaper


def changed(music, within, parts=tuple(Instrument)):
    """Music with other pitches in a stretch of some parts."""
    notes = tuple(
        replace(note, pitch=note.pitch + 3)
        if within[0] <= note.onset < within[1] and note.instrument in parts
        else note
        for note in music.notes
    )
    return replace(music, notes=notes)


def test_a_stretch_of_parts_is_composed_again_and_all_else_stays(imported, server):
    reaper = imported
    before = {name: raw(reaper, name) for name in NAMES}
    parts = (Instrument.STRINGS, Instrument.PIANO)
    server.rescored = changed(server.score, (2.0, 5.0), parts)
    reaper.time_selection = (12.0, 15.0)
    reaper.selected_tracks = [reaper.track("Strings"), reaper.track("Piano"), reaper.tracks[0]]
    message = reaper.run(RESCORE)
    asked = next(words for words in server.asked if words[0] == "rescore")
    assert asked[:6] == ["rescore", "6b9b61d76d54", "--from", "2.000000", "--to", "5.000000"]
    assert asked[6:9] == ["--part", "strings,piano", "--seed"]
    for name in NAMES:
        (item,) = reaper.track(name).items
        new = name in ("Strings", "Piano")
        assert len(item.takes) == (2 if new else 1)
        assert raw(reaper, name, 0) == before[name]
        kept = [note for note in before[name] if note in raw(reaper, name)]
        times = [reaper.at(item.take, note[0]) - 10 for note in before[name]]
        free = [2.0 <= time < 5.0 for time in times]
        assert len(kept) == len(before[name]) - new * sum(free)
    wanted = server.rescored.part(Instrument.STRINGS)
    assert [note[2] for note in reaper.notes(reaper.track("Strings"))] == [n.pitch for n in wanted]
    assert "notes changed" in message and len(reaper.undo) == 1


def test_a_selection_in_mid_bar_is_of_the_nearest_bars(imported, server):
    server.rescored = changed(server.score, (2.0, 6.0))
    imported.time_selection = (12.3, 15.6)
    message = imported.run(RESCORE)
    found = server.jobs[-1].fields["rescore"]
    lines = [PLAN.seconds_at(line) for line in PLAN.bar_lines()]
    assert found["from"] in lines and found["to"] in (*lines, PLAN.duration)
    where = f"Composed: {found['from']:.3f} to {found['to']:.3f} s of the music"
    assert where in message
    imported.time_selection = (10 + found["from"], 10 + found["to"])
    assert "Composed" not in imported.run(RESCORE)


def test_notes_that_the_user_edited_outside_the_selection_stay(imported, server):
    reaper = imported
    (item,) = reaper.track("Bass").items
    item.take.notes[0][3] = 99
    item.take.notes.append([17, 400, 0, 33, 44])
    server.rescored = changed(server.score, (4.0, 6.0))
    reaper.time_selection = (14.0, 16.0)
    reaper.run(RESCORE)
    notes = raw(reaper, "Bass")
    assert (17, 400, 0, 33, 44) in notes and notes[0][3] == 99 and len(notes) == 25


def test_markers_that_moved_are_the_new_hits(imported, server):
    reaper = imported
    assert "move markers" in reaper.run(RESCORE)
    reaper.markers[0].time = 12.75
    reaper.add_marker(14.0, "joy!")
    assert reaper.run(RESCORE) == ""
    (text,) = server.markers
    assert "2.750000  Door" in text and "4.000000  joy [weight 4, joy]" in text
    for name in NAMES:
        assert len(reaper.track(name).items[0].takes) == 2
    assert "move markers" in reaper.run(RESCORE)


def test_an_emsync_that_cant_rescore_is_told(imported, server):
    server.knows.clear()
    imported.time_selection = (12.0, 15.0)
    assert "can't compose a part of a piece again" in imported.run(RESCORE)
    assert imported.undo == []


def test_a_selection_beside_the_music_is_told(imported):
    imported.time_selection = (30.0, 40.0)
    assert "covers nothing of the music" in imported.run(RESCORE)


def test_another_take_keeps_plan_and_cues_and_adds_takes(imported, server):
    reaper = imported
    server.score = changed(score(), (0.0, 9.0))
    assert reaper.run("Another take") == ""
    request = parse_request(server.jobs[1].fields)
    assert request.plan == PLAN and request.cues == server.cues
    assert request.seed != server.jobs[0].fields["seed"]
    for name, instrument in zip(NAMES, Instrument, strict=True):
        (item,) = reaper.track(name).items
        assert len(item.takes) == 2 and item.active == 1
        assert item.take.texts["P_NAME"] == f"{name}, seed {request.seed}"
        wanted = server.score.part(instrument)
        assert [note[2] for note in reaper.notes(reaper.track(name))] == [n.pitch for n in wanted]
    assert len(reaper.tempo_map.marks) == 3 and len(reaper.undo) == 1


def test_takes_are_compared_together(imported):
    reaper = imported
    assert "one take only" in reaper.run("Compare takes")
    reaper.run("Another take")
    reaper.run("Another take")

    def active():
        return {reaper.track(name).items[0].active for name in NAMES}

    seen = []
    for _ in range(4):
        assert reaper.run("Compare takes") == ""
        (number,) = active()
        seen.append(number)
    assert seen == [0, 1, 2, 0]


def test_a_rescore_is_of_the_take_that_is_active(imported, server):
    reaper = imported
    reaper.run("Another take")
    reaper.run("Compare takes")
    reaper.time_selection = (12.0, 15.0)
    reaper.run(RESCORE)
    assert next(words[1] for words in server.asked if words[0] == "rescore") == server.jobs[0].id


def test_music_that_was_moved_is_rescored_where_it_is(imported, server):
    reaper = imported
    reaper.tempo_map.marks.clear()
    for name in NAMES:
        reaper.track(name).items[0].values["D_POSITION"] = 30.0
    reaper.time_selection = (32.0, 35.0)
    server.rescored = changed(server.score, (2.0, 5.0))
    reaper.run(RESCORE)
    asked = next(words for words in server.asked if words[0] == "rescore")
    assert asked[3:6:2] == ["2.000000", "5.000000"]


def test_music_that_was_split_is_told(imported):
    reaper = imported
    (item,) = reaper.track("Bass").items
    half = Item(dict(item.values), [])
    half.takes = [replace(item.takes[0], item=half)]
    reaper.track("Bass").items.append(half)
    assert "glue those of each track" in reaper.run("Another take")


def test_without_a_piece_the_user_is_told(reaper):
    for action in (RESCORE, "Another take", "Compare takes"):
        assert "There is no music by EMSYNC here" in reaper.run(action)


def test_hits_are_spotted_without_music(reaper, server):
    assert "1 hits are marked" in reaper.run("Spot hits")
    assert [mark.name for mark in reaper.markers] == ["emsync Door", "emsync cut", "emsync fade"]
    assert server.jobs[0].kind is Kind.ANALYZE
    assert len(reaper.tracks) == 1 and not reaper.tempo_map.marks and len(reaper.undo) == 1


def test_markers_are_sent(reaper, server):
    assert "No marker and no region" in reaper.run("Send markers")
    reaper.add_marker(13.0, "tense!")
    assert reaper.run("Send markers") == ""
    assert server.markers == ["3.000000  tense [weight 4, tense]\n"]
    assert len(reaper.tracks) == 7


def theme(reaper):
    """A selected MIDI item with a theme."""
    item = Item({"D_POSITION": 2.0, "D_LENGTH": 2.0})
    item.takes = [Take(item, Source(kind="MIDI"), midi=True)]
    item.takes[0].notes = [[240, 720, 0, 60, 80], [720, 1200, 0, 64, 90]]
    reaper.tracks[0].items.append(item)
    reaper.selected.append(item)


@pytest.mark.parametrize(("name", "part"), [("My strings", "strings"), ("Film", "piano")])
def test_a_piece_starts_from_the_selected_theme(reaper, server, name, part):
    assert "one MIDI item with your theme" in reaper.run("Start from my theme")
    reaper.tracks[0].name = name
    theme(reaper)
    assert reaper.run("Start from my theme") == ""
    assert server.themes == [
        {"part": part, "tempo": 120, "time_signature": "4/4",
         "notes": [[0, 0.5, 60, 80], [0.5, 1, 64, 90]]}
    ]  # fmt: skip


def test_an_emsync_that_takes_no_theme_is_told(reaper, server):
    server.knows.clear()
    theme(reaper)
    assert "can't start from a theme" in reaper.run("Start from my theme")


def test_a_finished_piece_is_imported_at_the_film_or_the_cursor(reaper, server):
    assert "no finished piece" in reaper.run("Import piece")
    reaper.run(IMPORT)
    reaper.tracks[1:] = []
    reaper.tempo_map.marks.clear()
    reaper.selected, reaper.edit_cursor = [], 30.0
    assert reaper.run("Import piece") == ""
    (item,) = reaper.track("Piano").items
    assert item.values["D_POSITION"] == 30.0 and len(item.take.notes) == 24


def test_a_new_cut_gets_music_on_new_tracks_beside_the_old(imported, server):
    reaper = imported
    old = {name: raw(reaper, name) for name in NAMES}
    cut = Item({"D_POSITION": 30.0, "D_LENGTH": 6.0, "C_BEATATTACHMODE": -1.0})
    cut.takes = [Take(cut, Source("/films/v2.mp4", length=9.0))]
    reaper.tracks[0].items.append(cut)
    reaper.selected = [cut]
    server.rescored = changed(server.score, (2.0, 5.0))
    assert reaper.run("Score new cut") == (
        "6.5 s of the music are kept (100 notes). The old music is still there."
    )
    asked = next(words for words in server.asked if words[0] == "recut")
    assert asked == [
        "recut", "6b9b61d76d54", "/films/v2.mp4", "--takes", "4", "--end", "6.000000",
        "--audio", "none", "--no-film",
    ]  # fmt: skip
    parser = ArgumentParser()
    arguments(parser)
    assert parser.parse_args(asked).film is False
    assert {name: raw(reaper, name) for name in NAMES} == old
    (new,) = [track for track in reaper.tracks if track.name == "Bass"][1].items
    assert new.values["D_POSITION"] == 30.0
    wanted = server.rescored.part(Instrument.BASS)
    assert [note[3] for note in new.take.notes] == [note.pitch for note in wanted]
    assert reaper.undo == ["EMSYNC: score new cut"]
    server.knows.clear()
    assert "can't compose for a new cut" in reaper.run("Score new cut")


def test_panic_ends_all_notes(reaper, server):
    assert reaper.run("Panic") == ""
    ended = {(message[1] & 15, message[2]) for message in reaper.stuffed}
    assert ended == {(i.channel, control) for i in Instrument for control in (64, 120, 123)}
    assert server.asked == [["stop"]]


def test_the_doctor_reports_ports_versions_and_emsync_doctor(reaper, server):
    reaper.inputs = {}
    server.version = "0.0.1"
    report = reaper.run("Doctor")
    assert "failing  MIDI inputs: no emsync input is enabled" in report
    assert "failing  server: A server of version 0.0.1 runs" in report
    assert "ok       onnxruntime: runs" in report


def test_settings_are_saved_in_the_project(reaper):
    assert reaper.run("Settings") == ""
    assert json.loads(reaper.project_ext["settings"])["emotion"] == "auto"
