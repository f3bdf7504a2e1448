"""What a piece is to be, beyond what its cue sheet says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from engine.composing.infill import Given
from engine.composing.sampling import Sampling
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.conditions import Conditions
from engine.originality.fingerprint import Fingerprint
from engine.score import Instrument

SHORT_CONTEXT = 512
"""Tokens that the network reads before a change or a region, about ten seconds of music, while
somebody waits. Twice as many cost three times as much, most of the time that a short region takes.
"""


@dataclass(frozen=True, slots=True)
class GenerationConfig:
    """How to compose.

    seed, take: the same pair, cue sheet and machine give the same piece. Takes of one seed differ
        as much as seeds do.
    instruments: who may play.
    conditions: what the network receives beyond emotion. Tempo and metre hold for the whole piece.
    arrangement: what a plan asks for: beats, players, chords, ending. Without one, the piece is in
        free time. A tempo in ``conditions`` is then a wish that the network may miss.
    sections: key and density of each section of the cue sheet, in place of those in
        ``conditions``. Empty if all sections are alike.
    given: music that is kept as it is; the rest is composed around it.
    seams: stretches of given music, in seconds, whose likelihood is measured: what follows a gap.
    context: the most tokens that are read before what is composed; None for all that the network
        can see.
    keep_reading: where conditions change, read nothing but them anew. What the network has read
        stays as it was read under the former ones.
    fingerprint: of the songs whose passages are steered away from; None to steer from none.

    Raises EmsyncError when no instrument is named.
    """

    seed: int = 0
    take: int = 0
    instruments: tuple[Instrument, ...] = voc.INSTRUMENTS
    sampling: Sampling = field(default_factory=Sampling)
    conditions: Conditions = field(default_factory=Conditions)
    sections: tuple[Conditions, ...] = ()
    arrangement: Arrangement | None = None
    given: Given | None = None
    seams: tuple[tuple[float, float], ...] = ()
    context: int | None = None
    keep_reading: bool = False
    fingerprint: Fingerprint | None = None

    def __post_init__(self) -> None:
        if not self.instruments:
            raise EmsyncError(
                f"instruments: name at least one of {', '.join(i.value for i in Instrument)}"
            )


def section_conditions(cues: CueSheet, config: GenerationConfig) -> tuple[Conditions, ...]:
    """What is asked of each section of the cue sheet: its own emotion, and the rest as configured.

    Raises EmsyncError when ``config.sections`` does not fit the cue sheet.
    """
    asked = config.sections or (config.conditions,) * len(cues.sections)
    if len(asked) != len(cues.sections):
        raise EmsyncError(
            f"sections: conditions of {len(asked)} sections were given, but the cue sheet has "
            f"{len(cues.sections)}"
        )
    whole = config.conditions
    return tuple(
        replace(
            conditions,
            valence=section.valence,
            arousal=section.arousal,
            tempo=whole.tempo,
            metre=whole.metre,
        )
        for section, conditions in zip(cues.sections, asked, strict=True)
    )
