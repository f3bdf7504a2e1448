"""What a piece holds so far, as the rules of the loop see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.music.events import ScoreBuilder
from engine.music.features.bar_position import BarPosition
from engine.music.vocabulary import Kind, to_steps

Key = tuple[int, int]
"""(instrument index, pitch) of a note."""


class PieceState:
    """What the rules may read of a piece: its notes, bar and section.

    sections: end in seconds and conditions of each section of the film, in time order.
    """

    def __init__(self, sections: Sequence[tuple[float, Conditions]]) -> None:
        self.builder = ScoreBuilder()
        """Writes the score. It also holds the active notes."""
        self.notes = 0
        """How many notes have begun."""
        self.section = 0
        """The index of the present section."""
        self.at_bar = False
        """Whether a BAR stands at the present step."""
        self._sections = tuple(sections)
        self._bar_position = BarPosition()

    @property
    def cursor(self) -> int:
        """The present time in steps."""
        return self.builder.cursor

    @property
    def active(self) -> Mapping[Key, tuple[int, int]]:
        """The active notes: their onset in steps, and their velocity."""
        return self.builder.active

    @property
    def bar(self) -> int:
        """The usual length of the last bars in steps; 0 if it is unknown."""
        return self._bar_position.bar

    @property
    def conditions(self) -> Conditions:
        """What is asked of the present section."""
        return self._sections[self.section][1]

    def push(self, token: int) -> None:
        """Append a token."""
        self.builder.push(token)
        self._bar_position.push(token)
        kind = voc.TOKENS[token].kind
        if kind is Kind.ON:
            self.notes += 1
        elif kind is Kind.TIMESHIFT:
            self.at_bar = False
        elif kind is Kind.BAR:
            self.at_bar = True

    def enter_section(self) -> bool:
        """Move on to the present section; returns whether it asks for something else."""
        before = self.conditions
        last = len(self._sections) - 1
        # In steps, because a planned end in seconds may be rounded up.
        while self.section < last and to_steps(self._sections[self.section][0]) <= self.cursor:
            self.section += 1
        # As text, because NaN is unlike itself.
        return repr(before) != repr(self.conditions)
