"""How much music an unfinished piece must have ahead before it plays."""

from __future__ import annotations

RESERVE = 5.0
"""Seconds of music to have ahead before an unfinished piece starts, or starts again."""
GROWTH = 2.0
"""How much the reserve grows each time that the music runs out."""
RESUME = 1.0
"""Seconds of music to have ahead where the music of a change came too late."""


class Reserve:
    """The reserve of one piece after the other; it grows for a piece whose music runs out.

    Moments are those of ``time.monotonic()``.
    """

    def __init__(self, seconds: float = RESERVE) -> None:
        self.seconds = seconds
        """What the user asks for."""
        self._grown = 0.0
        """The reserve after the music of the present piece ran out; 0 before."""
        self._loaded = 0.0, 0.0
        """When the present piece was loaded, and up to where it was known then."""
        self._cut = -1.0
        """Where the music was last cut, for which other music is to come."""
        self._resumes = False
        """Whether it waits for that music."""

    @property
    def needed(self) -> float:
        """Seconds of music to have ahead now."""
        if self._resumes:
            return min(self.seconds, RESUME)
        return max(self.seconds, self._grown)

    def load(self, known: float, when: float) -> None:
        """Another piece is loaded at the moment ``when``, composed up to ``known`` seconds."""
        self._grown, self._loaded = 0.0, (when, known)
        self._cut, self._resumes = -1.0, False

    def cut(self, known: float) -> None:
        """The music from ``known`` seconds on was dropped, and is composed anew."""
        self._cut = known

    def start(self) -> None:
        """Playback starts."""
        self._resumes = False

    def run_out(self, known: float, when: float) -> str:
        """Playback reached ``known`` seconds, where the music ends. Returns the reason.

        Unless it waits for the music of a change, the reserve grows, so that the next wait does
        not come as soon.
        """
        if known == self._cut:
            self._resumes = True
            return (
                f"the music of a change at {known:.1f} s was not composed in time: this machine is "
                "busy; end other programs"
            )
        self._grown = GROWTH * (max(self._grown, self.seconds) or 1.0)
        begun, before = self._loaded
        rate = (known - before) / max(when - begun, 0.001)
        return (
            f"the music ran out at {known:.1f} s: this machine composes {rate:.2f} s of it a "
            f"second and is too slow to play meanwhile; it waits for {self._grown:g} s of music "
            "now. End other programs, give a larger reserve, or play the piece once it is composed"
        )
