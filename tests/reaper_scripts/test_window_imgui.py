"""The window where ReaImGui is installed; its stand-in is written from ReaImGui's documentation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.scoring.request_json import parse_request

IMPORT = "Score video and import"
STAND_IN = Path(__file__).parent / "stand_in"


class User:
    """A person at the window of ReaImGui."""

    def __init__(self, reaper, action=IMPORT) -> None:
        self.reaper = reaper
        reaper.extensions["ImGui_GetBuiltinPath"] = lambda: str(STAND_IN)
        reaper.start(action)
        self.imgui = reaper.lua.globals().IMGUI

    def does(self, label, value=True) -> None:
        """Answer a widget, once it is shown."""
        self.imgui.typed[label] = value
        for _ in range(200):
            if self.imgui.typed[label] is None:
                break
            self.reaper.idle()
        for _ in range(3):
            self.reaper.idle()
        assert self.imgui.typed[label] is None, list(self.imgui.shown.values())[-30:]

    def finish(self) -> None:
        """Wait for the end of the action."""
        for _ in range(2000):
            if not self.reaper.deferred:
                return
            self.reaper.idle()
        raise AssertionError("it never ends")


def test_the_answers_are_those_of_the_request(reaper, server):
    user = User(reaper)
    user.does("##emotion", 13)
    user.does("##tempo", 2)
    user.does("##bpm", 90.4)
    user.does("Guitar", False)
    user.does("keep this seed##locked", True)
    user.does("##seed", 5)
    user.does("Compose")
    user.finish()
    request = parse_request(server.jobs[0].fields)
    assert (request.emotion, request.bpm, request.seed) == ("majestic", 90, 5)
    assert len(request.instruments) == 4 and reaper.boxes == []
    assert json.loads(reaper.project_ext["settings"])["bpm"] == 90


def test_the_plan_and_the_pad_are_shown(reaper, server):
    user = User(reaper)
    user.does("Show the plan")
    user.does("0:04.0  mostly fear   dark and moving fast; two faces, one of them afraid##2")
    user.imgui.active = True
    for _ in range(3):
        reaper.idle()
    user.imgui.active = False
    user.does("Compose")
    user.finish()
    section = parse_request(server.jobs[1].fields).cues.sections[1]
    assert (section.valence, section.arousal, section.source) == (0.5, 0.5, "user")


def test_closing_it_cancels(reaper, server):
    user = User(reaper)
    user.does("Guitar", False)
    user.imgui.open = False
    user.finish()
    assert reaper.boxes == ["Cancelled."] and server.jobs == []


def test_an_older_reaimgui_is_left_alone(reaper, tmp_path):
    (tmp_path / "imgui.lua").write_text("return function() error('too old') end")
    reaper.extensions["ImGui_GetBuiltinPath"] = lambda: str(tmp_path)
    assert reaper.run(IMPORT) == "" and len(reaper.tracks) == 7


@pytest.mark.parametrize("installed", [False, True])
def test_settings_offer_reaimgui_where_reapack_can_install_it(reaper, installed):
    asked: list[str] = []
    reaper.extensions["ReaPack_BrowsePackages"] = asked.append
    if installed:
        user = User(reaper, "Settings")
        user.does("Cancel")
        user.finish()
        assert "Get ReaImGui" not in list(user.imgui.shown.values())
        return
    reaper.canvas.keys = []
    reaper.start("Settings")
    reaper.idle()
    reaper.idle()
    x, y = reaper.canvas.find("Get ReaImGui")
    reaper.canvas.vars |= {"mouse_x": x, "mouse_y": y + 3, "mouse_cap": 1}
    while reaper.deferred:
        reaper.idle()
    assert asked == ["ReaImGui"]
