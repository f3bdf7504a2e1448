"""The window: what it asks, what its answers change, and what it draws."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from bridge.scoring.request_json import parse_request

from .stand_in.server import PLAN

IMPORT = "Score video and import"


class User:
    """A person at the window: clicks on texts, and drags."""

    def __init__(self, reaper) -> None:
        self.reaper, self.canvas = reaper, reaper.canvas
        self.canvas.keys = []
        reaper.start(IMPORT)
        self.wait("Compose")

    def wait(self, text: str) -> None:
        """Wait until the window shows a text."""
        for _ in range(400):
            if any(shown.startswith(text) for shown, _, _ in self.canvas.last_frame):
                return
            assert self.reaper.deferred, self.reaper.boxes
            self.reaper.idle()
        raise AssertionError([shown for shown, _, _ in self.canvas.last_frame])

    def press(self, x: float, y: float, to: tuple[float, float] | None = None) -> None:
        """Press the mouse button, perhaps move, and let it go."""
        for place, button in (((x, y), 0), ((x, y), 1), (to or (x, y), 1), (to or (x, y), 0)):
            self.canvas.vars |= {"mouse_x": place[0], "mouse_y": place[1], "mouse_cap": button}
            self.reaper.idle()
        self.reaper.idle()

    def click(self, text: str, right: float = 2) -> None:
        """Click on a text, or so far to the right of it."""
        x, y = self.canvas.find(text)
        self.press(x + right, y + 6)

    def choose(self, label: str, number: int) -> None:
        """Choose from the menu of a row."""
        self.canvas.menu = [number]
        self.click(label, 150)

    def finish(self) -> str:
        """Press Compose, and wait for the end."""
        self.click("Compose")
        while self.reaper.deferred:
            self.reaper.idle()
        return self.reaper.boxes[-1] if self.reaper.boxes else ""


@pytest.fixture
def user(reaper):
    return User(reaper)


def test_what_the_user_asks_for_is_the_request_and_is_remembered(user, reaper, server):
    user.choose("Emotion", 14)
    user.choose("Tempo", 3)
    user.press(*_at(user, "100 beats a minute"), to=(116 + 388 * 0.5, 0))
    user.choose("Key", 15)
    user.click("Guitar")
    user.press(*_at(user, "the film's cuts"), to=None)
    user.click("keep this seed", -15)
    reaper.typed = "77"
    user.click("0")
    assert user.finish() == ""
    request = parse_request(server.jobs[0].fields)
    assert (request.emotion, request.bpm, request.key) == ("majestic", 120, "C# minor")
    assert [i.value for i in request.instruments] == ["bass", "drums", "piano", "strings"]
    assert request.seed == 77
    saved = json.loads(reaper.project_ext["settings"])
    assert (saved["emotion"], saved["bpm"], saved["players"]["guitar"]) == ("majestic", 120, False)
    again = User(reaper)
    assert again.canvas.find("120 beats a minute")
    again.click("Cancel")


def _at(user, text):
    x, y = user.canvas.find(text)
    return x + 2, y + 6


def test_the_plan_is_shown_before_the_music_and_is_kept(user, server):
    user.click("Show the plan")
    user.wait("Plan: ")
    texts = [text for text, _, _ in user.canvas.last_frame]
    assert any(text.startswith("Plan: 117.1 beats a minute, 4 bars, D minor") for text in texts)
    assert any(text.startswith("dark and moving fast; two faces") for text in texts)
    assert [words[0] for words in server.asked] == ["hello", "request", "files", "plan"]
    assert user.finish() == ""
    request = parse_request(server.jobs[1].fields)
    assert request.plan == PLAN and request.cues == server.cues


def test_the_emotion_of_a_section_is_set_on_the_pad(user, server):
    user.click("Show the plan")
    user.wait("0:04.0")
    user.click("0:04.0")
    user.wait("At 0:04.0")
    x, y = user.canvas.find("At 0:04.0")
    user.press(x + 100 + 33, y + 33 - 1, to=(x + 100 + 99, y + 32 - 7))
    assert user.finish() == ""
    request = parse_request(server.jobs[1].fields)
    first, second = request.cues.sections
    assert first == server.cues.sections[0]
    assert (second.valence, second.arousal) == (
        pytest.approx(0.5, abs=0.02),
        pytest.approx(0.6, abs=0.05),
    )
    assert (second.source, dict(second.probabilities)) == ("user", {})
    assert request.plan is None


def test_of_many_sections_those_around_the_chosen_one_are_listed(reaper, server):
    section = server.cues.sections[1]
    sections = tuple(replace(section, start=0.25 * n, end=0.25 * n + 0.25) for n in range(32))
    server.cues = replace(server.cues, sections=sections)
    user = User(reaper)
    user.click("Show the plan")
    user.wait("Section 1 of 32")

    def listed():
        user.reaper.idle()
        texts = [text for text, _, _ in user.canvas.last_frame if text.startswith("0:0")]
        return [float(text[2:6]) / 0.25 + 1 for text in texts]

    assert listed() == pytest.approx([1, 2, 3, 4, 5, 6, 7], abs=0.3)
    user.click("0:01.5")
    assert listed() == pytest.approx([4, 5, 6, 7, 8, 9, 10], abs=0.3)
    user.click("Cancel")


def test_a_change_of_what_was_analyzed_drops_the_plan(user, server):
    user.click("Show the plan")
    user.wait("Plan: ")
    user.choose("Emotion", 14)
    assert not any(text.startswith("Plan: ") for text, _, _ in user.canvas.last_frame)
    assert user.finish() == ""
    request = parse_request(server.jobs[1].fields)
    assert (request.emotion, request.cues, request.plan) == ("majestic", None, None)


def test_the_hits_can_be_the_projects_markers(user, reaper, server):
    reaper.add_marker(11.0, "Door!")
    user.choose("Hits", 2)
    assert user.canvas.find("1 markers and 0 regions")
    assert user.finish() == ""
    assert server.markers == ["1.000000  Door [weight 4]\n"]


def test_markers_as_hits_need_markers(user, server):
    user.choose("Hits", 2)
    assert "No marker and no region begins within the film" in user.finish()
    assert server.jobs == []


def test_no_player_at_all_is_told(user):
    for name in ("Bass", "Drums", "Guitar", "Piano", "Strings"):
        user.click(name)
    assert "No instrument plays" in user.finish()


@pytest.mark.parametrize("end", ["Cancel", "escape", "closed"])
def test_the_window_cancels(user, reaper, server, end):
    if end == "Cancel":
        user.click("Cancel")
    elif end == "escape":
        user.canvas.keys = [27]
    else:
        reaper.closes_at = reaper.now
    for _ in range(5):
        reaper.idle()
    assert reaper.boxes == ["Cancelled."] and server.jobs == []


def test_a_window_that_nobody_touches_is_not_drawn_again(user):
    user.reaper.idle()
    count = len(user.canvas.texts)
    for _ in range(20):
        user.reaper.idle()
    assert len(user.canvas.texts) == count
    user.click("Cancel")


def test_nothing_that_is_drawn_leaves_the_window(reaper, tmp_path):
    reaper.film.takes[0].source.path = "/films/Harbour at night.mp4"
    user = User(reaper)
    user.click("Show the plan")
    user.wait("Plan: ")
    user.reaper.idle()
    canvas = user.canvas
    for text, x, y in canvas.last_frame:
        assert x >= 0 and x + canvas.measurestr(text)[0] <= canvas.vars["w"], text
        assert 0 <= y <= canvas.vars["h"] - 15, text
    pixels = canvas.image.getcolors(1 << 20)
    assert len(pixels) > 8
    canvas.image.save(os.environ.get("EMSYNC_PICTURE") or tmp_path / "window.png")
    user.click("Cancel")
