"""Films whose cuts, dissolves and fades are known exactly, to measure how well they are found.

A film is a row of shots of drawn places, of the demo film's scenes and, where some are given, of
real films. Places differ in pattern, colour, brightness and camera. Between the shots lie hard
cuts, cuts with a blended frame or between the fields of a frame, dissolves and fades. What is no
cut is drawn over it: flashes, strobes, lightning, changes of light, titles, bars, grain.

Everything is drawn from a seed. ``TUNING`` seeds were looked at while the detector was written.
``REPORTED`` seeds are for the figures, and nobody looks at single films of theirs. Earlier versions
reported 1000 to 1071.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Image
from engine.video.demo import CUTS, DURATION, draw_frame

TUNING = (*range(123), *range(124, 420, 3))
"""From 124 on, films of all kinds only."""
REPORTED = range(2000, 2072)

WIDTH, HEIGHT = 320, 180
RATES = (23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0)
CODECS = ("mp4v", "mp4v", "MJPG", "XVID")
SUITES = ("hard cuts", "all kinds", "no cuts")
"""What a film has: hard cuts only, transitions of all kinds, or none. Seeds take turns."""

_Picture = NDArray[np.float32]
"""[HEIGHT, WIDTH, 3], 0..255."""
_Scene = Callable[[float], _Picture]
"""The picture of a shot at a time in seconds."""
_Curve = Callable[[float], float]
_Overlay = Callable[[int, _Picture], _Picture]


@dataclass(frozen=True, slots=True)
class Truth:
    """One transition of a made film.

    kind: ``cut``, ``dissolve`` or ``fade``. variety: how it was made, such as ``blended frame``.
    start: the first frame that is not purely the old shot. end: the first frame that is purely the
    new one. A hard cut has ``start == end``.
    """

    kind: str
    variety: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MadeFilm:
    """What a seed draws. frames: how many; suite: one of ``SUITES``."""

    seed: int
    suite: str
    fps: float
    codec: str
    frames: int
    truth: tuple[Truth, ...]
    _shots: tuple[tuple[_Scene, int], ...]
    _joints: tuple[_Joint, ...]
    _overlays: tuple[_Overlay, ...]

    def pictures(self) -> Iterator[Image]:
        """The frames, drawn one by one: BGR uint8 [HEIGHT, WIDTH, 3]."""
        joint = 0
        for number in range(self.frames):
            while joint < len(self._joints) and number >= self._joints[joint].end:
                joint += 1
            picture = self._drawn(number, joint)
            for overlay in self._overlays:
                picture = overlay(number, picture)
            yield np.clip(picture, 0, 255).astype(np.uint8)

    def write(self, folder: Path) -> Path:
        """Write the film into ``folder``; returns its path."""
        path = folder / f"{self.seed}.{'mp4' if self.codec == 'mp4v' else 'avi'}"
        code = cv2.VideoWriter.fourcc(*self.codec)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, self.fps, (WIDTH, HEIGHT))
        for picture in self.pictures():
            writer.write(picture)
        writer.release()
        return path

    def _drawn(self, number: int, joint: int) -> _Picture:
        """Frame ``number`` without overlays; ``joint`` is the one that it lies before or in."""
        if joint == len(self._joints) or number < self._joints[joint].start:
            return self._shot(joint, number)
        return self._joints[joint].mix(
            number, lambda: self._shot(joint, number), lambda: self._shot(joint + 1, number)
        )

    def _shot(self, index: int, number: int) -> _Picture:
        scene, begins = self._shots[index]
        return scene((number - begins) / self.fps)


@dataclass(frozen=True, slots=True)
class _Joint:
    """A transition that can be drawn.

    out, hold, into: frames that fade out, that show ``colour`` alone, that fade in. A dissolve has
    ``out`` only. A mixed frame between two shots has the share ``share`` of the new one; with
    ``fields``, every other line is of the new shot.
    """

    truth: Truth
    curve: _Curve
    out: int
    hold: int = 0
    into: int = 0
    colour: float | None = None
    linear: bool = False
    share: float = 0.0
    fields: bool = False

    @property
    def start(self) -> int:
        return self.truth.start

    @property
    def end(self) -> int:
        return self.start + self.out + self.hold + self.into

    def mix(
        self, number: int, old: Callable[[], _Picture], new: Callable[[], _Picture]
    ) -> _Picture:
        step = number - self.start
        if self.fields:
            picture = old().copy()
            picture[1::2] = new()[1::2]
            return picture
        if self.colour is None:
            share = self.share or self.curve((step + 1) / (self.out + 1))
            return self._blend(old(), new(), share)
        flat = np.full((HEIGHT, WIDTH, 3), self.colour, np.float32)
        if step < self.out:
            return self._blend(old(), flat, self.curve((step + 1) / (self.out + 1)))
        if step < self.out + self.hold:
            return flat
        done = step - self.out - self.hold
        return self._blend(new(), flat, self.curve(1 - (done + 1) / (self.into + 1)))

    def _blend(self, old: _Picture, new: _Picture, share: float) -> _Picture:
        if not self.linear:
            return old + np.float32(share) * (new - old)
        # As light adds up, not as code values do.
        light = (1 - share) * (old / 255) ** 2.2 + share * (new / 255) ** 2.2
        return np.asarray(255 * light ** (1 / 2.2), dtype=np.float32)


def make_film(seed: int, clips: Sequence[Sequence[Image]] = ()) -> MadeFilm:
    """The film of a seed. clips: shots of real films, as frames [HEIGHT, WIDTH, 3]."""
    rng = np.random.default_rng(seed)
    suite = SUITES[seed % len(SUITES)]
    fps = float(rng.choice(RATES))
    grey, scale = rng.random() < 0.15, 60 / (1 + (fps > 40))
    shots: list[tuple[_Scene, int]] = []
    joints: list[_Joint] = []
    place, free, source = 0, 0, ""
    calm = rng.random()
    while place < scale * fps:
        source, scene = _scene(rng, clips, calm, source)
        shots.append((scene, place))
        length = fps * float(rng.choice([0.6, 1.0, 1.6, 2.5, 4.0, 6.0]) * rng.uniform(0.9, 1.3))
        joint = _joint(rng, suite, free + round(length), fps)
        if suite == "no cuts":
            place = free = round(scale * fps / 2)
            break
        joints.append(joint)
        place, free = joint.start, joint.end
    shots.append((_scene(rng, clips, calm, source)[1], place))
    frames = free + round(1.5 * fps)
    if suite == "no cuts":
        shots.pop()
    truth = tuple(joint.truth for joint in joints)
    overlays = _overlays(rng, suite, frames, fps, truth, grey)
    return MadeFilm(
        seed, suite, fps, str(rng.choice(CODECS)), frames, truth, tuple(shots), tuple(joints),
        overlays,
    )  # fmt: skip


def _joint(rng: np.random.Generator, suite: str, at: int, fps: float) -> _Joint:
    """A transition that begins at frame ``at``."""

    def frames(low: float, high: float) -> int:
        return max(2, round(fps * float(np.exp(rng.uniform(np.log(low), np.log(high))))))

    curve = _CURVES[int(rng.integers(len(_CURVES)))]
    kind = "cut" if suite == "hard cuts" else str(rng.choice(["cut", "dissolve", "fade"]))
    if kind == "dissolve":
        length = frames(0.25, 2.5)
        truth = Truth(kind, "dissolve", at, at + length)
        return _Joint(truth, curve, length, linear=rng.random() < 0.3)
    if kind == "fade":
        white = rng.random() < 0.2
        out, into = frames(0.15, 1.5), frames(0.15, 1.5)
        hold = int(fps * rng.choice([0, 0.1, 0.4, 1.0])) + 1
        truth = Truth(
            kind, "through white" if white else "through black", at, at + out + hold + into
        )
        colour = float(rng.uniform(245, 255) if white else rng.uniform(0, 16))
        return _Joint(truth, curve, out, hold, into, colour)
    variety = str(rng.choice(["plain", "plain", "plain", "blended frame", "between fields"]))
    if variety == "plain":
        return _Joint(Truth("cut", variety, at, at), curve, 0)
    if variety == "blended frame":
        share = float(rng.uniform(0.2, 0.8))
        return _Joint(Truth("cut", variety, at, at + 1), curve, 1, share=share)
    return _Joint(Truth("cut", variety, at, at + 1), curve, 1, fields=True)


_CURVES: tuple[_Curve, ...] = (
    lambda x: x,
    lambda x: x,
    lambda x: x * x * (3 - 2 * x),
    lambda x: 0.5 - 0.5 * cos(pi * x),
    lambda x: x**1.6,
    lambda x: 1 - (1 - x) ** 1.6,
)


def _scene(
    rng: np.random.Generator, clips: Sequence[Sequence[Image]], calm: float, before: str
) -> tuple[str, _Scene]:
    """A shot: of a drawn place, of the demo film, or of a real film; with the name of its source.

    before: the source of the shot before, which would make no cut that one can see.
    """
    while True:
        draw = rng.random()
        if clips and draw < 0.35:
            number = int(rng.integers(len(clips)))
            name, scene = f"clip {number}", _clip(rng, clips[number])
        elif draw < 0.5:
            number = int(rng.integers(len(CUTS) + 1))
            name, scene = f"cartoon {number}", _cartoon(rng, number)
        else:
            name, scene = "", _place(rng, calm)
        if not name or name != before:
            return name, _graded(rng, scene)


def _graded(rng: np.random.Generator, scene: _Scene) -> _Scene:
    """The scene with another brightness, contrast and colour; some are dark."""
    gain, lift = float(rng.uniform(0.7, 1.1)), float(rng.uniform(0, 12))
    if rng.random() < 0.12:
        gain, lift = float(rng.uniform(0.08, 0.25)), float(rng.uniform(0, 6))
    tint = rng.uniform(0.85, 1.1, 3).astype(np.float32) * np.float32(gain)
    return lambda time: scene(time) * tint + np.float32(lift)


def _clip(rng: np.random.Generator, clip: Sequence[Image]) -> _Scene:
    begin, mirrored = float(rng.uniform(0, 0.6)) * len(clip), rng.random() < 0.5
    speed = float(rng.choice([12, 24, 24]))

    def draw(time: float) -> _Picture:
        # Backwards from the end on, so that the clip has no cut.
        place = int(begin + speed * time) % (2 * len(clip))
        picture = clip[place if place < len(clip) else 2 * len(clip) - 1 - place]
        return (picture[:, ::-1] if mirrored else picture).astype(np.float32)

    return draw


def _cartoon(rng: np.random.Generator, number: int) -> _Scene:
    begins, ends = (0.0, *CUTS), (*CUTS, DURATION)
    begin, length = begins[number], ends[number] - begins[number] - 0.05
    late, mirrored = float(rng.uniform(0, length / 2)), rng.random() < 0.5

    def draw(time: float) -> _Picture:
        place = (time + late) % (2 * length)
        drawn = draw_frame(begin + min(place, 2 * length - place))
        small = cv2.resize(drawn, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        return (small[:, ::-1] if mirrored else small).astype(np.float32)

    return draw


def _place(rng: np.random.Generator, calm: float) -> _Scene:
    """A drawn place, a camera, and perhaps things that move. calm: 0 hectic .. 1 still."""
    canvas = _canvas(rng)
    camera = _camera(rng, calm)
    things = [_thing(rng) for _ in range(int(rng.choice([0, 0, 1, 2, 4])))]

    def draw(time: float) -> _Picture:
        x, y, zoom = camera(time)
        matrix = np.array(
            [[1 / zoom, 0, x - WIDTH / 2 / zoom], [0, 1 / zoom, y - HEIGHT / 2 / zoom]]
        )
        picture = cv2.warpAffine(
            canvas, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        )  # fmt: skip
        drawn = np.asarray(picture, dtype=np.uint8)
        for thing in things:
            thing(drawn, time)
        return drawn.astype(np.float32)

    return draw


def _canvas(rng: np.random.Generator) -> Image:
    """A picture three times as wide and high as the frame: clouds of colour, shapes, texture."""
    high, wide = 3 * HEIGHT, 3 * WIDTH
    base, spread = rng.uniform(40, 190, 3), float(rng.uniform(15, 70))
    coarse = rng.normal(0, 1, (int(rng.integers(3, 9)), int(rng.integers(4, 14)), 3))
    coarse = coarse.mean(axis=2, keepdims=True) * 1.2 + 0.5 * coarse
    clouds = cv2.resize(coarse.astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    canvas = base + spread * clouds
    for _ in range(int(rng.choice([0, 10, 40, 120]))):
        colour = tuple((base + rng.normal(0, 55, 3)).tolist())
        centre = (int(rng.integers(wide)), int(rng.integers(high)))
        size = int(rng.integers(6, 110))
        if rng.random() < 0.5:
            cv2.circle(canvas, centre, size // 2, colour, -1, cv2.LINE_AA)
        else:
            corner = (centre[0] + size, centre[1] + int(size * rng.uniform(0.2, 3)))
            cv2.rectangle(canvas, centre, corner, colour, -1)
    fine = rng.normal(0, float(rng.uniform(0, 14)), (high // 2, wide // 2, 1)).astype(np.float32)
    canvas += cv2.resize(fine, (wide, high))[..., None]
    return np.clip(canvas, 2, 253).astype(np.uint8)


def _camera(rng: np.random.Generator, calm: float) -> Callable[[float], tuple[float, float, float]]:
    """Where the camera looks (x, y on the canvas) and how close, over time."""
    x, y = rng.uniform(1.2, 1.8) * WIDTH, rng.uniform(1.2, 1.8) * HEIGHT
    style = str(rng.choice(["still", "drift", "pan", "zoom", "hand", "whip"]))
    if rng.random() < calm:
        style = str(rng.choice(["still", "drift"]))
    angle, phases = float(rng.uniform(0, 2 * pi)), rng.uniform(0, 6, 6)
    speed = {"drift": rng.uniform(4, 25), "pan": rng.uniform(40, 200)}.get(style, 0.0)
    shake = float(rng.uniform(2, 14)) if style == "hand" else 0.0
    growth = float(rng.uniform(-0.25, 0.25)) if style == "zoom" else 0.0
    whip = (float(rng.uniform(0.3, 3.0)), float(rng.uniform(0.3, 0.8))) if style == "whip" else None

    def look(time: float) -> tuple[float, float, float]:
        way = speed * time
        if whip is not None:
            done = min(1.0, max(0.0, (time - whip[0]) / whip[1]))
            way = 1.2 * WIDTH * done * done * (3 - 2 * done)
        a, b, c, d, e, f = phases.tolist()
        dx = shake * (sin(9 * time + a) + sin(17 * time + b) + 0.5 * sin(31 * time + c))
        dy = shake * (sin(8 * time + d) + sin(19 * time + e) + 0.5 * sin(29 * time + f))
        zoom = float(np.exp(np.clip(growth * time, -0.9, 0.9)))
        return x + way * cos(angle) + dx, y + way * sin(angle) + dy, zoom

    return look


def _thing(rng: np.random.Generator) -> Callable[[NDArray[np.uint8], float], None]:
    """A disc or a figure that crosses the picture to and fro."""
    colour = tuple(rng.uniform(0, 255, 3).tolist())
    size, speed = int(rng.integers(8, 70)), float(rng.uniform(10, 260))
    phase, y = float(rng.uniform(0, 800)), float(rng.uniform(0.2, 0.9)) * HEIGHT
    tall = float(rng.uniform(0.6, 2.5))

    def draw(picture: NDArray[np.uint8], time: float) -> None:
        span = WIDTH + 4 * size
        way = (phase + speed * time) % (2 * span)
        x = min(way, 2 * span - way) - 2 * size
        up = y + 5 * sin(4 * time + phase)
        axes = (size, int(size * tall))
        cv2.ellipse(picture, (int(x), int(up)), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)

    return draw


def _overlays(
    rng: np.random.Generator,
    suite: str,
    frames: int,
    fps: float,
    truth: Sequence[Truth],
    grey: bool,
) -> tuple[_Overlay, ...]:
    """What lies over the whole film: bars, grain, titles, flashes and the like."""
    found: list[_Overlay] = []
    often = {"no cuts": 1.0, "all kinds": 0.35, "hard cuts": 0.5}[suite]
    if rng.random() < often:
        found.append(_titles(rng, frames, fps))
    for draw in (_flashes, _strobe, _light):
        if rng.random() < often:
            found.append(draw(rng, frames, fps, truth))
    if rng.random() < 0.3:
        found.append(_bars(float(rng.uniform(0.08, 0.16))))
    if grey:
        found.append(lambda _, picture: np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2))
    if rng.random() < 0.5:
        found.append(_grain(int(rng.integers(2**31)), float(rng.uniform(1, 9))))
    return tuple(found)


def _apart(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> int:
    """A random frame a third of a second or more from any transition."""
    while True:
        place = int(rng.integers(round(fps / 2), frames - round(fps / 2)))
        near = 0.35 * fps
        if all(place < each.start - near or place > each.end + near for each in truth):
            return place
        if rng.random() < 0.01:
            return -1


def _flashes(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> _Overlay:
    """Flashes of a few frames, some of a part of the picture."""
    lit: dict[int, tuple[float, float]] = {}
    for _ in range(int(rng.integers(2, 10))):
        begin = _apart(rng, frames, fps, truth)
        strength, part = float(rng.uniform(0.25, 1.0)), float(rng.choice([1.0, 1.0, 0.6]))
        for step in range(max(1, round(fps * float(rng.choice([0.04, 0.08, 0.12]))))):
            lit[begin + step] = (strength * 0.8**step, part)

    def draw(number: int, picture: _Picture) -> _Picture:
        if number not in lit:
            return picture
        strength, part = lit[number]
        picture = picture.copy()
        shone = picture[:, : int(part * WIDTH)]
        shone += np.float32(strength) * (255 - shone)
        return picture

    return draw


def _strobe(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> _Overlay:
    """Half a second of light that goes on and off every few frames."""
    begin = _apart(rng, frames, fps, truth)
    period, gain = int(rng.choice([2, 3, 4])) * (1 + (fps > 40)), float(rng.choice([0.3, 1.9]))
    last = begin + round(fps * 0.5)
    nearest = min((each.start for each in truth if each.start >= begin), default=frames)

    def draw(number: int, picture: _Picture) -> _Picture:
        lit = begin <= number < min(last, nearest - round(fps / 4))
        return picture * np.float32(gain) if lit and number % period < period / 2 else picture

    return draw


def _light(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> _Overlay:
    """Light that slowly brightens and darkens, as clouds and automatic exposure do."""
    period, depth = float(rng.uniform(2, 9)), float(rng.uniform(0.1, 0.35))
    phase = float(rng.uniform(0, 6))
    return lambda number, picture: (
        picture * np.float32(1 - depth + depth * sin(2 * pi * number / fps / period + phase))
    )


def _titles(rng: np.random.Generator, frames: int, fps: float) -> _Overlay:
    """A title or a subtitle that appears, changes and goes, at once or softly."""
    low = rng.random() < 0.6
    size, thick = (0.6, 1) if low else (1.4, 3)
    y = int(HEIGHT * (0.9 if low else 0.55))
    period, shown = round(fps * float(rng.uniform(1.0, 3.0))), float(rng.uniform(0.5, 1.0))
    soft = float(rng.choice([1e-9, 0.3])) * fps

    @cache
    def text(number: int) -> _Picture:
        letters = np.random.default_rng([number, y]).integers(97, 123, 18 if low else 9)
        image = np.zeros((HEIGHT, WIDTH), np.uint8)
        line = "".join(map(chr, letters.tolist()))
        font = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(image, line, (24, y), font, size, 255, thick, cv2.LINE_AA)
        return np.asarray(image[..., None] / 255, dtype=np.float32)

    def draw(number: int, picture: _Picture) -> _Picture:
        line, place = divmod(number, period)
        end = shown * period
        alpha = min(1.0, (place + 1) / max(1.0, soft), max(0.0, (end - place) / max(1.0, soft)))
        return picture + np.float32(alpha) * text(line) * (250 - picture) if alpha > 0 else picture

    return draw


def _bars(share: float) -> _Overlay:
    high = round(share * HEIGHT)

    def draw(_: int, picture: _Picture) -> _Picture:
        picture = picture.copy()
        picture[:high] = picture[HEIGHT - high :] = 0
        return picture

    return draw


def _grain(seed: int, sigma: float) -> _Overlay:
    """Noise, another in each frame."""
    drawn = np.random.default_rng(seed).normal(0, sigma, (HEIGHT + 64, WIDTH + 64, 1))
    noise = drawn.astype(np.float32)

    def draw(number: int, picture: _Picture) -> _Picture:
        y, x = 7919 * number % 64, 104729 * number // 64 % 64
        return np.asarray(picture + noise[y : y + HEIGHT, x : x + WIDTH])

    return draw
