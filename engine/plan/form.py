"""The form of a piece: its phrases, who plays them, how densely and how loudly.

A phrase has about four bars. Phrases begin where a section of the film begins, and at boundaries
where they can. The first phrase has fewer players. One phrase, at about three quarters of the most
excited section, has them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.plan import mood
from engine.score import CHORDAL, Instrument
from engine.section import Section

LENGTHS = {1: 2.0, 2: 0.7, 3: 0.35, 4: 0.0, 5: 0.4, 6: 0.7, 7: 1.1, 8: 0.9}
"""The cost of a phrase of this many bars."""
AT_BOUNDARY = 0.8
"""What a phrase gains by beginning at a boundary."""
IN_SECTION = 50.0
"""The cost of a section of the film that begins within a phrase."""
INTRODUCTION = 3
"""The fewest phrases of a piece with an introduction."""
CLIMAX = 0.75
"""Where the climax lies within the most excited section."""
BARS_A_MINUTE = 8.0
"""Everyone is planned for this many bars of a minute at least; four are wanted, and not every
planned bar has an onset of everyone."""
CALM = -0.3
"""The arousal below which a piece is calm."""
PATTERN = "AABACABA"
"""The themes of the phrases of one mood: a rondo."""
THEMES = "ABC"
ALIKE = 0.2
"""Sections whose valence and arousal both differ by less share their themes."""


@dataclass(frozen=True, slots=True)
class PhrasePlan:
    """A phrase before its harmony. bar: its first, counted from 0. bars: how many it has.

    section: index of the film's section. form: a letter. players: who plays.
    """

    bar: int
    bars: int
    section: int
    form: str
    players: tuple[Instrument, ...]
    density: float
    dynamics: str


def split_phrases(bars: int, sections: frozenset[int], boundaries: frozenset[int]) -> list[int]:
    """The first bar of each phrase, counted from 0 (dynamic programming).

    bars: of the piece. sections, boundaries: the bars at which they begin.
    """
    costs = [0.0] + [math.inf] * bars
    before = [0] * (bars + 1)
    for end in range(1, bars + 1):
        for length, cost in LENGTHS.items():
            first = end - length
            if first < 0:
                break
            within = sum(bar in sections for bar in range(first + 1, end))
            gain = AT_BOUNDARY if first in boundaries else 0.0
            total = costs[first] + cost + IN_SECTION * within - gain
            if total < costs[end]:
                costs[end], before[end] = total, first
    starts: list[int] = []
    end = bars
    while end > 0:
        end = before[end]
        starts.append(end)
    return starts[::-1]


def plan_phrases(
    bar_times: Sequence[float],
    last_bar: int,
    sections: Sequence[Section],
    boundaries: Sequence[float],
    duration: float,
    available: Sequence[Instrument],
    density: float | None = None,
    guitar_leads: bool = False,
) -> list[PhrasePlan]:
    """The phrases of a piece.

    bar_times: film time of each bar line. last_bar: the bar of the last chord, counted from 0; no
    phrase begins after it. available: who may play. density: notes a second throughout; None for
    what suits the emotion. guitar_leads: the guitar plays where the piano usually does.
    """
    times = np.array(bar_times)

    def bar_at(seconds: float) -> int:
        return int(np.abs(times - seconds).argmin())

    first_bars = [bar_at(section.start) for section in sections]
    section_bars = frozenset(first_bars[1:]) - {0}
    hits = frozenset(bar_at(b) for b in boundaries if np.abs(times - b).min() < 0.02)
    starts = split_phrases(last_bar + 1, section_bars, hits)
    lengths = np.diff([*starts, len(times)]).tolist()
    of_section = [int(np.searchsorted(first_bars, start, "right")) - 1 for start in starts]
    climax = _climax(of_section, sections)
    drafts = []
    forms = _forms(of_section, sections)
    with_drums = _with_drums(of_section, lengths, forms, sections)
    pitched = [instrument for instrument in available if instrument is not Instrument.DRUMS]
    for number, (bar, bars, section) in enumerate(zip(starts, lengths, of_section, strict=True)):
        level = mood.level(sections[section].valence, sections[section].arousal)
        first = number == 0 and len(starts) >= INTRODUCTION
        count = mood.players(level, len(pitched))
        if first and len(pitched) > 2:
            count = 2
        drums = number in with_drums or not pitched
        chosen = {*_pitched(mood.entry_order(level, pitched, guitar_leads), count)}
        if drums or number == climax:
            chosen.add(Instrument.DRUMS)
        if number == climax:
            chosen.update(pitched)
        playing = tuple(i for i in Instrument if i in chosen and i in available)
        drafts.append(PhrasePlan(bar, bars, section, forms[number], playing, 0.0, "mf"))
    calm = [sections[draft.section].arousal < CALM for draft in drafts]
    drafts = _everyone(drafts, climax, available, duration, calm)
    return [
        _with_level(draft, sections[draft.section], number, climax, len(drafts), density)
        for number, draft in enumerate(drafts)
    ]


def _climax(of_section: Sequence[int], sections: Sequence[Section]) -> int:
    """The index of the phrase in which everyone plays."""
    excited = max(set(of_section), key=lambda number: (sections[number].arousal, number))
    phrases = [number for number, section in enumerate(of_section) if section == excited]
    # The last phrase ends the piece; it is the climax only of a piece of one phrase.
    inner = [number for number in phrases if number < len(of_section) - 1] or phrases
    return inner[min(int(CLIMAX * len(inner)), len(inner) - 1)]


def _pitched(order: Sequence[Instrument], count: int) -> list[Instrument]:
    """The first ``count`` to enter; guitar or piano is among them where one may play."""
    chosen = list(order[:count])
    chordal = [instrument for instrument in order if instrument in CHORDAL]
    if chordal and not set(chordal) & set(chosen):
        chosen[-1] = chordal[0]
    return chosen


def _with_drums(
    of_section: Sequence[int],
    lengths: Sequence[int],
    forms: Sequence[str],
    sections: Sequence[Section],
) -> frozenset[int]:
    """The indices of the phrases with drums: a share of the bars of each section of the film.

    of_section, lengths, forms: the section, the bars and the letter of each phrase. The first
    phrase of a piece is the first to have none, then contrasts, then others from the last one on.
    """
    found = set(range(len(of_section)))
    for section in set(of_section):
        phrases = [number for number in found if of_section[number] == section]
        bars = sum(lengths[number] for number in phrases)
        wanted = bars * mood.drum_bars(sections[section].valence, sections[section].arousal)
        first_form = forms[min(phrases)]
        for number in sorted(phrases, key=lambda n: (n > 0, forms[n] == first_form, -n)):
            if bars - lengths[number] / 2 >= wanted:
                bars -= lengths[number]
                found.discard(number)
    return frozenset(found)


def _everyone(
    drafts: Sequence[PhrasePlan],
    climax: int,
    available: Sequence[Instrument],
    duration: float,
    calm: Sequence[bool],
) -> list[PhrasePlan]:
    """The phrases with more players, so that everyone plays enough bars.

    calm: whether each phrase is calm. Drums come into a calm phrase last.
    """
    found = list(drafts)
    every = sum(draft.bars for draft in drafts)
    for instrument in available:
        drums = instrument is Instrument.DRUMS
        wanted = min(BARS_A_MINUTE * duration / 60, every)

        def distance(number: int, avoided: bool = drums) -> tuple[bool, int]:
            return avoided and calm[number], abs(number - climax)

        nearest = sorted(range(len(found)), key=distance)
        bars = sum(draft.bars for draft in found if instrument in draft.players)
        for number in nearest:
            if bars >= wanted:
                break
            if instrument not in found[number].players:
                both = {*found[number].players, instrument}
                playing = tuple(i for i in Instrument if i in both)
                found[number] = replace(found[number], players=playing)
                bars += found[number].bars
    return found


def _forms(of_section: Sequence[int], sections: Sequence[Section]) -> list[str]:
    """The letter of each phrase. Sections of a like emotion share three letters."""
    moods: list[Section] = []
    places: dict[int, int] = {}
    letters = []
    counts: dict[int, int] = {}
    for section in of_section:
        if section not in places:
            here = sections[section]
            alike = [
                number
                for number, mood_ in enumerate(moods)
                if abs(mood_.valence - here.valence) < ALIKE
                and abs(mood_.arousal - here.arousal) < ALIKE
            ]
            places[section] = alike[0] if alike else len(moods)
            if not alike:
                moods.append(here)
        group = places[section]
        turn = counts.get(group, 0)
        counts[group] = turn + 1
        theme = PATTERN[turn % len(PATTERN)]
        letters.append(_letter(THEMES.index(theme) + len(THEMES) * group))
    return letters


def first_mood(form: str) -> str:
    """The letter of the piece's first mood that has the same place as a letter of another."""
    number = ord(form[0]) - ord("A") + 26 * (int(form[1:] or 1) - 1)
    return THEMES[number % len(THEMES)]


def _letter(number: int) -> str:
    """A, B, ... Z, A2, B2, ..."""
    turn, place = divmod(number, 26)
    return chr(ord("A") + place) + (str(turn + 1) if turn else "")


def _with_level(
    draft: PhrasePlan,
    section: Section,
    number: int,
    climax: int,
    count: int,
    density: float | None,
) -> PhrasePlan:
    louder = int(number == climax and count > 1) - int(number == 0 and count >= INTRODUCTION)
    usual = round(mood.density(section.valence, section.arousal, len(draft.players)), 1)
    return replace(
        draft,
        density=usual if density is None else density,
        dynamics=mood.dynamics(section.arousal, louder),
    )
