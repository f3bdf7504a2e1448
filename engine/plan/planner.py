"""Plan a piece for a film: tempo, bars, phrases, players and harmony.

What the user fixes is kept to the letter, and the rest is planned around it. Equal cue sheets and
options give equal plans.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.cues import CueSheet, Section
from engine.errors import EmsyncError
from engine.music.chord_symbols import Chord, chord_name, parse_chord
from engine.music.conditions import KEYS, parse_conditions, parse_key
from engine.music.key import profile
from engine.plan import mood
from engine.plan.form import PhrasePlan, plan_phrases
from engine.plan.harmony import (
    Bar,
    draw_cadence,
    draw_progression,
    leads_on,
    name_bar,
    progressions,
)
from engine.plan.plan import FEELS, SAME_TIME, TIME_SIGNATURES, Phrase, Plan, plan_beats
from engine.plan.tempo_search import TempoFit, fit_tempo, rank_tempi
from engine.score import Instrument

RING = 1.2
"""The fewest seconds that the last chord has before the film's end."""
LONGEST_RING = 4.0
"""If the last bar line leaves more seconds than this, the last chord may come in mid-bar."""
USUAL_TONICS = {0: 3, 2: 3, 4: 2, 5: 2, 7: 3, 9: 3, 10: 1, 3: 1}
"""Tonics, and how often each is drawn for a major piece. Few accidentals are easier to read."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a user fixes of a plan; None or empty for what the film asks.

    seed: of the key and the harmony. instruments: who may play. bpm: quarter notes a minute.
    time_signature: a key of ``plan.TIME_SIGNATURES``. feel: a key of ``plan.FEELS``. key: such as
    ``A minor``. density: notes a second. chords: one text a bar, played again and again.

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

    def __post_init__(self) -> None:
        parse_conditions(self.bpm, None, self.key, self.density)
        if self.time_signature not in (None, *TIME_SIGNATURES):
            raise EmsyncError(
                f"time_signature {self.time_signature!r}: choose from {', '.join(TIME_SIGNATURES)}"
            )
        if self.feel not in (None, *FEELS):
            raise EmsyncError(f"feel {self.feel!r}: choose from {', '.join(FEELS)}")
        for bar in self.chords:
            for symbol in bar.split():
                parse_chord(symbol)


def plan_piece(cues: CueSheet, options: PlanOptions) -> Plan:
    """Plan a piece for a cue sheet. Raises EmsyncError for a tempo that does not fit the beat."""
    signature = TIME_SIGNATURES[options.time_signature or "4/4"]
    fit = find_tempo(cues, options.bpm, options.time_signature)
    plan = plan_beats(fit, cues.duration, signature.beat, options.feel or "straight")
    plan = replace(plan, last_chord=_last_chord(plan, cues.boundaries))
    times = [plan.seconds_at(line) for line in plan.bar_lines()]
    drafts = plan_phrases(
        times,
        cues.sections,
        cues.boundaries,
        cues.duration,
        options.instruments,
        options.density,
    )
    rng = np.random.default_rng((options.seed, 1))
    keys = _keys(cues.sections, options, rng)
    if options.chords:
        chords = [_given(draft, options.chords) for draft in drafts]
    else:
        chords = _harmony(plan, drafts, keys, rng)
    chords[-1] = _on_tonic(plan, drafts[-1], chords[-1], keys[drafts[-1].section])
    phrases = tuple(
        Phrase(
            draft.bar + 1,
            draft.form,
            KEYS[keys[draft.section]],
            draft.players,
            draft.density,
            draft.dynamics,
            tuple(bars),
        )
        for draft, bars in zip(drafts, chords, strict=True)
    )
    return replace(plan, phrases=phrases)


def split_bars(text: str) -> tuple[str, ...]:
    """The chords of each bar: ``Am | F G`` by bar lines, ``Am F C G`` one a bar.

    Raises EmsyncError for a text without chords.
    """
    bars = tuple(" ".join(bar.split()) for bar in text.strip(" |").split("|"))
    if not all(bars):
        raise EmsyncError(f"chords {text!r}: write one or more for each bar, such as Am F C G")
    return bars if "|" in text else tuple(text.split())


def find_tempo(cues: CueSheet, bpm: float | None, time_signature: str | None) -> TempoFit:
    """The tempo that meets the most boundaries, in beats a minute; a given one does not bend."""
    return rank(cues, bpm, time_signature)[0]


def rank(cues: CueSheet, bpm: float | None, time_signature: str | None) -> list[TempoFit]:
    """The tempi that suit a film, in beats a minute, the best first; a given one is alone."""
    signature = TIME_SIGNATURES[time_signature or "4/4"]
    quarters = 1.5 if signature.beat == "dotted quarter" else 1.0
    if bpm is not None:
        return [
            fit_tempo(
                bpm / quarters, cues.boundaries, cues.duration, signature.beats, most_bend=0.0
            )
        ]
    arousal = mean_arousal(cues.sections)
    return rank_tempi(cues.boundaries, cues.duration, arousal, signature.beats, quarters=quarters)


def mean_arousal(sections: Sequence[Section]) -> float:
    """The arousal of a film, by the length of its sections."""
    return _mean([section.arousal for section in sections], sections)


def _mean(values: Sequence[float], sections: Sequence[Section]) -> float:
    lengths = [section.end - section.start for section in sections]
    return float(np.average(values, weights=lengths))


def _last_chord(plan: Plan, boundaries: Sequence[float]) -> int:
    """The beat of the last chord: a boundary near the end, or the last bar line, or mid-bar, that
    leaves time to ring. A boundary that leaves less time is kept too; the user wants it."""
    near = [b for b in boundaries if plan.duration - LONGEST_RING <= b < plan.duration - SAME_TIME]
    if near and plan.met(near[-1:])[0]:
        return round(float(plan.clock.ticks(near[-1])))
    lines = plan.bar_lines()
    room = [plan.duration - plan.seconds_at(line) for line in lines]
    last = max((place for place, left in enumerate(room) if left >= RING), default=0)
    if room[last] <= LONGEST_RING:
        return lines[last]
    beats = plan.bars[min(last, len(plan.bars) - 1)]
    middle = lines[last] + math.ceil(beats / 2)
    return middle if plan.duration - plan.seconds_at(middle) >= RING else lines[last]


def _keys(sections: Sequence[Section], options: PlanOptions, rng: np.random.Generator) -> list[int]:
    """The key of each section of the film. Sections of another mode are in the relative key."""
    if options.key is not None:
        return [int(parse_key(options.key))] * len(sections)
    if options.chords:
        return [_key_of(options.chords)] * len(sections)
    tonics = list(USUAL_TONICS)
    weights = np.array(list(USUAL_TONICS.values()), float)
    tonic = int(rng.choice(tonics, p=weights / weights.sum()))
    draw = rng.random()
    # The relative minor of a major key lies three semitones below it.
    return [
        12 + (tonic + 9) % 12 if draw < mood.minor_share(section.valence) else tonic
        for section in sections
    ]


def _key_of(chords: Sequence[str]) -> int:
    """The key that fits chords best; their first chord counts twice."""
    named = [parse_chord(symbol) for bar in chords for symbol in bar.split()]
    classes = np.zeros(12)
    for chord in [named[0], *named]:
        classes[list(chord.pitch_classes)] += 1
        classes[chord.root] += 0.5
    fits = [float(np.corrcoef(classes, profile(key))[0, 1]) for key in range(len(KEYS))]
    return int(np.argmax(fits))


def _given(draft: PhrasePlan, chords: Sequence[str]) -> list[str]:
    return [chords[(draft.bar + number) % len(chords)] for number in range(draft.bars)]


def _harmony(
    plan: Plan, drafts: Sequence[PhrasePlan], keys: Sequence[int], rng: np.random.Generator
) -> list[list[str]]:
    """The chords of each bar of each phrase."""
    themes: dict[tuple[str, int], tuple[Bar, ...]] = {}
    found = []
    for number, draft in enumerate(drafts):
        key = keys[draft.section]
        minor = key >= 12
        theme = draft.form, key
        if theme not in themes:
            # The first theme of a piece begins at home, a contrast elsewhere.
            contrast = any(known == key for _, known in themes)
            themes[theme] = draw_progression(rng, minor, not contrast, tuple(themes.values()))
        progression = themes[theme]
        bars = [progression[bar % len(progression)] for bar in range(draft.bars)]
        following = drafts[number + 1] if number + 1 < len(drafts) else None
        if following is not None and draft.bars > 1:
            goal = themes.get((following.form, keys[following.section]))
            home = goal is None or goal[0][0] == progressions(minor).tonic
            repeats = goal is not None and bars[-1][-1] == goal[0][0]
            if (home and not leads_on(bars[-1], minor)) or repeats:
                beats = _beats(plan, draft.bar + draft.bars - 1)
                bars[-1] = draw_cadence(rng, minor, bars[-2][-1], beats)
        elif following is None:
            bars = _close(plan, draft, bars, minor, rng)
        found.append([name_bar(bar, key) for bar in bars])
    return found


def _close(
    plan: Plan, draft: PhrasePlan, bars: list[Bar], minor: bool, rng: np.random.Generator
) -> list[Bar]:
    """The bars of the last phrase: a cadence comes before the last chord's bar."""
    last = _bar_of(plan, plan.last_chord or 0) - draft.bar
    if 0 < last < len(bars):
        before = bars[last - 2][-1] if last > 1 else ""
        bars[last - 1] = draw_cadence(rng, minor, before, _beats(plan, draft.bar + last - 1))
    return bars


def _on_tonic(plan: Plan, draft: PhrasePlan, chords: list[str], key: int) -> list[str]:
    """The chords of the last phrase; from the last chord on, the tonic holds."""
    mode, tonic = divmod(key, 12)
    home = chord_name(Chord(tonic, "m" if mode else ""), key)
    last = plan.last_chord or 0
    bar = _bar_of(plan, last) - draft.bar
    if bar < 0:
        return chords
    in_mid_bar = plan.bar_line(draft.bar + bar + 1) != last
    held = [home] * (len(chords) - bar)
    if in_mid_bar:
        held[0] = f"{_before_home(chords, bar, key)} {home}"
    return [*chords[:bar], *held]


def _before_home(chords: Sequence[str], bar: int, key: int) -> str:
    """The chord of the first half of a bar whose second half is the tonic: the dominant."""
    return chord_name(Chord((key + 7) % 12), key)


def _bar_of(plan: Plan, beat: int) -> int:
    """The bar of a beat, counted from 0."""
    return int(np.searchsorted(plan.bar_lines(), beat, "right")) - 1


def _beats(plan: Plan, bar: int) -> int:
    """Beats of a bar, counted from 0."""
    return plan.bars[min(bar, len(plan.bars) - 1)]
