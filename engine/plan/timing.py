"""Compose in beats, play in film time.

A piece is composed in *music time*: at one tempo whose sixteenths are whole steps, with every
planned boundary on its beat. Its notes are then carried to *film time* by the plan's beats, so a
boundary is met exactly, whatever the tempo of the film is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.cues import CueSheet
from engine.music.beat_grid import SIXTEENTHS, BeatGrid
from engine.music.tick_clock import TickClock
from engine.music.vocabulary import STEP_MS
from engine.plan.plan import Plan
from engine.score import BeatMap, Note, Score


@dataclass(frozen=True)
class Timing:
    """The clock of a plan. All times are seconds from the score's zero."""

    plan: Plan

    @cached_property
    def quarter(self) -> int:
        """Steps of a quarter note in music time: the multiple of a sixteenth nearest to the plan's
        tempo."""
        steps = 60_000 / self.plan.tempo / STEP_MS / SIXTEENTHS
        return SIXTEENTHS * max(1, round(steps))

    @property
    def grid(self) -> BeatGrid:
        """The beats and bars in music time."""
        return BeatGrid(self.quarter, self.plan.bars)

    @property
    def tempo(self) -> float:
        """Quarter notes a minute in music time."""
        return 60_000 / (self.quarter * STEP_MS)

    def music_time(self, seconds: float) -> float:
        """Music time of a film time."""
        return float(self._film.ticks(seconds)) * 60 / self.tempo

    def film_time(self, seconds: float) -> float:
        """Film time of a music time."""
        return self.seconds_at(seconds * self.tempo / 60)

    def seconds_at(self, beat: float) -> float:
        """Film time of a quarter note, counted from the start."""
        return float(self._film.seconds(beat))

    def music_cues(self, cues: CueSheet) -> CueSheet:
        """A cue sheet in music time, to compose for."""
        at = self.music_time
        sections = tuple(replace(s, start=at(s.start), end=at(s.end)) for s in cues.sections)
        return replace(
            cues,
            start=0.0,
            end=at(cues.duration),
            cuts=tuple(map(at, cues.cuts)),
            boundaries=tuple(map(at, cues.boundaries)),
            sections=sections,
        )

    def film_notes(self, notes: tuple[Note, ...]) -> tuple[Note, ...]:
        """Notes of music time in film time; none lasts beyond the film."""
        end = self.plan.duration
        return tuple(
            replace(n, onset=self.film_time(n.onset), end=min(self.film_time(n.end), end))
            for n in notes
        )

    def film_score(self, score: Score) -> Score:
        """A score of music time in film time, with the plan's beats and bars."""
        end = self.plan.duration
        notes = tuple(note for note in self.film_notes(score.notes) if note.onset < note.end)
        bars = (self.film_time(bar) for bar in score.bars)
        chords = (self.film_time(chord) for chord in score.chords)
        beats, seconds = zip(*self.plan.points, strict=True)
        return Score(
            notes,
            tuple(bar for bar in bars if bar < end),
            tuple(chord for chord in chords if chord < end),
            end,
            beat_map=BeatMap(tuple(map(float, beats)), seconds, self.plan.time_signatures),
        )

    @cached_property
    def _film(self) -> TickClock:
        beats, seconds = map(np.array, zip(*self.plan.points, strict=True))
        rates = np.diff(seconds) / np.diff(beats)
        return TickClock(beats[:-1], rates, seconds[:-1])
