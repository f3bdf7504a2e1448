"""The graphics of REAPER's scripts, ``gfx``, drawn on a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

BACKGROUND = (0, 0, 0)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        from matplotlib import get_data_path

        return ImageFont.truetype(str(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size)
    except (ImportError, OSError):
        return ImageFont.load_default()


class Canvas:
    """What ``gfx`` draws, and the mouse and the keys that it reads.

    texts: all that was written since the window opened. frame: what is written in the present
    frame, with its place. menu: answers of ``showmenu``, in order.
    """

    def __init__(self) -> None:
        self.open = False
        self.vars: dict[str, Any] = {
            "x": 0, "y": 0, "w": 0, "h": 0, "mouse_x": 0, "mouse_y": 0, "mouse_cap": 0
        }  # fmt: skip
        self.keys: list[int] = []
        self.texts: list[str] = []
        self.frame: list[tuple[str, float, float]] = []
        self.last_frame: list[tuple[str, float, float]] = []
        self.menus: list[str] = []
        self.menu: list[int] = []
        self._colour = (255, 255, 255)
        self._font = _font(13)
        self.image = Image.new("RGB", (1, 1), BACKGROUND)
        self._draw = ImageDraw.Draw(self.image)

    def find(self, text: str) -> tuple[float, float]:
        """Where a text begins in the last frame."""
        return next((x, y) for shown, x, y in self.last_frame if shown.startswith(text))

    def init(self, title: str, width: int = 0, height: int = 0, *_: Any) -> int:
        """Open or resize the window."""
        self.open = True
        self.vars |= {"w": int(width), "h": int(height)}
        grown = Image.new("RGB", (int(width), int(height)), BACKGROUND)
        grown.paste(self.image)
        self.image, self._draw = grown, ImageDraw.Draw(grown)
        return 1

    def quit(self) -> None:
        """Close the window."""
        self.open = False

    def getchar(self, *_: Any) -> int:
        """The next key, or 0. A person presses it once the window asks something."""
        asks = any(text == "Cancel" for text, _, _ in self.last_frame)
        return self.keys.pop(0) if self.keys and asks else 0

    def showmenu(self, text: str) -> int:
        """The answer that a test has put there, or 0."""
        self.menus.append(text)
        return self.menu.pop(0) if self.menu else 0

    def set(self, red: float, green: float, blue: float, *_: float) -> None:
        """The colour."""
        self._colour = (int(255 * red), int(255 * green), int(255 * blue))

    def setfont(self, number: int, name: str = "", size: int = 13, *_: Any) -> int:
        """The font; its size is REAPER's, in pixels of a line."""
        self._font = _font(round(0.82 * size))
        return number

    def measurestr(self, text: str) -> Any:
        """Width and height of a text."""
        return self._draw.textlength(text, font=self._font), 15

    def drawstr(self, text: str, *_: Any) -> None:
        """Write at ``x`` and ``y``."""
        self.texts.append(text)
        place = (self.vars["x"], self.vars["y"])
        self.frame.append((text, *place))
        self._draw.text(place, text, fill=self._colour, font=self._font)
        self.vars["x"] += self._draw.textlength(text, font=self._font)

    def rect(self, x: float, y: float, width: float, height: float, filled: int = 1) -> None:
        """A rectangle."""
        if width < 1 or height < 1:
            return
        corners = (x, y, x + width - 1, y + height - 1)
        fill = self._colour if filled else None
        self._draw.rectangle(corners, fill=fill, outline=self._colour)

    def line(self, x: float, y: float, to_x: float, to_y: float, *_: Any) -> None:
        """A line."""
        self._draw.line((x, y, to_x, to_y), fill=self._colour)

    def circle(self, x: float, y: float, radius: float, *_: Any) -> None:
        """A disc."""
        corners = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(corners, fill=self._colour)

    def triangle(self, *corners: float) -> None:
        """A triangle."""
        self._draw.polygon(corners, fill=self._colour)

    def update(self) -> None:
        """End a frame."""
        if self.frame:
            self.last_frame, self.frame = self.frame, []
