"""Parts the phrases of a plan where something else begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from engine.plan.plan import Phrase, Plan


def split_phrases(plan: Plan, first: int, until: int) -> Iterator[tuple[Phrase, int]]:
    """The phrases, parted where the bars ``first`` and ``until`` begin.

    With each comes the bar after its last. A part that is cut off has a letter of its own.
    """
    bars = len(plan.bar_lines())
    letters = new_letters(plan)
    ends = [*(phrase.bar for phrase in plan.phrases[1:]), bars + 1]
    for phrase, end in zip(plan.phrases, ends, strict=True):
        inside = (bar for bar in (first, until) if phrase.bar < bar < end)
        cuts = [bar for bar in inside if plan.may_begin_phrase(bar)]
        for start, stop in zip([phrase.bar, *cuts], [*cuts, end], strict=True):
            numbers = range(start - phrase.bar, stop - phrase.bar) if phrase.chords else ()
            chords = tuple(phrase.chords[n % len(phrase.chords)] for n in numbers)
            if not cuts:
                yield phrase, end
            else:
                form = phrase.form if start == phrase.bar else next(letters)
                yield replace(phrase, bar=start, form=form, chords=chords), stop


def new_letters(plan: Plan) -> Iterator[str]:
    """Letters that no phrase has."""
    used = {phrase.form for phrase in plan.phrases}
    for turn in count():
        for letter in map(chr, range(ord("A"), ord("Z") + 1)):
            form = f"{letter}{turn + 1}" if turn else letter
            if form not in used:
                yield form
