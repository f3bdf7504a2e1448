"""The way of a composer in a real browser: a film is chosen, scored, played and saved."""

from __future__ import annotations

from zipfile import ZipFile

import pytest

from .conftest import SECONDS


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
