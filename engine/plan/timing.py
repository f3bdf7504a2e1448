"""Compose in beats, play in film time.

A piece is composed in *music time*: at one tempo whose beats divide into whole steps, with every
planned boundary on its beat. Its notes are then carried to *film time* by the plan's beats, so a
boundary is met exactly, whatever the tempo of the film is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from engine.cues import CueSheet
from engine.hits import hits_at
from engine.music.arrangement import Arrangement, Ending, Phrase
from engine.music.beat_grid import DOTTED, BeatGrid
from engine.music.chord_symbols import Chord, chord_name
from engine.music.conditions import Conditions, parse_key
from engine.music.tick_clock import TickClock
from engine.music.vocabulary import STEP_MS
from engine.plan.plan import DYNAMICS, FEELS, REGISTERS, Plan, chord_beats, phrase_lines
from engine.score import BeatMap, Note, Score
from engine.section import Section

RELEASE = 0.25
"""Seconds before the film's end at which the last chord ends, so that nothing is cut off."""
LEAST_BUSY = 0.7
"""The least share of a short piece in which its notes may be gathered."""
LONGEST_CHORD = 8
"""Beats that the last chord lasts at most."""


@dataclass(frozen=True)
class Timing:
    """The clock of a plan. All times are seconds from the score's zero."""

    plan: Plan

    @property
    def _biases(self) -> tuple[float, ...]:
        return FEELS[self.plan.feel] if self.plan.quarters == 1 else DOTTED

    @cached_property
    def beat(self) -> int:
        """Steps of a beat in music time: the multiple of a part nearest to the plan's tempo."""
        parts = len(self._biases)
        steps = 60_000 * self.plan.quarters / self.plan.tempo / STEP_MS / parts
        return parts * max(1, round(steps))

    @cached_property
    def grid(self) -> BeatGrid:
        """The beats and bars in music time."""
        return BeatGrid(self.beat, self.plan.bars, self._biases)

    @property
    def tempo(self) -> float:
        """Quarter notes a minute in music time."""
        return 60_000 * self.plan.quarters / (self.beat * STEP_MS)

    @property
    def _beat_seconds(self) -> float:
        return self.beat * STEP_MS / 1000

    def music_time(self, seconds: float) -> float:
        """Music time of a film time."""
        return float(self._film.ticks(seconds)) * self._beat_seconds

    def film_time(self, seconds: float) -> float:
        """Film time of a music time."""
        return float(self._film.seconds(seconds / self._beat_seconds))

    def seconds_at(self, quarters: float) -> float:
        """Film time of a quarter note, counted from the start."""
        return float(self._film.seconds(quarters / self.plan.quarters))

    def music_cues(self, cues: CueSheet) -> CueSheet:
        """A cue sheet in music time, to compose for: its sections are the phrases of the plan.

        It has no cuts: music is composed for boundaries.
        """
        at = self.music_time
        end = at(cues.duration)
        return replace(
            cues,
            start=0.0,
            end=end,
            cuts=(),
            hits=hits_at(map(at, cues.boundaries)),
            sections=tuple(self._sections(cues, end)),
        )

    def _sections(self, cues: CueSheet, end: float) -> Iterable[Section]:
        if not self.plan.phrases:
            for section in cues.sections:
                yield replace(
                    section,
                    start=self.music_time(section.start),
                    end=self.music_time(section.end),
                )
            return
        lines = [line * self._beat_seconds for line in phrase_lines(self.plan)]
        ends = [section.end for section in cues.sections[:-1]]
        for start, until in pairwise([*lines, end]):
            middle = self.film_time((start + until) / 2)
            section = cues.sections[bisect_right(ends, middle)]
            yield replace(section, start=start, end=until)

    @property
    def conditions(self) -> Conditions:
        """Tempo and metre in music time."""
        return Conditions(tempo=self.tempo, metre=self.plan.metre)

    def phrase_conditions(self) -> tuple[Conditions, ...]:
        """Key and density of each phrase, in music time."""
        end = self.music_time(self.plan.duration)
        # After the last chord no note begins, so the others make up for it.
        busy = end if self.plan.last_chord is None else self.plan.last_chord * self._beat_seconds
        rate = self.plan.duration / max(busy, LEAST_BUSY * end)
        usual = self.conditions
        return tuple(
            replace(usual, key=parse_key(phrase.key), density=phrase.density * rate)
            for phrase in self.plan.phrases
        )

    @cached_property
    def arrangement(self) -> Arrangement:
        """What the composing loop must keep to."""
        bars = [*(phrase.bar for phrase in self.plan.phrases), len(self._bar_lines) + 1]
        phrases = tuple(
            Phrase(
                line * self.beat,
                until - phrase.bar,
                frozenset(phrase.instruments),
                REGISTERS[phrase.register],
            )
            for phrase, line, until in zip(
                self.plan.phrases, phrase_lines(self.plan), bars[1:], strict=True
            )
        )
        return Arrangement(
            self.grid,
            phrases,
            tuple(self._chords()),
            self._ending(),
            tuple(self._repeats()),
            dict(self.plan.shares),
        )

    def _repeats(self) -> Iterator[int]:
        """For each bar, how many bars ago the bar was that it repeats; 0 for none.

        It repeats the same bar of the last phrase of its form. Where that has none, it repeats the
        latest bar with the same chords. A bar never repeats the one before, since music would loop.
        """
        phrases, last = self.plan.phrases, len(self._bar_lines) + 1
        latest: dict[tuple[str, str], tuple[int, int]] = {}
        alike: dict[tuple[str, tuple[Chord, ...], int], int] = {}
        for phrase, until in zip(phrases, [*(p.bar for p in phrases[1:]), last], strict=False):
            form = phrase.form, phrase.key
            first, length = latest.get(form, (phrase.bar, 0))
            for bar in range(phrase.bar, until):
                number = bar - phrase.bar
                beats = self.plan.bar_line(bar + 1) - self.plan.bar_line(bar)
                chords = phrase.key, phrase.chords_of_bar(number), beats
                if number < length:
                    yield phrase.bar - first
                else:
                    ago = bar - alike.get(chords, bar) if chords[1] else 0
                    yield ago if ago > 1 else 0
                alike[chords] = bar
            latest[form] = phrase.bar, until - phrase.bar

    @cached_property
    def _bar_lines(self) -> tuple[int, ...]:
        return self.plan.bar_lines()

    def _chords(self) -> Iterable[tuple[int, Chord | None]]:
        """The step of each chord change."""
        end = float(self._film.ticks(self.plan.duration)) - 1e-6
        starts = [phrase.bar for phrase in self.plan.phrases]
        before: Chord | None = None
        for number, line in enumerate(self._bar_lines if starts else (), start=1):
            phrase = bisect_right(starts, number) - 1
            # A phrase without chords ends the harmony of the phrase before.
            chords = self.plan.phrases[phrase].chords_of_bar(number - starts[phrase]) or (None,)
            beats = chord_beats(len(chords), self.plan.bar_line(number + 1) - line)
            for beat, chord in zip(beats, chords, strict=False):
                if chord != before and line + beat < end:
                    yield (line + beat) * self.beat, chord
                before = chord

    def _ending(self) -> Ending | None:
        last = self.plan.last_chord
        if last is None:
            return None
        end = self.music_time(self.plan.duration)
        room = end - last * self._beat_seconds
        held = min(room - min(RELEASE, room / 4), LONGEST_CHORD * self._beat_seconds)
        return Ending(last * self.beat, last * self.beat + int(held * 1000 / STEP_MS))

    def film_notes(self, notes: tuple[Note, ...]) -> tuple[Note, ...]:
        """Notes of music time in film time, with their dynamics; none lasts beyond the film."""
        end = self.plan.duration
        return tuple(
            replace(
                n,
                onset=self.film_time(n.onset),
                end=min(self.film_time(n.end), end),
                velocity=self._velocity(n),
            )
            for n in notes
        )

    def _velocity(self, note: Note) -> int:
        """The velocity of a note by the dynamics of its phrase."""
        starts, levels = self._levels
        if not len(starts):
            return note.velocity
        place = int(np.searchsorted(starts, note.onset + 1e-6, "right")) - 1
        return min(127, max(1, round(note.velocity * levels[place])))

    @cached_property
    def _levels(self) -> tuple[np.ndarray, list[float]]:
        lines = np.array(phrase_lines(self.plan), float) * self._beat_seconds
        return lines, [DYNAMICS[phrase.dynamics] for phrase in self.plan.phrases]

    def film_score(self, score: Score) -> Score:
        """A score of music time in film time, with the plan's beats and bars."""
        end = self.plan.duration
        notes = tuple(note for note in self.film_notes(score.notes) if note.onset < note.end)
        bars = (self.film_time(bar) for bar in score.bars)
        chords = (self.film_time(chord) for chord in score.chords)
        return Score(
            notes,
            tuple(bar for bar in bars if bar < end),
            tuple(chord for chord in chords if chord < end),
            end,
            beat_map=self.beat_map,
            keys=tuple(self._keys()),
            harmony=tuple(self.harmony()),
        )

    @property
    def beat_map(self) -> BeatMap:
        """The beats and bars of a score in film time."""
        beats, seconds = zip(*self.plan.points, strict=True)
        quarters = tuple(beat * self.plan.quarters for beat in beats)
        return BeatMap(quarters, seconds, self.plan.time_signatures)

    def _keys(self) -> Iterator[tuple[float, str]]:
        """The film time from which each key holds, and its name."""
        before = ""
        for phrase, line in zip(self.plan.phrases, phrase_lines(self.plan), strict=True):
            if phrase.key != before:
                yield self.plan.seconds_at(line), phrase.key
            before = phrase.key

    def phrase_labels(self) -> Iterator[tuple[float, str]]:
        """The film time at which each phrase begins, and what it is: form, key and dynamics."""
        for phrase, line in zip(self.plan.phrases, phrase_lines(self.plan), strict=True):
            label = f"{phrase.form}: {phrase.key}, {phrase.dynamics}"
            yield self.plan.seconds_at(line), label

    def harmony(self) -> Iterator[tuple[float, str]]:
        """The film time of each chord change, and the chord's symbol."""
        keys = [int(parse_key(phrase.key)) for phrase in self.plan.phrases]
        lines = phrase_lines(self.plan)
        for step, chord in self.arrangement.chords:
            beat = step // self.beat
            if chord is not None:
                key = keys[bisect_right(lines, beat) - 1]
                yield self.plan.seconds_at(beat), chord_name(chord, key)

    @cached_property
    def _film(self) -> TickClock:
        return self.plan.clock
