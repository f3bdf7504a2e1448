"""Converts scores to tokens and back (paper, III-B1).

Round trips are exact on the normal form: ``decode(encode(s)) == s`` where ``s = normalise(s)``.
Absolute times are quantised, once, so that rounding never accumulates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from engine.arrays import Tokens
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import CHORD_VELOCITY, CHORDAL, VELOCITY, Instrument, Note, Score

_RANK = {
    Instrument.DRUMS: 0,
    Instrument.BASS: 1,
    Instrument.STRINGS: 2,
    Instrument.GUITAR: 3,
    Instrument.PIANO: 4,
}
_CHORDAL_RANK = min(_RANK[instrument] for instrument in CHORDAL)


def note_order(note: Note) -> tuple[float, int, int]:
    """The key by which the notes of a score are sorted: onset, instrument, pitch."""
    return note.onset, voc.INSTRUMENTS.index(note.instrument), note.pitch


def normalise(score: Score) -> Score:
    """The normal form of a score: what tokens can express.

    - Times lie on the 8 ms grid. Notes with pitches outside 21..108 are dropped.
    - A new onset ends the active note of its instrument and pitch. Of notes with the same onset the
      longest is kept.
    - A note lasts at least one step. Nothing starts at the end or lasts beyond it.
    - Velocity is 80, and 120 for guitar and piano notes with the onset of a CHORD.
    """
    duration = to_steps(score.duration)
    bars = sorted({s for s in map(to_steps, score.bars) if 0 <= s < duration})
    chords = sorted({s for s in map(to_steps, score.chords) if 0 <= s < duration})
    accented = set(chords)
    keys: defaultdict[tuple[Instrument, int], dict[int, int]] = defaultdict(dict)
    for note in score.notes:
        onset = to_steps(note.onset)
        end = min(max(to_steps(note.end), onset + 1), duration)
        if 0 <= onset < end and voc.LOWEST_PITCH <= note.pitch <= voc.HIGHEST_PITCH:
            key = keys[note.instrument, note.pitch]
            key[onset] = max(end, key.get(onset, 0))
    notes = []
    for (instrument, pitch), spans in keys.items():
        onsets = sorted(spans)
        for onset, following in zip(onsets, [*onsets[1:], duration], strict=True):
            velocity = CHORD_VELOCITY if onset in accented and instrument in CHORDAL else VELOCITY
            end = min(spans[onset], following)
            notes.append(Note(instrument, to_seconds(onset), to_seconds(end), pitch, velocity))
    return Score(
        tuple(sorted(notes, key=note_order)),
        tuple(map(to_seconds, bars)),
        tuple(map(to_seconds, chords)),
        to_seconds(duration),
        score.beat_map,
        score.keys,
        score.harmony,
    )


def encode(score: Score) -> Tokens:
    """The tokens of a score in normal form, from START up to its end.

    Order within an instant: OFFs, BAR, ONs of drums, bass, strings, CHORD, ONs of guitar, piano.
    """
    timed = [(to_steps(bar), voc.BAR) for bar in score.bars]
    timed += [(to_steps(chord), voc.CHORD) for chord in score.chords]
    for note in score.notes:
        off = voc.note_off(note.instrument, note.pitch)
        timed += [(to_steps(note.end), off), (to_steps(note.onset), off + 1)]
    timed.sort(key=lambda event: (event[0], *within_instant(event[1])))

    tokens = [voc.START]
    cursor = 0
    for step, token in timed:
        if step > cursor:
            tokens += shifts(step - cursor)
            cursor = step
        tokens.append(token)
    tokens += shifts(to_steps(score.duration) - cursor)
    return np.array(tokens, np.uint16)


def within_instant(token: int) -> tuple[int, int]:
    """The sort key of a token among those of one instant."""
    kind, _, instrument, _ = voc.TOKENS[token]
    part = -1 if instrument < 0 else _RANK[voc.INSTRUMENTS[instrument]]
    # OFFs are 0-4, BAR 5, ONs even numbers from 10 on with CHORD between strings and guitar.
    ranks = {Kind.OFF: part, Kind.BAR: 5, Kind.CHORD: 9 + 2 * _CHORDAL_RANK}
    return ranks.get(kind, 10 + 2 * part), token


def shifts(steps: int) -> list[int]:
    """The TIMESHIFTs that advance time by ``steps``: whole seconds first."""
    seconds, rest = divmod(steps, voc.MAX_SHIFT)
    row = [voc.shift(voc.MAX_SHIFT)] * seconds
    return [*row, voc.shift(rest)] if rest else row


class ScoreBuilder:
    """Builds a score from tokens, one at a time.

    It accepts any sequence of tokens, because a network may generate any. An ON ends the active
    note of its pitch. An OFF without an active note is ignored, and a note without length is left
    out. Notes that are active at the end of the score end there.
    """

    def __init__(self) -> None:
        self.cursor = 0
        """The current time, in steps."""
        self.active: dict[tuple[int, int], tuple[int, int]] = {}
        """(instrument index, pitch) -> (onset in steps, velocity) of every active note."""
        self.notes: list[Note] = []
        """The notes that have ended, by time of end."""
        self._bars: list[int] = []
        self._chords: list[int] = []

    @property
    def chords(self) -> list[float]:
        """The times of the CHORDs so far, in seconds, rising."""
        return list(map(to_seconds, self._chords))

    def push(self, token: int) -> None:
        """Take the next token."""
        kind, steps, instrument, pitch = voc.TOKENS[token]
        if kind is Kind.TIMESHIFT:
            self.cursor += steps
        elif kind is Kind.OFF or kind is Kind.ON:
            key = instrument, pitch
            self.close(key)
            if kind is Kind.ON:
                in_chord = bool(self._chords) and self._chords[-1] == self.cursor
                accented = in_chord and voc.INSTRUMENTS[instrument] in CHORDAL
                self.active[key] = self.cursor, CHORD_VELOCITY if accented else VELOCITY
        elif kind is Kind.BAR or kind is Kind.CHORD:
            marks = self._bars if kind is Kind.BAR else self._chords
            if not marks or marks[-1] != self.cursor:
                marks.append(self.cursor)
            if kind is Kind.CHORD:
                self._accent_chord()

    def _accent_chord(self) -> None:
        """Give a chord's velocity to guitar and piano notes whose ON came before the CHORD."""
        for key, (onset, _) in self.active.items():
            if onset == self.cursor and voc.INSTRUMENTS[key[0]] in CHORDAL:
                self.active[key] = onset, CHORD_VELOCITY

    def close(self, key: tuple[int, int], at: int | None = None) -> None:
        """End the active note of an (instrument index, pitch), if there is one.

        at: the step of its end; None for now.
        """
        if key in self.active:
            onset, velocity = self.active.pop(key)
            end = self.cursor if at is None else at
            if onset < end:
                self.notes.append(
                    Note(
                        voc.INSTRUMENTS[key[0]],
                        to_seconds(onset),
                        to_seconds(end),
                        key[1],
                        velocity,
                    )
                )

    def finish(self, duration: float | None = None) -> Score:
        """The score in normal form; duration: in seconds, by default up to now."""
        end = to_seconds(self.cursor) if duration is None else duration
        still = [
            Note(voc.INSTRUMENTS[i], to_seconds(onset), end, pitch, velocity)
            for (i, pitch), (onset, velocity) in self.active.items()
            if to_seconds(onset) < end
        ]
        return normalise(
            Score(
                (*self.notes, *still),
                tuple(map(to_seconds, self._bars)),
                tuple(map(to_seconds, self._chords)),
                end,
            )
        )


def decode(tokens: Iterable[int], duration: float | None = None) -> Score:
    """The score of a sequence of tokens; duration: in seconds, by default up to the last shift."""
    builder = ScoreBuilder()
    for token in tokens:
        builder.push(int(token))
    return builder.finish(duration)
