"""A plan and a film of 28 s, and how to compose and look at pieces for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from engine.composing.config import GenerationConfig
from engine.composing.logits.ending import NOTES
from engine.composing.planned import compose_planned_takes
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.model.runtime import Network
from engine.music import vocabulary as voc
from engine.plan.plan import Phrase, Plan
from engine.plan.timing import Timing
from engine.score import CHORDAL, Instrument, Note, Score
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = EVERYONE = tuple(Instrument)
SECONDS = 28.0
POINTS = ((0, 0.0), (16, 8.2), (30, 15.0), (56, 28.3))
"""About 120 beats a minute, with bends; a bar of two beats before the third phrase."""
BARS = (4, 4, 4, 4, 4, 4, 4, 2, 4)
VERSE, CHORUS = ("C", "Am", "F", "G"), ("F", "C G", "Dm", "G")


def phrase(bar: int, form: str, *players: Instrument, density: float = 8.0) -> Phrase:
    chords = VERSE if form == "A" else CHORUS
    return Phrase(bar, form, "C major", players, density, "mf", chords)


PHRASES = (
    phrase(1, "A", BASS, PIANO, STRINGS),
    phrase(5, "B", *EVERYONE, density=12.0),
    phrase(9, "A", DRUMS, GUITAR, STRINGS),
    replace(phrase(13, "C", *EVERYONE), chords=("F G", "C", "C")),
)
PLAN = Plan(SECONDS, POINTS, BARS, phrases=PHRASES, last_chord=50)
"""The last chord falls on the bar line of the 14th bar, 2.7 s before the end."""


def film(seconds: float = SECONDS, *boundaries: float) -> CueSheet:
    half = Section(0.0, seconds / 2, {}, 0.3, -0.2, "user")
    sections = (half, replace(half, start=seconds / 2, end=seconds, valence=-0.3, arousal=0.6))
    video = Video("film.mp4", seconds, 24.0, 64, 36)
    return CueSheet(video, 0.0, seconds, (), hits_at(boundaries), sections)


def compose(
    network: Network, plan: Plan = PLAN, cues: CueSheet | None = None, **sampling: float
) -> Score:
    config = GenerationConfig(sampling=Sampling(guidance=1.0, **sampling))
    ((take, _),) = compose_planned_takes(
        cues or film(plan.duration, 8.2, 15.0), plan, network, config, 1
    )
    return take.score


def steps(plan: Plan, seconds: float) -> float:
    """Music time of a film time, in steps."""
    return Timing(plan).music_time(seconds) * 1000 / voc.STEP_MS


def onset(plan: Plan, note: Note) -> int:
    return round(steps(plan, note.onset))


def last_chord(plan: Plan, score: Score) -> list[Note]:
    at = Timing(plan).arrangement.ending.onset
    return [note for note in score.notes if onset(plan, note) == at]


def check_last_chord(plan: Plan, score: Score, *players: Instrument, root: int = 0) -> None:
    chord = last_chord(plan, score)
    assert Counter(note.instrument for note in chord) == {i: NOTES[i] for i in players}
    pitched = [note for note in chord if note.instrument is not DRUMS]
    if pitched:
        lowest = min(pitched, key=lambda note: note.pitch)
        assert lowest.pitch % 12 == root
        assert BASS not in players or lowest.instrument is BASS
    marks = [round(steps(plan, seconds)) for seconds in score.chords]
    marked = Timing(plan).arrangement.ending.onset in marks
    assert marked == bool(set(players) & set(CHORDAL))
    # Nobody plays on, and nothing is cut off.
    assert max(note.onset for note in score.notes) == chord[0].onset
    assert max(note.end for note in score.notes) < plan.duration
