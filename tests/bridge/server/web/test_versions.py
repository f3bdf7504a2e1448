"""Versions of a piece in a real browser: other takes, and new cuts of the film."""

from __future__ import annotations

from .conftest import CUTS, SECONDS, give_sound, write_h264


def test_two_versions_sound_at_the_same_moment_with_one_key(tab, scored, server):
    other = server.client.ask("POST", f"/jobs/{scored}/regenerate", {"takes": 1})["id"]
    server.ended(other)
    give_sound(server, other)
    tab.enter(scored)
    tab.panel("Versions")
    tab.page.click(f"[data-key=compare-{other}]")
    tab.page.wait_for_selector("#ab:visible")
    tab.page.click("#play")
    tab.wait("document.getElementById('audio-a').currentTime > 0.5")
    tab.page.keyboard.press("b")
    tab.wait("!document.getElementById('audio-b').paused")
    tab.wait("document.getElementById('audio-a').paused")
    gap = tab.page.evaluate(
        "document.getElementById('audio-b').currentTime"
        " - document.getElementById('audio-a').currentTime"
    )
    assert -0.05 < gap < 1.5
    assert tab.page.get_attribute("#ab", "aria-pressed") == "true"
    tab.page.keyboard.press("b")
    tab.wait("document.getElementById('audio-b').paused")


def test_another_take_is_shown_and_heard_without_a_sound_file(tab, scored):
    tab.enter(scored)
    tab.panel("Versions")
    tab.page.select_option("[data-key=take]", "2")
    tab.wait_for_text("#legend", "simple tones: no sound file")
    tab.page.click("#play")
    tab.wait("parseFloat(document.getElementById('clock').textContent.split(':')[1]) > 0.4")
    tab.page.click("#play")
    tab.page.select_option("[data-key=take]", "1")
    tab.wait("!document.getElementById('legend').textContent.includes('simple')")


def test_a_new_cut_of_the_film_becomes_a_version_that_says_what_it_kept(tab, scored, tmp_path):
    longer = write_h264(tmp_path / "new cut.mp4", SECONDS + 3, (*CUTS, float(SECONDS)))
    tab.enter(scored)
    tab.panel("Versions")
    tab.page.click("[data-key=recut]")
    tab.page.wait_for_selector("#recut[open]")
    assert tab.page.is_disabled("#recut-compose")
    tab.page.set_input_files("#recut [type=file]", str(longer))
    tab.wait_for_text("#recut-facts", "new cut.mp4: 0:09")
    tab.page.click("#recut-compose")
    job = tab.composed(scored)
    tab.wait_for_text("#panel .kept", "of 9.0 s")
    assert "kept" in tab.text(".kept li") and "new" in tab.text(".kept li.new")
    assert "new bars are shaded" in tab.text("#legend")
    assert tab.text("#film-name") == "new cut.mp4"
    tab.wait("Math.abs(document.getElementById('film').duration - 9) < 0.1")
    asked = tab.server.client.ask("GET", f"/jobs/{job}")
    assert (asked["kind"], asked["parent"]) == ("recut", scored)
    # The old cut is a version of it, but it can't be compared at one moment.
    assert tab.page.is_visible(f"[data-key=open-{scored}]")
    assert not tab.page.locator(f"[data-key=compare-{scored}]").count()
    tab.page.click("#undo")
    tab.wait("before => location.hash === '#' + before", scored)
    tab.wait("Math.abs(document.getElementById('film').duration - 6) < 0.1")
    tab.page.click(".brand")
    tab.wait_for_text("#recent-list li", "new cut.mp4")


def test_a_film_that_is_dropped_on_a_piece_is_asked_for_as_its_new_cut(tab, scored):
    tab.enter(scored)
    drop = """name => {
        const files = new DataTransfer();
        files.items.add(new File(["Dear Sir, ".repeat(500)], name));
        document.getElementById("timeline").dispatchEvent(
            new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }));
    }"""
    tab.page.evaluate(drop, "letter.mp4")
    tab.page.wait_for_selector("#recut[open] #recut-facts.bad")
    assert tab.text("#recut-facts").startswith("letter.mp4: ")
    assert tab.page.is_disabled("#recut-compose")
    tab.page.evaluate(drop, "cut.edl")
    tab.wait_for_text("#recut-facts", "cut.edl: type the path of an edit list")
    tab.page.keyboard.press("Escape")
    tab.page.wait_for_selector("#recut", state="hidden")
    assert tab.page.evaluate("location.hash") == f"#{scored}"


def test_an_edit_list_is_a_new_cut_without_a_picture(tab, scored, short_film, tmp_path):
    cut = tmp_path / "cut.edl"
    cut.write_text(
        "FCM: NON-DROP FRAME\n001  AX  V  C  00:00:02:00 00:00:06:00 00:00:00:00 00:00:04:00\n"
    )
    tab.enter(scored)
    tab.panel("Versions")
    tab.page.focus("[data-key=recut]")
    tab.page.keyboard.press("Enter")
    tab.page.fill("#recut-path", str(cut))
    tab.page.keyboard.press("Tab")
    tab.wait_for_text("#recut-facts", "cut.edl: an edit list of the new cut")
    tab.page.focus("#recut-path")
    tab.page.keyboard.press("Enter")
    job = tab.composed(scored)
    tab.wait_for_text("#film-note", "This version is of an edit list. Its picture is not known")
    tab.wait_for_text("#panel .versions li.open", "new cut by cut.edl")
    assert tab.server.client.ask("GET", f"/jobs/{job}")["request"]["recut"]["edit_list"] == str(cut)
