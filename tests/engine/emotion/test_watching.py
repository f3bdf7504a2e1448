from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from engine.emotion.experts.look import LOOK, Look
from engine.emotion.watching import Watching


@dataclass
class Notes:
    """Notes down what it receives."""

    pictures: list = field(default_factory=list)
    sounds: list = field(default_factory=list)
    earlier: dict = field(default_factory=dict)

    def picture(self, time, image):
        self.pictures.append((time, image.shape))

    def sound(self, time, samples):
        self.sounds.append((time, len(samples)))

    def finish(self, earlier):
        self.earlier = dict(earlier)
        return self


def expert(name="notes", watcher=None, **changes):
    notes = watcher or Notes()
    return replace(LOOK, name=name, watch=lambda: notes, **changes), notes


def drawn(side: int) -> np.ndarray:
    return np.zeros((side // 2, side, 3), np.uint8)


def test_each_expert_receives_pictures_as_often_and_as_large_as_it_needs():
    often, first = expert("often", interval=0.2, side=160)
    seldom, second = expert("seldom", interval=1.0, side=640)
    watching = Watching([often, seldom])
    for number in range(50):
        watching.picture(number / 10, drawn)
    watching.finish()
    assert [time for time, _ in first.pictures] == pytest.approx(np.arange(0, 5, 0.2))
    assert [time for time, _ in second.pictures] == pytest.approx(np.arange(5))
    assert {shape for _, shape in second.pictures} == {(320, 640, 3)}


def test_sound_goes_to_those_who_need_it():
    deaf, first = expert("deaf", interval=np.inf, side=0)
    listening, second = expert("listening", interval=np.inf, side=0, needs_sound=True)
    assert not Watching([deaf]).needs_sound
    watching = Watching([deaf, listening])
    assert watching.needs_sound
    watching.sound(0.0, np.zeros(100, np.float32))
    watching.picture(0.0, drawn)
    watching.finish()
    assert (first.sounds, second.sounds) == ([], [(0.0, 100)])
    assert first.pictures == second.pictures == []


def test_an_expert_reads_the_tracks_before_it():
    before, _ = expert("before")
    after, notes = expert("after")
    tracks = Watching([before, after]).finish()
    assert list(notes.earlier) == ["before"]
    assert list(tracks) == ["before", "after"]


@pytest.mark.parametrize("where", ["watch", "picture", "finish"])
def test_an_expert_that_fails_is_left_out_with_a_warning(where):
    class Broken(Notes):
        def picture(self, time, image):
            if where == "picture":
                raise RuntimeError("no more")

        def finish(self, earlier):
            raise RuntimeError("no more")

    def watch():
        if where == "watch":
            raise RuntimeError("no more")
        return Broken()

    watching = Watching([LOOK, replace(LOOK, name="broken", watch=watch)])
    # More than wait in the queue: a broken expert must not hold up the film.
    for number in range(100):
        watching.picture(float(number), drawn)
    with pytest.warns(UserWarning, match=r"^the expert broken failed \(no more\) and is left out$"):
        tracks = watching.finish()
    assert list(tracks) == ["look"] and isinstance(tracks["look"], Look)


def test_no_thread_remains():
    before = threading.active_count()
    Watching([LOOK]).finish()
    Watching([LOOK]).stop()
    assert threading.active_count() == before
