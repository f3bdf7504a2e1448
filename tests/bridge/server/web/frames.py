"""What a frame of the screen costs the main thread of a tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TURN = """
async ([count, step]) => {
    const wheel = (values) => document.getElementById("timeline").dispatchEvent(
        new WheelEvent("wheel", {bubbles: true, cancelable: true, clientX: 700, ...values}));
    const act = {
        rest: () => {},
        scroll: () => wheel({shiftKey: true, deltaY: 24}),
        zoom: (place) => wheel({ctrlKey: true, deltaY: place % 60 < 30 ? 20 : -20}),
        move: (place) => { document.body.firstElementChild.style.translate = `${place % 100}px`; },
    }[step];
    const frame = () => new Promise(requestAnimationFrame);
    const begun = await frame();
    let last = begun;
    for (let place = 0; place < count; place++) {
        act(place);
        last = await frame();
    }
    return 1000 * count / (last - begun);
}
"""


@dataclass(frozen=True, slots=True)
class Frames:
    """fps: frames a second. cpu: of all tasks of the main thread, its CPU time a frame in
    milliseconds. script, layout: their parts of it; the rest is painting and bookkeeping.
    """

    fps: float
    cpu: float
    script: float
    layout: float

    def __str__(self) -> str:
        return (
            f"{self.fps:5.1f} frames a second, {self.cpu:5.2f} ms a frame: script "
            f"{self.script:.2f}, style and layout {self.layout:.2f}"
        )


def measure(page: Any, step: str, count: int = 120) -> Frames:
    """Do a step before each of ``count`` frames.

    step: ``rest``; ``scroll`` or ``zoom``, turns of the wheel on the score; or ``move``, which
    moves the first element of another page. Times are CPU times, because a trace's events also
    count how long the main thread waits for the compositor.
    """
    device = page.context.new_cdp_session(page)
    device.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(TURN, [10, step])
    before = _metrics(device)
    fps = page.evaluate(TURN, [count, step])
    after = _metrics(device)
    spent = {name: 1000 * (after[name] - before[name]) / count for name in after}
    layout = spent["LayoutDuration"] + spent["RecalcStyleDuration"]
    return Frames(fps, spent["TaskDuration"], spent["ScriptDuration"], layout)


def _metrics(device: Any) -> dict[str, float]:
    return {one["name"]: one["value"] for one in device.send("Performance.getMetrics")["metrics"]}


def memory(page: Any) -> dict[str, float]:
    """After garbage collection: MB of the JavaScript heap, nodes of the document, and MB of all
    canvases.
    """
    device = page.context.new_cdp_session(page)
    device.send("HeapProfiler.collectGarbage")
    heap = device.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    nodes, pixels = page.evaluate(
        "() => [document.querySelectorAll('*').length, [...document.querySelectorAll('canvas')]"
        ".reduce((sum, one) => sum + one.width * one.height, 0)]"
    )
    return {"heap": heap, "nodes": nodes, "canvas": 4 * pixels / 1e6}
