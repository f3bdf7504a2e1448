"""What goes wrong: nothing is lost, and the page says so in one clear sentence."""

from __future__ import annotations

import shutil

from .conftest import Tab, give_sound, write_h264


def set_tempo(tab: Tab, tempo: int) -> None:
    tab.panel("Music")
    tab.page.fill("[data-key=bpm]", str(tempo))
    tab.page.press("[data-key=bpm]", "Tab")
    tab.wait_for_text("#legend", f"{tempo} bpm")


def test_changes_outlive_a_closed_tab(tab, new_tab, scored):
    tab.enter(scored)
    set_tempo(tab, 96)
    tab.page.reload()
    tab.wait_for_text("#plan-text", "Changed: tempo")
    tab.page.close()
    again = new_tab(other=tab)
    again.page.goto(f"http://127.0.0.1:{tab.server.running.port}/#{scored}")
    again.wait_for_text("#plan-text", "Changed: tempo")
    again.wait_for_text("#legend", "96 bpm")


def test_two_tabs_keep_their_own_changes(tab, new_tab, scored):
    tab.enter(scored)
    other = new_tab(other=tab)
    other.page.goto(f"http://127.0.0.1:{tab.server.running.port}/#{scored}")
    other.page.wait_for_selector("#piece:not([hidden]) .hit")
    set_tempo(tab, 96)
    other.wait_for_text("#notices", "Another tab is changing this piece too. Both keep")
    set_tempo(other, 84)
    for each, tempo in ((tab, 96), (other, 84)):
        each.page.reload()
        each.wait_for_text("#legend", f"{tempo} bpm")


def test_a_server_that_is_gone_and_comes_back(start, short_film, new_tab, tmp_path):
    server = start(tmp_path / "state")
    job = server.ended(server.submit(short_film, takes=1))["id"]
    give_sound(server, job)
    tab = new_tab()
    tab.server = server
    tab.enter(job)
    set_tempo(tab, 96)
    port = server.running.port
    sending = new_tab(other=tab)
    sending.page.goto(f"http://127.0.0.1:{port}/")
    film = tmp_path / "long.mp4"
    with film.open("wb") as file:
        file.truncate(2 << 30)
    sending.page.set_input_files("#file", str(film))
    sending.wait("document.querySelector('#drop progress').value > 0")
    server.end()
    sending.page.wait_for_selector("#film-facts.bad")
    assert sending.text("#film-facts").startswith("The server ")
    assert not list((tmp_path / "state" / "films").glob("*/*")), "no part of a film is kept"
    tab.wait_for_text("#notices", "The server does not answer. Your changes are kept")
    tab.page.click("#compose-again")
    assert "Changed: tempo" in tab.text("#plan-text")
    again = start(tmp_path / "state", "--port", str(port))
    tab.wait_for_text("#notices", "The server was started again. Run emsync open for a new link")
    tab.page.goto(again.client.ask("POST", "/links", {})["link"])
    tab.show(job)
    tab.wait_for_text("#plan-text", "Changed: tempo")
    assert tab.page.is_hidden("[data-notice=connection]") or not tab.text("#notices")


def test_a_film_that_is_gone(tab, server, short_film, tmp_path):
    film = tmp_path / "copy.mp4"
    shutil.copy(short_film, film)
    job = server.ended(server.submit(film, takes=1, boundaries=[2.0]))["id"]
    give_sound(server, job)
    film.unlink()
    tab.enter(job)
    tab.wait_for_text("#film-note", "the film is no longer there; put it back to see it")
    tab.page.click("#play")
    tab.wait("document.getElementById('audio-a').currentTime > 0.2")
    tab.page.click("#play")
    tab.page.click("#compose-again")
    tab.wait_for_text("#notices", "copy.mp4: no such file; check the path")


def test_a_film_that_the_browser_does_not_know_gets_a_copy(tab, server, film):
    job = server.ended(server.submit(film, takes=1))["id"]
    tab.enter(job)
    tab.wait("document.getElementById('film').videoWidth === 96")
    assert tab.page.evaluate("document.getElementById('film').src").endswith("/preview")


def test_a_change_that_can_not_be_planned_is_said_and_undone(tab, scored):
    tab.enter(scored)
    tab.panel("Music")
    tab.page.fill("[data-key=bpm]", "500")
    tab.page.press("[data-key=bpm]", "Tab")
    tab.page.wait_for_selector("#plan-text.bad")
    assert "500" in tab.text("#plan-text")
    assert tab.page.is_disabled("#compose-again")
    tab.page.click("#undo")
    tab.wait_for_text("#plan-text", "No changes.")
    assert tab.page.is_enabled("#compose-again")


def test_a_job_that_is_gone_leads_back_to_all_pieces(tab):
    tab.enter()
    tab.page.evaluate("location.hash = '#0123456789ab'")
    tab.wait_for_text("#notices", "no job '0123456789ab'")
    tab.page.wait_for_selector("#start:not([hidden])")


def test_a_job_can_be_cancelled(tab, server, long_film):
    job = server.submit(long_film)
    tab.enter()
    tab.page.evaluate("id => { location.hash = '#' + id; }", job)
    tab.page.wait_for_selector("#work-cancel:visible")
    tab.page.click("#work-cancel")
    tab.wait_for_text("#work-state", "Cancelled")


def test_what_can_not_be_kept_is_said(tab, scored):
    tab.enter(scored)
    tab.panel("Players")
    for part in ("bass", "drums", "guitar", "piano", "strings"):
        tab.page.click(f"[data-key=lock-{part}]")
    tab.page.click("#compose-again")
    tab.wait_for_text("#notices", "Everything is kept. Unlock a part or a phrase")
    tab.page.click("[data-key=lock-strings]")
    tab.page.focus(".hit")
    tab.page.keyboard.press("ArrowRight")
    tab.wait_for_text("#plan-text", "Changed: a hit")
    tab.page.click("#compose-again")
    tab.wait_for_text("#notices", "Where a hit moves, all parts change. Unlock the parts")


def test_a_new_cut_with_nothing_in_common_is_said_and_scored_by_itself(
    tab, scored, server, tmp_path
):
    other = write_h264(tmp_path / "other.mp4", 3, (), first=7)
    tab.enter(scored)
    tab.panel("Versions")
    tab.page.click("[data-key=recut]")
    tab.page.fill("#recut-path", str(other))
    tab.page.keyboard.press("Tab")
    tab.page.click("#recut-compose:enabled")
    tab.wait_for_text("[data-notice=compose]", "score the new cut by itself")
    assert scored not in tab.text("[data-notice=compose]")
    assert tab.open_job() == scored
    failed = server.client.ask("GET", "/jobs")["jobs"][-1]["id"]
    tab.page.click(f"[data-key=remove-{failed}]")
    tab.page.wait_for_selector(f"[data-key=remove-{failed}]", state="detached")
    assert failed not in [job["id"] for job in server.client.ask("GET", "/jobs")["jobs"]]
    tab.page.click("text=Score it by itself")
    tab.wait("before => location.hash !== '#' + before", scored)
    job = server.client.ask("GET", f"/jobs/{tab.open_job()}")
    assert (job["kind"], job["parent"], job["request"]["video"]) == ("compose", None, str(other))
    server.client.ask("DELETE", f"/jobs/{job['id']}")
