"""What a user fixes of a plan, and its checks."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EmsyncError
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import parse_conditions
from engine.plan.plan import FEELS, TIME_SIGNATURES
from engine.plan.tempo_map import TempoMap
from engine.score import Instrument


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a user fixes of a plan; None or empty for what the film asks.

    seed: of the key and the harmony. instruments: who may play. bpm: quarter notes a minute.
    time_signature: a key of ``plan.TIME_SIGNATURES``. feel: a key of ``plan.FEELS``. key: such as
    ``A minor``. density: notes a second. chords: one text a bar, played again and again.
    tempo_map: the beats and bars, in place of ``bpm`` and ``time_signature``.

    Raises EmsyncError naming the option that is out of range.
    """

    seed: int = 0
    instruments: tuple[Instrument, ...] = tuple(Instrument)
    bpm: float | None = None
    time_signature: str | None = None
    feel: str | None = None
    key: str | None = None
    density: float | None = None
    chords: tuple[str, ...] = ()
    tempo_map: TempoMap | None = None

    def __post_init__(self) -> None:
        parse_conditions(self.bpm, None, self.key, self.density)
        if self.time_signature not in (None, *TIME_SIGNATURES):
            raise EmsyncError(
                f"time_signature {self.time_signature!r}: choose from {', '.join(TIME_SIGNATURES)}"
            )
        if self.feel not in (None, *FEELS):
            raise EmsyncError(f"feel {self.feel!r}: choose from {', '.join(FEELS)}")
        if self.feel not in (None, "straight") and self._beat != "quarter":
            quarters = [name for name, each in TIME_SIGNATURES.items() if each.beat == "quarter"]
            raise EmsyncError(
                f"feel {self.feel!r}: goes with the time signatures {', '.join(quarters)}; "
                "leave it out, or choose one of them"
            )
        if self.tempo_map is not None and (self.bpm, self.time_signature) != (None, None):
            raise EmsyncError(
                "bpm, time_signature: the tempo map has its own; leave out one or the other"
            )
        for place, bar in enumerate(self.chords):
            if not bar.split():
                raise EmsyncError(f"chords[{place}]: name one or more chords")
            for symbol in bar.split():
                parse_chord(symbol)
            if len(bar.split()) > self._beats:
                raise EmsyncError(
                    f"chords[{place}]: {bar!r} has more chords than a bar has beats, {self._beats}"
                )

    @property
    def _beat(self) -> str:
        """The kind of beat, a key of ``plan.BEATS``."""
        if self.tempo_map is not None:
            return self.tempo_map.beat
        return TIME_SIGNATURES[self.time_signature or "4/4"].beat

    @property
    def _beats(self) -> int:
        """The beats of a usual bar."""
        if self.tempo_map is not None:
            return max(self.tempo_map.bars)
        return TIME_SIGNATURES[self.time_signature or "4/4"].beats


def split_bars(text: str) -> tuple[str, ...]:
    """The chords of each bar: ``Am | F G`` by bar lines, ``Am F C G`` one a bar.

    Raises EmsyncError for a text without chords.
    """
    bars = tuple(" ".join(bar.split()) for bar in text.strip("| \t\r\n").split("|"))
    if not all(bars):
        raise EmsyncError(f"chords {text!r}: write one or more for each bar, such as Am F C G")
    return bars if "|" in text else tuple(text.split())
