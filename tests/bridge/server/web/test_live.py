"""A piece is composed live, and steered from the page."""

from __future__ import annotations

import json

import pytest

from .conftest import write_h264


@pytest.fixture(scope="module")
def half_minute(short_film, tmp_path_factory):
    """A film of 30 s."""
    return write_h264(tmp_path_factory.mktemp("films") / "live.mp4", 30, (8.0, 16.0))


def test_a_live_piece_is_steered_with_the_keyboard(server, tab, half_minute):
    page = tab.enter().page
    page.fill("#path", str(half_minute))
    page.dispatch_event("#path", "change")
    page.click("summary")
    page.fill("[name=bpm]", "120")
    page.check("[name=live]")
    page.click("#compose:enabled")
    tab.wait_for_text("#live-state", "Playing")
    job = tab.open_job()
    page.uncheck("[data-key=live-drums]")
    tab.wait_for_text("#live-from", "From bar")
    page.focus("#live [data-key=Arousal]")
    page.keyboard.press("End")
    tab.wait("() => document.activeElement.dataset.key === 'Arousal'")
    page.fill("[data-key=live-density]", "25")
    page.keyboard.press("Enter")
    tab.wait_for_text("#live-from", "From bar")
    page.click("[data-key=live-stop]")
    page.wait_for_selector("#piece:not([hidden]) .hit")
    changes = json.loads(server.client.file(job, "report.json"))["changes"]
    last = changes[-1]
    assert "drums" not in last["instruments"] and len(last["instruments"]) == 4
    assert (last["arousal"], last["density"]) == (1.0, 25.0)
