"""Share the notes among the players as songs do.

The network has favourites: left alone, its piano plays half of the notes of a calm piece. So the
notes of a player who has had more than the usual share become less likely. Those of one who has had
less become likelier. How many notes there are in all stays as it was. (Ours.)
"""

from __future__ import annotations

import math

import numpy as np

from engine.arrays import Ints, Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

USUAL = {
    Instrument.BASS: 6.5,
    Instrument.DRUMS: 22.0,
    Instrument.GUITAR: 7.0,
    Instrument.PIANO: 5.0,
    Instrument.STRINGS: 8.0,
}
"""The shares of the notes: near the medians of 300 validation songs of a minute, in notes a bar.
Rests count, so the piano, which often rests, has few. Bass, strings and drums have more than in
songs (5, 7 and 17). The network gives these less than is due, and many phrases of a film have no
drums."""
BRIGHT_BASS, DARK_BASS = 0.7, 0.5
"""By how many octaves each unit of valence raises the bass's share above 0, and lowers it below.
Pleasant music has a bass that moves, unpleasant music one that stays."""
CALM_BASS = 1.2
"""By how many octaves each unit of arousal below 0 raises the bass's share. Calm music has few
notes, and a bass with its share of them would hold each over whole bars."""
CALM_DRUMS = 0.7
"""By how many octaves each unit of arousal below 0 lowers the drums' share. In calm songs they have
.21 of the notes, in others .36."""
STRENGTH = 6.0
"""A note becomes likelier by this power of the ratio of notes due to notes played."""
SOME = 8.0
"""Notes that may be too many or too few before the bias grows strong."""

_ON = voc.KIND == Kind.ON
_ONS: list[Ints] = [
    np.flatnonzero(_ON & (index == voc.INSTRUMENT)) for index in range(len(voc.INSTRUMENTS))
]
_ALL: Ints = np.flatnonzero(_ON)


def usual_share(
    arrangement: Arrangement | None, step: int, parts: frozenset[Instrument] | None
) -> float:
    """The usual share, 0..1, that some parts have of all notes at a step; None: all parts."""
    if parts is None:
        return 1.0
    phrase = None if arrangement is None else arrangement.phrase_at(step)
    players = frozenset(USUAL) if phrase is None else phrase.players
    shares = {} if arrangement is None else arrangement.shares
    due = {player: USUAL[player] * shares.get(player, 1.0) for player in players}
    return sum(due[player] for player in players & parts) / sum(due.values())


class PartBalance(Rule):
    """Keeps the players of an arrangement's phrases near their usual shares."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._share = {
            player: usual * arrangement.shares.get(player, 1.0) for player, usual in USUAL.items()
        }
        self._played = [0.0] * len(voc.INSTRUMENTS)
        """Notes of each instrument so far."""
        self._due = [0.0] * len(voc.INSTRUMENTS)
        """Notes that each instrument would have by its shares of them all."""

    def update(self, token: int, state: PieceState) -> None:
        """Count the note, and share it among those who may play."""
        kind, _, instrument, _ = voc.TOKENS[token]
        phrase = self._arrangement.phrase_at(state.cursor)
        if kind is not Kind.ON or phrase is None:
            return
        self._played[instrument] += 1
        share = self._share_of(state.conditions)
        total = sum(share[player] for player in phrase.players)
        for index, player in enumerate(voc.INSTRUMENTS):
            if player in phrase.players:
                self._due[index] += share[player] / total

    def _share_of(self, conditions: Conditions) -> dict[Instrument, float]:
        """The share of each instrument in music of this emotion."""
        share = dict(self._share)
        if conditions.arousal < 0:
            share[Instrument.DRUMS] *= 2 ** (CALM_DRUMS * conditions.arousal)
            share[Instrument.BASS] *= 2 ** (-CALM_BASS * conditions.arousal)
        if not math.isnan(conditions.valence):
            slope = BRIGHT_BASS if conditions.valence > 0 else DARK_BASS
            share[Instrument.BASS] *= 2 ** (slope * conditions.valence)
        return share

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour the players who have had less than their share."""
        before = np.logaddexp.reduce(logits[_ALL])
        if not np.isfinite(before):
            return logits
        logits = logits.copy()
        for ons, played, due in zip(_ONS, self._played, self._due, strict=True):
            logits[ons] += np.float32(STRENGTH * math.log((due + SOME) / (played + SOME)))
        logits[_ALL] += before - np.logaddexp.reduce(logits[_ALL])
        return logits
