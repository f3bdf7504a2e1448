"""A real browser on the page of a real server, with a short film that it can show."""

from __future__ import annotations

import json
import shutil
import time
import wave
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--disable-component-update", "--no-first-run",
]  # fmt: skip
SECONDS, RATE, CUTS = 6, 24, (2.0, 4.0)
SOUND_RATE = 16_000
PATIENCE = 45
"""Seconds that anything may take on a busy machine."""


def write_h264(path: Path, seconds: int, cuts: tuple[float, ...], first: int = 0) -> Path:
    """A film of scenes that move, as browsers show it. first: the scene that it begins with."""
    rng = np.random.default_rng(1)
    scenes = [np.kron(rng.integers(0, 255, (4, 6, 3)), np.ones((24, 24, 1))) for _ in range(9)]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", RATE)
        stream.width, stream.height, stream.pix_fmt = 144, 96, "yuv420p"
        stream.options = {"preset": "ultrafast", "g": "12", "bf": "0"}
        for number in range(seconds * RATE):
            scene = scenes[first + sum(number >= cut * RATE for cut in cuts)]
            image = np.roll(scene, number, axis=1).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path, seconds: float) -> None:
    """A stand-in for the sound of a piece: a tone that grows."""
    at = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    samples = 0.2 * np.sin(2 * np.pi * 220 * at) * at / seconds
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SOUND_RATE, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a screen; skips where there is none.

    Playwright keeps an event loop in the thread of the tests. So it ends with each module, because
    other modules run loops of their own.
    """
    if CHROMIUM is None:
        pytest.skip("needs Chromium (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 6 s with cuts at 2 s and 4 s."""
    if "libx264" not in av.codecs_available:
        pytest.skip("needs an H.264 encoder in PyAV")
    return write_h264(tmp_path_factory.mktemp("films") / "short film.mp4", SECONDS, CUTS)


@pytest.fixture(scope="session")
def scored(server: Any, short_film: Path) -> str:
    """A finished job of two takes for that film, with sound."""
    job = server.ended(server.submit(short_film, takes=2, bpm=120, boundaries=[2.0, 4.0]))
    assert job["state"] == "done", job
    give_sound(server, job["id"])
    return str(job["id"])


def give_sound(server: Any, job: str) -> None:
    """Give a job a sound file."""
    write_sound(server.folder / "pieces" / job / "score.wav", SECONDS)


class Tab:
    """A tab of a browser with a session of its own."""

    def __init__(self, server: Any, context: Any) -> None:
        self.server, self.context = server, context
        self.page = context.new_page()
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "console",
            lambda line: self.faults.append(line.text) if "Content Security" in line.text else None,
        )
        self.page.set_default_timeout(1000 * PATIENCE)

    def enter(self, job: str = "") -> Tab:
        """Open the page by a link, and a piece."""
        self.page.goto(self.server.client.ask("POST", "/links", {})["link"])
        return self.show(job) if job else self

    def show(self, job: str) -> Tab:
        """Show a piece."""
        self.page.evaluate("id => { location.hash = '#' + id; }", job)
        self.page.wait_for_selector("#piece:not([hidden]) .hit")
        return self

    def text(self, selector: str) -> str:
        """The text of an element."""
        return str(self.page.text_content(selector))

    def wait(self, condition: str, argument: Any = None) -> None:
        """Wait until a JavaScript expression is true.

        Playwright's own waiting would evaluate a text within the page, which its policy forbids.
        """
        end = time.monotonic() + PATIENCE
        while not self.page.evaluate(condition, argument):
            assert time.monotonic() < end, (condition, argument, self.faults)
            self.page.wait_for_timeout(40)

    def wait_for_text(self, selector: str, text: str) -> None:
        """Wait until an element has a text in it."""
        self.wait(
            "([where, text]) => document.querySelector(where)?.textContent.includes(text)",
            [selector, text],
        )

    def panel(self, name: str) -> None:
        """Choose a panel."""
        self.page.click(f"#tab-{name}")

    def open_job(self) -> str:
        """The job that is shown."""
        return str(self.page.evaluate("location.hash")).removeprefix("#")

    def composed(self, before: str) -> str:
        """Wait for the next version after a job; returns its id."""
        self.wait("before => location.hash !== '#' + before", before)
        self.page.wait_for_selector("#compose-again:visible")
        return self.open_job()

    def hits(self) -> list[float]:
        """The times of the hits on the timeline."""
        found = self.page.eval_on_selector_all(
            ".hit", "hits => hits.map(hit => Number(hit.getAttribute('aria-valuenow')))"
        )
        return [float(seconds) for seconds in found]

    def cues(self, job: str) -> dict[str, Any]:
        """The cue sheet of a job."""
        return dict(json.loads(self.server.client.file(job, "cues.json")))

    def plan(self, job: str) -> dict[str, Any]:
        """The plan of a job."""
        return dict(json.loads(self.server.client.file(job, "plan.json")))


@pytest.fixture
def new_tab(server: Any, browser: Any) -> Iterator[Callable[..., Tab]]:
    """Open a tab: ``new_tab(width=390)``. At the end no tab may have had a fault."""
    tabs: list[Tab] = []

    def new(width: int = 1440, height: int = 900, other: Tab | None = None, **more: Any) -> Tab:
        """other: a tab of the same browser, whose session and store this one shares."""
        context = other.context if other else browser.new_context(
            viewport={"width": width, "height": height}, **more
        )  # fmt: skip
        tabs.append(Tab(server, context))
        return tabs[-1]

    yield new
    for tab in tabs:
        tab.context.close()
    assert [fault for tab in tabs for fault in tab.faults] == []


@pytest.fixture
def tab(new_tab: Callable[..., Tab]) -> Tab:
    """A tab of a wide screen."""
    return new_tab()
