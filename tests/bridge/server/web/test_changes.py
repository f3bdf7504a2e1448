"""A composer changes a piece in a real browser: hits, emotion, key, players, playing."""

from __future__ import annotations

import pytest


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


def test_the_sound_plays_before_the_film_is_made(tab, server, short_film):
    old = server.ended(server.submit(short_film, takes=1, bpm=120, audio="wav"))
    if "score.wav" not in old["files"]:
        pytest.skip("needs midirenderer or FluidSynth")

    def until_sound(socket):
        """The page hears of the sound, but never of the end of the job."""
        peer = socket.connect_to_server()
        peer.on_message(lambda text: None if '"state": "done"' in text else socket.send(text))

    tab.page.route_web_socket("**/events", until_sound)
    tab.enter(old["id"])
    tab.page.click("#compose-again")
    tab.wait("before => location.hash !== '#' + before", old["id"])
    new = tab.open_job()
    tab.wait("job => document.getElementById('audio-a').src.includes(job)", new)
    assert "simple tones" not in tab.text("#legend")
    assert tab.page.is_visible("#cancel-compose")
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
    # And it is planned with the seed of the whole piece: another one would bring other chords.
    with tab.page.expect_request("**/plan") as plan:
        tab.page.select_option("[data-key=time_signature]", "3/4")
    assert (plan.value.method, plan.value.post_data_json["seed"]) == ("POST", 0)


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
