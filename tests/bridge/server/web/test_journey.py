"""The whole way of a composer, in a real browser: film, music, changes, versions."""

from __future__ import annotations

from zipfile import ZipFile

import pytest

from .conftest import CUTS, SECONDS, give_sound, write_h264


def test_a_film_is_chosen_composed_and_shown(tab, short_film, server):
    tab.enter()
    tab.page.set_input_files("#file", str(short_film))
    tab.wait_for_text("#film-facts", "short film.mp4: 0:06, 144 x 96, 24 frames a second")
    tab.page.click("summary")
    tab.page.fill("[name=takes]", "1")
    tab.page.fill("[name=bpm]", "120")
    tab.page.uncheck("[name=guitar]")
    tab.page.check("[name=export-rpp]")
    tab.page.check("[name=export-ardour]")
    tab.page.click("#compose")
    tab.page.wait_for_selector("#piece:not([hidden]) .hit")
    assert tab.text("#film-name") == "short film.mp4"
    assert "120 bpm" in tab.text("#legend")
    job = server.client.ask("GET", f"/jobs/{tab.open_job()}")
    assert job["request"]["instruments"] == ["bass", "drums", "piano", "strings"]
    assert (job["request"]["takes"], job["request"]["bpm"]) == (1, 120)
    assert tab.hits()[0] == pytest.approx(2.0, abs=0.05)
    tab.panel("Files")
    with tab.page.expect_download() as download:
        tab.page.click("#panel >> text=REAPER")
    assert download.value.suggested_filename == "score.rpp"
    with tab.page.expect_download() as download:
        tab.page.click("#panel >> text=Ardour session")
    with ZipFile(download.value.path()) as file:
        assert "ardour/score.ardour" in file.namelist()
    tab.page.click(".brand")
    tab.page.wait_for_selector("#recent-list strong")
    # The name of a piece opens it.
    tab.page.click("#recent-list strong >> text=short film.mp4")
    tab.page.wait_for_selector("#piece:not([hidden]) .hit")


def test_what_is_no_film_is_said_in_one_sentence(tab, tmp_path):
    letter = tmp_path / "letter.mp4"
    letter.write_bytes(b"Dear Sir, " * 500)
    tab.enter().page.fill("#path", "/no/such/film.mp4")
    tab.page.set_input_files("#file", str(letter))
    tab.wait_for_text("#film-facts", "letter.mp4: ")
    tab.page.wait_for_selector("#film-facts.bad")
    # The path of another film does not stay.
    assert tab.page.input_value("#path") == ""
    assert tab.text("#film-facts").startswith("letter.mp4: ")
    assert tab.page.is_disabled("#compose")
    tab.page.fill("#path", "/no/such/film.mp4")
    tab.page.press("#path", "Enter")
    tab.wait_for_text("#film-facts", "/no/such/film.mp4: no such file; check the path")


def test_nothing_is_requested_from_elsewhere_and_the_page_is_light(tab, scored, server):
    tab.enter(scored)
    own = f"127.0.0.1:{server.running.port}/"
    assert len(tab.requests) > 10
    foreign = [url for url in tab.requests if own not in url and not url.startswith("data:")]
    assert foreign == []
    sizes = tab.page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.name.includes('/web/'))"
        ".map(one => one.decodedBodySize)"
    )
    assert len(sizes) > 15 and sum(sizes) < 300_000


def test_film_and_music_play_together_in_time(tab, scored):
    tab.enter(scored)
    tab.wait("document.getElementById('film').readyState > 2")
    tab.page.click("#play")
    tab.wait("document.getElementById('audio-a').currentTime > 3")
    film, music, worst, frames = tab.page.evaluate(
        "(() => { const film = document.getElementById('film'); return [film.currentTime, "
        "document.getElementById('audio-a').currentTime, Number(film.dataset.worst), "
        "Number(film.dataset.frames)]; })()"
    )
    assert abs(film - music) < 0.04
    # The frames of 24 a second that were shown while the music played, each against the sound.
    assert frames > 12 and abs(worst) < 0.1
    tab.page.click("#play")
    tab.wait("document.getElementById('film').paused")
    at = tab.page.evaluate("document.getElementById('audio-a').currentTime")
    tab.wait("at => Math.abs(document.getElementById('film').currentTime - at) < 0.05", at)


def test_a_dragged_hit_shows_its_plan_and_then_its_music(tab, scored):
    tab.enter(scored)
    box = tab.page.locator(".hit").nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    tab.page.mouse.down()
    tab.page.mouse.move(x + 40, y, steps=5)
    tab.page.mouse.up()
    tab.wait_for_text("#plan-text", "Changed: a hit. The plan is shown; the music is still the old")
    moved = tab.hits()[1]
    assert moved > 4.05
    assert moved * 24 == pytest.approx(round(moved * 24), abs=0.02)
    tab.page.click("#compose-again")
    job = tab.composed(scored)
    assert tab.cues(job)["boundaries"] == pytest.approx([2.0, moved], abs=0.05)
    # The version before stays as it was, and is the other one of the comparison.
    assert tab.cues(scored)["boundaries"] == pytest.approx([2.0, 4.0], abs=0.05)
    assert tab.text("#ab") == "This version"


def test_new_notes_are_heard_before_their_sound_is_made(tab, server, short_film):
    old = server.ended(server.submit(short_film, takes=1, bpm=120, audio="wav"))
    if "score.wav" not in old["files"]:
        pytest.skip("needs midirenderer or FluidSynth")
    tab.enter(old["id"])
    tab.page.evaluate(
        """() => {
            const legend = document.getElementById("legend");
            window.legends = [];
            const note = () => window.legends.push([location.hash.slice(1), legend.textContent]);
            new MutationObserver(note).observe(legend, {childList: true});
        }"""
    )
    tab.page.click("#compose-again")
    new = tab.composed(old["id"])
    tab.wait("job => document.getElementById('audio-a').src.includes(job)", new)
    tones = [text for job, text in tab.page.evaluate("window.legends") if job == new]
    assert "simple tones until the sound is made" in tones[0]
    assert "simple tones" not in tab.text("#legend")
    assert server.ended(new)["state"] == "done"


def test_a_hit_of_a_longer_film_changes_the_bars_around_it_alone(tab, server, longer):
    tab.enter(longer)
    tab.page.focus(".hit")
    tab.page.keyboard.press("Shift+ArrowRight")
    tab.wait_for_text("#plan-text", "Changed: a hit. 0:")
    assert tab.text("#plan-text").endswith(" is new, all else stays.")
    assert tab.page.is_visible("#compose-all")
    tab.page.click("#compose-again")
    new = tab.composed(longer)
    assert tab.cues(new)["boundaries"] == pytest.approx([7.0, 12.0], abs=0.05)
    kinds = [server.client.ask("GET", f"/jobs/{each}")["kind"] for each in (longer, new)]
    assert kinds == ["compose", "rescore"]
    # The options of the whole piece hold for the next change, too.
    tab.panel("Music")
    assert tab.page.input_value("[data-key=bpm]") == "120"


def test_undo_leads_back_through_all_changes_and_to_the_version_before(tab, scored):
    tab.enter(scored)
    tab.panel("Music")
    tab.page.fill("[data-key=bpm]", "90")
    tab.page.press("[data-key=bpm]", "Tab")
    tab.wait_for_text("#legend", "90 bpm")
    tab.page.click("#compose-again")
    job = tab.composed(scored)
    tab.wait_for_text("#legend", "90 bpm")
    assert tab.page.input_value("[data-key=bpm]") == "90"
    tab.page.click("#undo")
    tab.wait("before => location.hash === '#' + before", scored)
    tab.wait_for_text("#plan-text", "Changed: tempo")
    tab.page.click("#undo")
    tab.wait_for_text("#plan-text", "No changes.")
    assert tab.page.is_disabled("#undo")
    tab.page.click("#redo")
    tab.page.click("#redo")
    tab.wait("job => location.hash === '#' + job", job)
    tab.wait_for_text("#plan-text", "No changes.")


def test_emotion_key_density_and_players_reach_the_music(tab, scored):
    tab.enter(scored)
    tab.panel("Emotion")
    box = tab.page.locator(".pad").bounding_box()
    tab.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.8 * box["height"], steps=3)
    tab.page.mouse.up()
    tab.wait_for_text("#plan-text", "an emotion")
    tab.panel("Music")
    tab.page.select_option("[data-key=key]", "D minor")
    tab.page.fill("[data-key=density]", "6")
    tab.page.press("[data-key=density]", "Tab")
    tab.wait_for_text("#legend", "D minor")
    tab.panel("Players")
    tab.page.click("[data-key^=strings-]")
    tab.wait_for_text("#plan-text", "an emotion, key, density, who plays")
    tab.page.wait_for_selector("[data-key^=strings-]:not(:checked)")
    tab.page.click("#compose-again")
    job = tab.composed(scored)
    section = tab.cues(job)["sections"][0]
    assert (section["valence"], section["arousal"]) == pytest.approx((0.8, -0.6), abs=0.05)
    phrases = tab.plan(job)["phrases"]
    assert {phrase["key"] for phrase in phrases} == {"D minor"}
    assert {phrase["density"] for phrase in phrases} == {6.0}
    assert "strings" not in phrases[0]["instruments"]
    # Another change builds on all of these.
    tab.panel("Music")
    assert tab.page.input_value("[data-key=key]") == "D minor"
    tab.page.fill("[data-key=bpm]", "100")
    tab.page.press("[data-key=bpm]", "Tab")
    tab.wait_for_text("#legend", "100 bpm, D minor")
    tab.panel("Players")
    assert not tab.page.is_checked("[data-key^=strings-]")


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


def test_files_can_be_downloaded(tab, scored):
    tab.enter(scored)
    tab.panel("Files")
    with tab.page.expect_download() as download:
        tab.page.click("text=Music, WAV")
    assert download.value.suggested_filename == "score.wav"
    with tab.page.expect_download() as download:
        tab.page.click("[aria-label='piano, MIDI']")
    assert download.value.suggested_filename == "piano.mid"


def test_the_daw_leads_the_picture(tab, scored, server):
    tab.enter(scored)
    tab.panel("DAW")
    tab.page.check("[data-key=in-daw]")
    tab.page.click("#play")
    server.until(lambda: server.client.ask("GET", "/state")["state"] == "playing")
    assert server.client.ask("GET", "/state")["job"] == scored
    tab.wait("document.getElementById('film').currentTime > 0.5")
    assert tab.page.evaluate("document.getElementById('audio-a').paused")
    # The transport is moved elsewhere: the picture goes there.
    server.client.ask("POST", "/locate", {"seconds": 4.0})
    tab.wait("document.getElementById('film').currentTime > 3.9")
    tab.page.click("#play")
    server.until(lambda: server.client.ask("GET", "/state")["state"] == "paused")
    assert server.client.ask("GET", "/state")["seconds"] < SECONDS
    server.client.ask("POST", "/stop")


def test_a_part_of_a_film_begins_where_it_does(tab, server, short_film):
    job = server.ended(server.submit(short_film, start=1.5, end=5.0, takes=1, boundaries=[1.0]))[
        "id"
    ]
    tab.enter(job)
    tab.wait("Math.abs(document.getElementById('film').currentTime - 1.5) < 0.05")
    tab.page.focus(".hit")
    tab.page.keyboard.press("Enter")
    tab.wait("Math.abs(document.getElementById('film').currentTime - 2.5) < 0.05")


def test_hits_and_emotions_of_a_film_with_several_cues_can_be_changed(tab, server, short_film):
    cues = [
        {"name": "1m1", "start": 0.0, "end": 2.5},
        {"name": "1m2", "start": 3.0, "end": 6.0},
    ]
    job = server.ended(
        server.submit(short_film, takes=1, boundaries=[1.0, 4.0], spotting=cues)
    )  # fmt: skip
    assert job["state"] == "done", job
    tab.enter(job["id"])
    tab.page.focus(".hit")
    tab.page.keyboard.press("ArrowRight")
    tab.wait_for_text("#plan-text", "Changed: a hit. It is planned when you compose.")
    tab.page.click("#compose-again")
    new = tab.composed(job["id"])
    assert tab.cues(new)["boundaries"] == pytest.approx([1 + 1 / 24, 4.0], abs=0.002)
    assert len(tab.cues(new)["spotting"]) == 2


def test_how_notes_are_played_is_chosen_before_and_changed_afterwards(tab, short_film, server):
    tab.enter().page.fill("#path", str(short_film))
    tab.page.press("#path", "Tab")
    tab.page.click("summary")
    tab.page.fill("[name=takes]", "1")
    tab.page.focus("#start [data-key=humanize]")
    tab.page.keyboard.press("Home")
    assert tab.page.get_attribute("#start [data-key=humanize]", "aria-valuetext") == "as written"
    tab.page.check("#start [data-key=expression]")
    tab.page.click("#compose:enabled")
    tab.page.wait_for_selector("#piece:not([hidden]) .hit")
    before = tab.open_job()
    request = server.client.ask("GET", f"/jobs/{before}")["request"]
    assert (request["humanize"], request["expression"], request["takes"]) == (0.0, True, 1)
    server.ended(before)
    tab.panel("Music")
    assert tab.page.is_checked("#panel [data-key=expression]")
    tab.page.focus("#panel [data-key=humanize]")
    tab.page.keyboard.press("End")
    tab.wait_for_text(
        "#plan-text", "Changed: note lengths. The notes stay; they are played anew."
    )  # fmt: skip
    tab.page.click("#compose-again")
    after = server.ended(tab.composed(before))
    assert "humanize" not in after["request"] and after["request"]["expression"]
    played = [server.client.file(job, "score.mid") for job in (before, after["id"])]
    assert played[0] != played[1]
    notes = [server.client.file(job, "score.musicxml") for job in (before, after["id"])]
    assert notes[0] == notes[1], "the notes are the same"
    # The new version begins from what it was played with.
    tab.wait_for_text("#plan-text", "No changes.")
    assert tab.page.get_attribute("#panel [data-key=humanize]", "aria-valuetext") == "as in songs"


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
