"""A plan and a film's emotion under the controls of a live piece.

Beats, bars, keys, chords and the ending stay, so hits are met as planned. Another emotion brings
its own density, dynamics, register and players, as it does in a plan
(:mod:`engine.plan.mood`). A density and players that are asked for go before those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from engine.cues import CueSheet
from engine.emotion.sections import override
from engine.live.control import LiveChange, LiveControl
from engine.plan import mood
from engine.plan.plan import Phrase, Plan
from engine.plan.section_emotion import with_emotion
from engine.plan.split import split_phrases
from engine.score import Instrument
from engine.section import Section, section_at


def directed(plan: Plan, cues: CueSheet, changes: Sequence[LiveChange]) -> tuple[Plan, CueSheet]:
    """The plan and the cue sheet with the controls of these changes, by rising bar.

    plan: has phrases. Each control holds up to the next change, the last one up to the end.
    """
    available = tuple(i for i in Instrument if any(i in p.instruments for p in plan.phrases))
    ends = [*(change.bar for change in changes[1:]), len(plan.bar_lines()) + 1]
    for change, until in zip(changes, ends, strict=True):
        cues = replace(cues, sections=tuple(_felt(plan, cues, change, until)))
        felt = with_emotion(cues.sections)
        phrases = tuple(
            _played(plan, phrase, end, change.control, felt, available)
            if change.bar <= phrase.bar < until
            else phrase
            for phrase, end in split_phrases(plan, change.bar, until)
        )
        plan = replace(plan, phrases=phrases)
    return plan, cues


def _felt(plan: Plan, cues: CueSheet, change: LiveChange, until: int) -> Iterator[Section]:
    """The sections, parted at the change's bars, with its emotion between them."""
    control = change.control
    if not control.feels:
        yield from cues.sections
        return
    first, last = (plan.seconds_at(plan.bar_line(bar)) for bar in (change.bar, until))
    for section in cues.sections:
        inside = [at for at in (first, last) if section.start < at < section.end]
        for start, end in pairwise([section.start, *inside, section.end]):
            part = replace(section, start=start, end=end)
            if first <= start < last:
                yield from override([part], None, control.valence, control.arousal)
            else:
                yield part


def _played(
    plan: Plan,
    phrase: Phrase,
    end: int,
    control: LiveControl,
    sections: Sequence[Section],
    available: Sequence[Instrument],
) -> Phrase:
    """A phrase under a control. end: the bar after its last. sections: emotions, all known."""
    lines = (plan.seconds_at(plan.bar_line(bar)) for bar in (phrase.bar, end))
    middle = min(sum(lines) / 2, plan.duration)
    felt = section_at(sections, middle)
    if control.feels:
        phrase = replace(
            phrase,
            instruments=mood.phrase_players(felt.valence, felt.arousal, available),
            dynamics=mood.dynamics(felt.arousal),
            register=mood.register(felt.valence),
        )
    if control.instruments is not None:
        phrase = replace(phrase, instruments=control.instruments)
    density = control.density
    if density is None and control.feels:
        density = round(mood.density(felt.valence, felt.arousal, len(phrase.instruments)), 1)
    return phrase if density is None else replace(phrase, density=density)
