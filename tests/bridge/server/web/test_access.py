"""The page by keyboard alone, for screen readers, on small screens, in dark and light."""

from __future__ import annotations

import pytest

from .conftest import Tab

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

PANELS = ("Hits", "Emotion", "Music", "Players", "Versions", "Files", "DAW")


def serious(tab: Tab) -> list[str]:
    """The serious findings of axe-core."""
    # Playwright adds axe through the debugger, which the page's policy does not bind.
    results = axe.Axe().run(tab.page)
    assert results.response["passes"]
    return [
        f"{found['id']}: {found['nodes'][0]['html'][:200]}"
        for found in results.response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing_serious(new_tab, scored, width, scheme):
    tab = new_tab(width, color_scheme=scheme)
    tab.enter()
    tab.page.click("summary")
    assert serious(tab) == []
    tab.show(scored)
    for name in PANELS:
        tab.panel(name)
        assert serious(tab) == [], name
    tab.panel("Versions")
    tab.page.click("[data-key=recut]")
    tab.page.wait_for_selector("#recut[open]")
    assert serious(tab) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(new_tab, scored, width):
    tab = new_tab(width)
    tab.enter(scored)
    for name in PANELS:
        tab.panel(name)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_dark_and_light_follow_the_system_until_one_is_chosen(new_tab):
    tab = new_tab(color_scheme="dark")
    tab.enter()
    theme = "document.documentElement.dataset.theme"
    assert tab.page.evaluate(theme) == "dark"
    tab.page.emulate_media(color_scheme="light")
    tab.wait(f"{theme} === 'light'")
    tab.page.click("#theme")
    assert tab.page.evaluate(theme) == "dark"
    tab.page.reload()
    assert tab.page.evaluate(theme) == "dark"


def focus_by_tab(tab: Tab, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(80):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("where => document.activeElement.matches(where)", selector):
            return
    raise AssertionError(f"{selector} can't be reached by Tab")


def test_a_hit_is_moved_played_and_composed_by_keyboard_alone(new_tab, scored, short_film):
    tab = new_tab()
    tab.enter()
    press = tab.page.keyboard.press
    focus_by_tab(tab, "#path")
    tab.page.keyboard.type(str(short_film))
    press("Enter")
    tab.wait_for_text("#film-facts", "0:06")
    tab.page.evaluate("id => { location.hash = '#' + id; }", scored)
    tab.page.wait_for_selector("#piece:not([hidden]) .hit")
    focus_by_tab(tab, "[role=tab]")
    press("ArrowRight")
    press("ArrowRight")
    assert tab.page.get_attribute("#tab-Music", "aria-selected") == "true"
    focus_by_tab(tab, ".hit")
    first = tab.hits()[0]
    press("ArrowRight")
    tab.wait_for_text("#plan-text", "Changed: a hit")
    assert tab.hits()[0] == pytest.approx(first + 1 / 24, abs=0.002)
    # The focus stays on the hit, so that the next key moves it too.
    press("Shift+ArrowRight")
    tab.wait("first => Number(document.querySelector('.hit').ariaValueNow) > first + 1", first)
    assert ", on " in tab.page.get_attribute(".hit", "aria-valuetext")
    press("Delete")
    tab.wait("document.querySelectorAll('.hit').length === 1")
    press("Control+z")
    tab.wait("document.querySelectorAll('.hit').length === 2")
    focus_by_tab(tab, "#playhead")
    press("End")
    press("h")
    tab.wait("document.querySelectorAll('.hit').length === 3")
    press("Home")
    press("Space")
    tab.wait("document.getElementById('audio-a').currentTime > 0.3")
    press("Space")
    tab.wait("document.getElementById('audio-a').paused")
    focus_by_tab(tab, "#compose-again")
    press("Enter")
    job = tab.composed(scored)
    assert len(tab.cues(job)["boundaries"]) == 3


def test_a_finger_scrolls_the_score_and_a_tap_goes_to_a_moment(new_tab, scored):
    tab = new_tab(390, has_touch=True)
    tab.enter(scored)
    tab.page.click("#zoom-in")
    tab.page.click("#zoom-in")
    tab.page.wait_for_selector("#scrollbar:not([hidden])")
    box = tab.page.locator("#lanes").bounding_box()
    device = tab.context.new_cdp_session(tab.page)

    def touch(kind: str, x: float | None = None) -> None:
        points = [] if x is None else [{"x": box["x"] + x, "y": box["y"] + 100}]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    moved = "parseFloat(document.querySelector('#scrollbar > div').style.transform.slice(11))"
    tab.wait(f"{moved} === 0")
    touch("touchStart", 300)
    for x in range(280, 100, -20):
        touch("touchMove", x)
    touch("touchEnd")
    tab.wait(f"{moved} > 5")
    assert tab.text("#clock") == "0:00.00"
    touch("touchStart", 180)
    touch("touchEnd")
    tab.wait("document.getElementById('clock').textContent !== '0:00.00'")
    tab.page.click("#zoom-all")
    tab.page.wait_for_selector("#scrollbar", state="hidden")


def test_keys_of_the_piece_work_while_a_tab_has_the_focus(tab, scored):
    tab.enter(scored)
    tab.panel("Hits")
    tab.page.keyboard.press("Space")
    tab.wait("!document.getElementById('audio-a').paused")
    tab.page.keyboard.press("Space")
    tab.wait("document.getElementById('audio-a').paused")
    tab.page.keyboard.press("h")
    tab.wait("document.querySelectorAll('.hit').length === 3")
    # But arrows go through the tabs.
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.get_attribute("#tab-Emotion", "aria-selected") == "true"


def test_the_row_of_the_film_strip_is_kept_while_its_picture_comes(tab, scored):
    held = []
    tab.page.route("**/strip.jpg", lambda route: held.append(route))
    tab.enter(scored)
    while not held:
        tab.page.wait_for_timeout(40)
    assert tab.page.is_visible("[data-lane=strip]")
    held[0].continue_()


def test_a_chord_on_a_bar_line_is_named_before_one_beside_it(tab):
    tab.enter()
    assert tab.page.evaluate(
        """async () => {
          const { chordsWithRoom } = await import("/web/lanes.js");
          const context = { measureText: (name) => ({ width: 8 * name.length }) };
          const chords = [[0, "Bb"], [1.5, "D"], [2, "Gm"], [3, "A"]];
          return chordsWithRoom(context, { bars: [0, 2], chords }, 20).map(([, name]) => name);
        }"""
    ) == ["Bb", "Gm"]


def test_where_an_emotion_is_read_from_is_said_in_words(tab):
    tab.enter()
    assert tab.page.evaluate(
        """async () => {
          const { sourceText } = await import("/web/panel-emotion.js");
          return sourceText("look, faces");
        }"""
    ) == "light, colours and motion; faces"  # fmt: skip
