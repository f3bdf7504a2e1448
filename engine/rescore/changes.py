"""Changes of a plan and of a film's emotion in one region; everywhere else they stay."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from engine.cues import CueSheet
from engine.emotion.sections import override
from engine.errors import EmsyncError
from engine.music.conditions import KEYS, parse_key
from engine.plan import mood
from engine.plan.harmony import draw_progression, draw_qualities, symbols, transposed
from engine.plan.plan import Phrase, Plan
from engine.plan.section_emotion import with_emotion
from engine.plan.split import new_letters, split_phrases
from engine.rescore.regions import Region
from engine.score import Instrument
from engine.section import Section, section_at


@dataclass(frozen=True, slots=True)
class Changes:
    """What a user asks of a region; None keeps what the plan and the film say.

    density: notes a second. emotion: a word; valence, arousal: -1..1. instruments: who plays
    there. chords: one text a bar, played again and again.
    """

    density: float | None = None
    emotion: str | None = None
    valence: float | None = None
    arousal: float | None = None
    instruments: tuple[Instrument, ...] | None = None
    chords: tuple[str, ...] | None = None

    @property
    def feels(self) -> bool:
        """Whether the emotion changes."""
        return (self.emotion, self.valence, self.arousal) != (None, None, None)


def changed(
    plan: Plan, cues: CueSheet, region: Region, changes: Changes, seed: int = 0
) -> tuple[Plan, CueSheet]:
    """The plan and the cue sheet with changes in a region.

    The beats and bars stay. Phrases change in the bars whose middle lies in the region. Another
    emotion brings its own density, dynamics and players, and chords of the other mode if it asks
    for that. Parts that are not composed anew stay among the players. seed: of drawn chords.

    Raises EmsyncError for values out of range, and for a plan without phrases.
    """
    if changes == Changes():
        return plan, cues
    if changes.feels:
        felt = _felt(cues.sections, _at_sections(region, cues.sections, plan), changes)
        cues = replace(cues, sections=felt)
    if not plan.phrases:
        if changes == replace(Changes(), emotion=changes.emotion, valence=changes.valence,
                              arousal=changes.arousal):  # fmt: skip
            return plan, cues
        raise EmsyncError("the plan has no phrases; leave out density, instruments and chords")
    first, until = _bars(plan, region)
    section = section_at(with_emotion(cues.sections), (region.start + region.end) / 2)
    change = _Change(plan, region, changes, section, first, seed)
    phrases = tuple(
        change.phrase(phrase, end) if first <= phrase.bar < until else phrase
        for phrase, end in split_phrases(plan, first, until)
    )
    return replace(plan, phrases=phrases), cues


def _bars(plan: Plan, region: Region) -> tuple[int, int]:
    """The first bar of a region, counted from 1, and the one after its last."""
    after = plan.bar_line(len(plan.bar_lines()) + 1)
    lines = [plan.seconds_at(line) for line in (*plan.bar_lines(), after)]
    middles = [(start + end) / 2 for start, end in pairwise(lines)]
    inside = [bar for bar, at in enumerate(middles, start=1) if region.start <= at < region.end]
    if not inside:
        bar = bisect_right(lines[:-1], (region.start + region.end) / 2)
        return bar, bar + 1
    return inside[0], inside[-1] + 1


class _Change:
    """Changes phrases of a region. section: has its emotion. first: its first bar."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        changes: Changes,
        section: Section,
        first: int,
        seed: int,
    ) -> None:
        self._plan, self._region, self._changes = plan, region, changes
        self._section, self._first = section, first
        self._rng = np.random.default_rng((seed, 4))
        self._fresh = new_letters(plan)
        self._forms: dict[str, str] = {}

    def phrase(self, phrase: Phrase, until: int) -> Phrase:
        """A phrase of the region. until: the bar after its last."""
        changes, here = self._changes, self._section
        players = self._players(phrase)
        density, dynamics = phrase.density, phrase.dynamics
        if changes.feels:
            density = round(mood.density(here.valence, here.arousal, len(players)), 1)
            dynamics = mood.dynamics(here.arousal)
        if changes.density is not None:
            density = changes.density
        new = replace(phrase, instruments=players, density=density, dynamics=dynamics)
        return self._harmonised(new, until)

    def _players(self, phrase: Phrase) -> tuple[Instrument, ...]:
        asked = self._changes.instruments
        if asked is None and self._changes.feels:
            everywhere = {i for p in self._plan.phrases for i in p.instruments}
            available = [i for i in Instrument if i in everywhere]
            here = self._section
            asked = mood.phrase_players(here.valence, here.arousal, available)
        if asked is None:
            return phrase.instruments
        parts = self._region.parts
        playing = (set(phrase.instruments) - parts) | (set(asked) & parts)
        if not playing:
            raise EmsyncError("instruments: nobody plays there; name a part that is composed anew")
        return tuple(i for i in Instrument if i in playing)

    def _harmonised(self, phrase: Phrase, until: int) -> Phrase:
        """The phrase with the chords that were asked for, or with those of another mode."""
        bars = range(phrase.bar, until)
        key = int(parse_key(phrase.key))
        if self._changes.chords:
            of_bars = [
                self._changes.chords[(bar - self._first) % len(self._changes.chords)]
                for bar in bars
            ]
        else:
            key = _key_for(key, self._section.valence) if self._changes.feels else key
            if KEYS[key] == phrase.key or not phrase.chords:
                return phrase
            minor = key >= 12
            drawn = draw_qualities(self._rng, minor, draw_progression(self._rng, minor, True))
            named = [" ".join(symbols(transposed(bar, key % 12), key)) for bar in drawn]
            of_bars = [named[n % len(named)] for n in range(len(bars))]
        last = self._plan.last_chord
        ending = until if last is None else self._plan.bar_at(last)
        chords = []
        for bar, chord in zip(bars, of_bars, strict=True):
            beats = self._plan.bar_line(bar + 1) - self._plan.bar_line(bar)
            # The piece ends as planned.
            keeps = bar >= ending and phrase.chords
            own = phrase.chords[(bar - phrase.bar) % len(phrase.chords)] if keeps else chord
            chords.append(" ".join(own.split()[:beats]))
        form = self._forms.get(phrase.form) or next(self._fresh)
        self._forms[phrase.form] = form
        return replace(phrase, form=form, key=KEYS[key], chords=tuple(chords))


def _key_for(key: int, valence: float) -> int:
    """The key, or its relative one if the emotion surely asks for the other mode."""
    share = mood.minor_share(valence)
    if math.isclose(share, 1) and key < 12:
        return 12 + (key + 9) % 12
    if math.isclose(share, 0) and key >= 12:
        return (key + 3) % 12
    return key


def _at_sections(region: Region, sections: Sequence[Section], plan: Plan) -> Region:
    """The region with its ends moved to ends of sections that lie less than a bar away.

    A section's bars begin a little before or after it. Without this a sliver would remain.
    """
    lines = [plan.seconds_at(line) for line in plan.bar_lines()]
    bar = float(np.median(np.diff([*lines, plan.duration])))
    borders = np.array([sections[0].start, *(section.end for section in sections)])

    def moved(seconds: float) -> float:
        nearest = float(borders[np.abs(borders - seconds).argmin()])
        return nearest if abs(nearest - seconds) < bar else seconds

    start, end = moved(region.start), moved(region.end)
    return replace(region, start=start, end=end) if start < end else region


def _felt(sections: Sequence[Section], region: Region, changes: Changes) -> tuple[Section, ...]:
    """The sections with the emotion that was asked for in a region."""
    found: list[Section] = []
    for section in sections:
        start, end = max(section.start, region.start), min(section.end, region.end)
        if start >= end:
            found.append(section)
            continue
        if section.start < start:
            found.append(replace(section, end=start))
        inside = replace(section, start=start, end=end)
        found += override([inside], changes.emotion, changes.valence, changes.arousal)
        if end < section.end:
            found.append(replace(section, start=end))
    return tuple(found)
