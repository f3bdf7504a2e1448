"""Plan a piece for a film: tempo, bars, phrases, players and harmony.

What the user fixes is kept to the letter, and the rest is planned around it. Equal cue sheets and
options give equal plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.cues import CueSheet
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import KEYS, parse_key
from engine.music.key import profile
from engine.plan import mood
from engine.plan.chord_plan import drawn_chords, given_chords
from engine.plan.form import plan_phrases
from engine.plan.last_chord import last_chord_beat
from engine.plan.original import Original
from engine.plan.plan import (
    TIME_SIGNATURES,
    Phrase,
    Plan,
    plan_beats,
)
from engine.plan.plan_options import PlanOptions
from engine.plan.section_emotion import mean_emotion, with_emotion
from engine.plan.tempo_search import TempoFit, fit_tempo, rank_tempi
from engine.score import Instrument
from engine.section import Section

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
