"""The emotion that a user gives for a film, in place of what is perceived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.emotion.notation import Turn, parse_turns
from engine.emotion.sections import override, turned
from engine.errors import EmsyncError
from engine.section import Section


@dataclass(frozen=True, slots=True)
class UserEmotion:
    """What the user gave of a film's emotion.

    word, valence, arousal: for the whole film; None for each that is perceived. turns: emotions
    with times in seconds, or with coordinates; empty beside a word.
    """

    word: str | None
    valence: float | None
    arousal: float | None
    turns: tuple[Turn, ...]

    def __post_init__(self) -> None:
        """Raises EmsyncError for an unknown word, and for coordinates that do not fit."""
        override((), self.word, self.valence, self.arousal)
        if self.turns and (self.valence, self.arousal) != (None, None):
            raise EmsyncError(
                "valence, arousal: they hold for the whole film, but emotion has times or "
                "coordinates; leave out one or the other"
            )

    @property
    def is_whole(self) -> bool:
        """Whether it leaves nothing to perceive, from the start to the end of the film."""
        throughout = bool(self.turns) and self.turns[0].start == 0
        throughout = throughout and all(turn.end is None for turn in self.turns)
        return self.word is not None or None not in (self.valence, self.arousal) or throughout

    def applied(self, sections: Sequence[Section], intensity: float) -> tuple[Section, ...]:
        """Sections with this emotion in place of theirs.

        intensity: the largest mean of Ekman's emotions that a word stands for.
        """
        found = tuple(sections)
        whole = self.word, self.valence, self.arousal
        if whole != (None, None, None):
            found = override(found, *whole, mu_max=intensity)
        if self.turns:
            turns = [(turn.start, turn.end, turn.emotion) for turn in self.turns]
            found = turned(found, turns, intensity)
        return found


def parse_user_emotion(text: str, valence: float | None, arousal: float | None) -> UserEmotion:
    """The emotion of a request.

    text: ``auto``, a word, or emotions with times (:func:`~engine.emotion.notation.parse_turns`).
    Raises EmsyncError for a text that nobody can read, and as :class:`UserEmotion`.
    """
    try:
        turns = () if text == "auto" else parse_turns(text)
    except ValueError as error:
        raise EmsyncError(f"emotion: {error}") from error
    match turns:
        case (Turn(start=0.0, end=None, emotion=str(word)),):
            return UserEmotion(word, valence, arousal, ())
        case _:
            return UserEmotion(None, valence, arousal, turns)
