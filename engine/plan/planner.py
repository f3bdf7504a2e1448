"""Plan a piece for a film: tempo, bars, phrases, players and harmony.

What the user fixes is kept to the letter, and the rest is planned around it. Equal cue sheets and
options give equal plans.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import KEYS, known, parse_conditions, parse_key
from engine.music.key import profile
from engine.plan import mood
from engine.plan.chord_plan import drawn_chords, given_chords
from engine.plan.form import plan_phrases
from engine.plan.original import Original
from engine.plan.plan import (
    FEELS,
    LATEST_PHRASE,
    SAME_TIME,
    TIME_SIGNATURES,
    Phrase,
    Plan,
    plan_beats,
)
from engine.plan.tempo_map import TempoMap
from engine.plan.tempo_search import USUAL_AROUSAL, TempoFit, fit_tempo, rank_tempi
from engine.score import Instrument
from engine.section import Section

RING = 1.2
"""The fewest seconds that the last chord has before the film's end."""
LEAST_RING = LATEST_PHRASE + SAME_TIME
"""The fewest seconds that it has if the user wants a boundary there."""
LONGEST_RING = 4.0
"""If the last bar line leaves more seconds than this, the last chord may come in mid-bar."""
SHARE_SPREAD = {
    Instrument.BASS: 0.4,
    Instrument.DRUMS: 0.4,
    Instrument.GUITAR: 0.7,
    Instrument.PIANO: 0.7,
    Instrument.STRINGS: 0.6,
}
"""How much the shares of the notes differ between pieces: the standard deviation of their logs. In
songs they differ a little more."""
LEAST_DRAWN = 0.3
"""The least share that is drawn, beside the usual one; the greatest is its inverse."""
USUAL_TONICS = {0: 3, 2: 3, 4: 2, 5: 2, 7: 3, 9: 3, 10: 1, 3: 1}
"""Tonics, and how often each is drawn for a major piece. Few accidentals are easier to read."""


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


def plan_piece(cues: CueSheet, options: PlanOptions, original: Original | None = None) -> Plan:
    """Plan a piece for a cue sheet.

    original: what the piece varies; None for a piece of its own. Raises EmsyncError for a tempo
    that does not fit the beat.
    """
    if original is not None:
        options = replace(options, instruments=original.instruments)
    plan = _beats_of(cues, options)
    plan = replace(plan, last_chord=last_chord_beat(plan, cues.boundaries))
    sections = with_emotion(cues.sections)
    shares = _shares(options) if original is None else original.shares
    leads = dict(shares)
    drafts = plan_phrases(
        [plan.seconds_at(line) for line in plan.bar_lines()],
        plan.bar_at(plan.last_chord or 0) - 1,
        sections,
        cues.boundaries,
        cues.duration,
        options.instruments,
        options.density,
        leads.get(Instrument.GUITAR, 0.0) > leads.get(Instrument.PIANO, 0.0),
    )
    rng = np.random.default_rng((options.seed, 1))
    of_section = _keys(sections, options, rng)
    keys = [of_section[draft.section] for draft in drafts]
    if original is not None:
        drafts = [replace(draft, form=original.form(draft.form)) for draft in drafts]
        keys = [original.key(draft.form) for draft in drafts]
    if options.chords:
        chords = given_chords(plan, options.chords, keys[-1])
    else:
        given = {} if original is None else original.progressions
        chords = drawn_chords(plan, drafts, keys, rng, given)
    phrases = tuple(
        Phrase(
            draft.bar + 1,
            draft.form,
            KEYS[key],
            draft.players,
            draft.density,
            draft.dynamics,
            tuple(map(" ".join, chords[draft.bar : draft.bar + draft.bars])),
            mood.register(sections[draft.section].valence),
        )
        for draft, key in zip(drafts, keys, strict=True)
    )
    return replace(plan, phrases=phrases, shares=shares)


def _shares(options: PlanOptions) -> tuple[tuple[Instrument, float], ...]:
    """How much each instrument plays, drawn by the seed, so that pieces differ in who leads."""
    # A generator of its own, so that the harmony does not depend on who plays.
    rng = np.random.default_rng((options.seed, 2))
    drawn = {i: float(np.exp(rng.normal(0, spread))) for i, spread in SHARE_SPREAD.items()}
    return tuple(
        (i, round(min(max(share, LEAST_DRAWN), 1 / LEAST_DRAWN), 2))
        for i, share in drawn.items()
        if i in options.instruments
    )


def _beats_of(cues: CueSheet, options: PlanOptions) -> Plan:
    """The plan's beats and bars alone."""
    feel = options.feel or "straight"
    if options.tempo_map is not None:
        return options.tempo_map.plan(cues.duration, feel)
    signature = TIME_SIGNATURES[options.time_signature or "4/4"]
    fit = find_tempo(cues, options.bpm, options.time_signature)
    return plan_beats(fit, cues.duration, signature.beat, feel)


def split_bars(text: str) -> tuple[str, ...]:
    """The chords of each bar: ``Am | F G`` by bar lines, ``Am F C G`` one a bar.

    Raises EmsyncError for a text without chords.
    """
    bars = tuple(" ".join(bar.split()) for bar in text.strip("| \t\r\n").split("|"))
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
    times, weights = cues.boundaries, [hit.worth for hit in cues.hits]
    if bpm is not None:
        return [
            fit_tempo(bpm / quarters, times, cues.duration, signature.beats, weights, most_bend=0.0)
        ]
    emotion = mean_emotion(cues.sections)
    return rank_tempi(times, cues.duration, emotion, signature.beats, weights, quarters)


def mean_emotion(sections: Sequence[Section]) -> tuple[float, float]:
    """Valence and arousal of a film, by the length of its sections; NaN where unknown."""
    return (
        _mean([section.valence for section in sections], sections),
        _mean([section.arousal for section in sections], sections),
    )


def _mean(values: Sequence[float], sections: Sequence[Section]) -> float:
    """The mean of the known values, by the length of their sections; NaN if none is known."""
    lengths = np.array([section.end - section.start for section in sections])
    found = np.array(values)
    there = ~np.isnan(found)
    return float(np.average(found[there], weights=lengths[there])) if there.any() else math.nan


def with_emotion(sections: Sequence[Section]) -> list[Section]:
    """The sections, with the film's mean where the emotion is unknown."""
    mean_valence, mean_arousal = mean_emotion(sections)
    valence, arousal = known(mean_valence, 0.0), known(mean_arousal, USUAL_AROUSAL)
    return [
        replace(s, valence=known(s.valence, valence), arousal=known(s.arousal, arousal))
        for s in sections
    ]


def last_chord_beat(plan: Plan, boundaries: Sequence[float]) -> int:
    """The beat of the last chord: a boundary near the end, or the last bar line, or mid-bar, that
    leaves time to ring. A boundary that leaves less time is kept too; the user wants it."""
    near = [b for b in boundaries if b > 0 and LEAST_RING <= plan.duration - b <= LONGEST_RING]
    beat = round(float(plan.clock.ticks(near[-1]))) if near else 0
    if beat > 0 and plan.met(near[-1:])[0]:
        return beat
    lines = plan.bar_lines()
    room = [plan.duration - plan.seconds_at(line) for line in lines]
    last = max((place for place, left in enumerate(room) if left >= RING), default=0)
    if last > 0 and room[last] <= LONGEST_RING:
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
