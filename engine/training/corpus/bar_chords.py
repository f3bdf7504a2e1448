"""The chords of a song by bar, named from the tonic: what a planner of harmony learns from.

A bar has one chord, or one in each half where the halves clearly differ. Chords are found by
templates (Fujishima 1999). The pitch-class vector of a stretch counts how long each pitch class
lasts. It is compared with the pitch classes of every chord. The bass counts more.

A chord is named as in Harte et al. (2005), with the root in semitones above the tonic. So ``0`` and
``5`` are major triads, ``9:m`` is minor, ``7:7`` is a dominant seventh. Before the colon stands the
root, 0 to 11. After it stands a suffix of ``engine.music.chord_symbols``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.music.conditions import METRES
from engine.music.key import SCALES, find_key, profile
from engine.score import Instrument
from engine.training.corpus.source_song import Part, SourceSong, last_end

QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "sus4": (0, 5, 7),
}
"""Suffix -> semitones above the root."""
HANDICAP = {"": 0.0, "m": 0.0, "dim": 0.06, "7": 0.07, "maj7": 0.07, "m7": 0.07, "sus4": 0.1}
"""How much better than a major or minor triad the rarer chords must fit. A passing note is no
seventh, and a dominant seventh without its root is no diminished triad."""
IN_SCALE = 0.03
"""The advantage of a chord of the scale. It decides where the third is missing."""
BASS = 0.3
"""The weight of the lowest notes in the pitch-class vector; all notes together weigh 1."""
ROOT = 0.1
"""The advantage of a chord whose root is the lowest note all the time."""
CLEAR = 0.75
"""The least fit of a clear chord: about that of a triad whose notes have half of the length."""
SPLIT = 0.12
"""How much better the chords of the halves must fit, on average, than the chord of the bar."""

CELLS = 48
"""The grid: cells in a bar. Sixteenths and triplets are whole numbers of them in 4/4."""
LONGEST = 2000
"""The most bars of a song that are looked at."""
MIN_BARS = 8
"""The fewest bars with a clear chord in a song that counts."""
MIN_CLEAR = 0.7
"""The least share of bars with a clear chord among the bars with notes."""
WINDOW = 8
"""The bars over which a change of key is looked for."""
AWAY = 0.3
"""How much better another key must correlate with a window than the song's key does."""

NAMES = tuple(f"{root}:{suffix}".rstrip(":") for root in range(12) for suffix in QUALITIES)
"""The name of every chord."""
TONIC_CHORDS = (("0", "0:maj7", "0:7"), ("0:m", "0:m7"))
"""The chords of the tonic in major and in minor."""

Bar = tuple[str, ...]
"""The chords of a bar: one or two names, none where no chord is clear."""


@dataclass(frozen=True, slots=True)
class BarChords:
    """The chords of a song.

    minor: the mode. bars: from the first pitched note to the last, at least one.
    entries: [bars] how many instruments begin or stop to play there, drums included.
    """

    minor: bool
    bars: tuple[Bar, ...]
    entries: tuple[int, ...]


def bar_chords(song: SourceSong) -> BarChords | None:
    """The chords of a song; None unless it has a steady metre, a clear key and clear chords.

    The key is clear where its profile fits well (:func:`engine.music.key.find_key`) and its tonic's
    triad agrees. That is then the commonest chord, or the song ends on it.
    """
    pitched: dict[Instrument, Part] = {
        i: part for i, part in song.parts.items() if i is not Instrument.DRUMS
    }
    if math.isnan(song.metre) or not pitched or len(song.bars) < MIN_BARS:
        return None
    key = find_key(
        np.concatenate([pitches for *_, pitches in pitched.values()]),
        np.concatenate([ends - onsets for onsets, ends, _ in pitched.values()]),
    )
    if math.isnan(key):
        return None
    mode, tonic = divmod(int(key), 12)
    edges = _edges(song)
    classes, lowest = _pitch_classes(pitched, edges)
    classes, lowest = np.roll(classes, -tonic, 2), np.roll(lowest, -tonic, 2)
    halves = METRES[int(song.metre)] != "3/4"
    names = _names(classes, lowest, mode, halves)
    away = _away(classes.sum(1), mode)
    names = [() if gone else bar for bar, gone in zip(names, away, strict=True)]
    sounding = classes.sum((1, 2)) > 0
    known = [bar for bar in names if bar]
    if len(known) < max(MIN_BARS, MIN_CLEAR * sounding.sum()):
        return None
    if not _agrees(known, TONIC_CHORDS[mode]):
        return None
    first = int(sounding.argmax())
    last = len(sounding) - int(sounding[::-1].argmax())
    entries = _entries(song, edges)[first:last]
    return BarChords(bool(mode), tuple(names[first:last]), tuple(entries.tolist()))


def _edges(song: SourceSong) -> Floats:
    """The bar lines in ticks, the end of the last bar included."""
    bars = song.bars[: LONGEST + 1]
    end = max(last_end(song.parts), bars[-1] + 1)
    return bars if len(bars) > LONGEST else np.append(bars, max(end, 2 * bars[-1] - bars[-2]))


def _pitch_classes(parts: Mapping[Instrument, Part], edges: Floats) -> tuple[Floats, Floats]:
    """How long each pitch class lasts, and how long it is the lowest: both [bars, 2 halves, 12].

    The lowest is the bass's where the instrument plays, else the lowest of all.
    """
    everyone, bass = _roll(list(parts.values()), edges), None
    if Instrument.BASS in parts:
        bass = _roll([parts[Instrument.BASS]], edges) > 0
    sounding = everyone > 0
    deepest = np.where(sounding.any(1), sounding.argmax(1), -1)
    if bass is not None:
        deepest = np.where(bass.any(1), bass.argmax(1), deepest)
    lowest = np.zeros((len(deepest), 12))
    played = deepest >= 0
    lowest[played, deepest[played] % 12] = 1
    folded = np.pad(everyone, ((0, 0), (0, 4))).reshape(len(everyone), 11, 12).sum(1)
    shape = (len(edges) - 1, 2, CELLS // 2, 12)
    return folded.reshape(shape).sum(2).astype(np.float64), lowest.reshape(shape).sum(2)


def _roll(parts: Sequence[Part], edges: Floats) -> npt.NDArray[np.int16]:
    """How many notes sound in each cell: [cells, 128]."""
    onsets, ends, pitches = (np.concatenate(column) for column in zip(*parts, strict=True))
    inside = onsets < edges[-1]
    onsets, ends, pitches = onsets[inside], ends[inside], pitches[inside].clip(0, 127)
    places = np.arange(len(edges)) * CELLS
    begin = np.rint(np.interp(onsets, edges, places)).astype(np.int64)
    end = np.maximum(np.rint(np.interp(ends, edges, places)).astype(np.int64), begin + 1)
    steps = np.zeros((places[-1] + 2, 128), np.int16)
    np.add.at(steps, (begin, pitches), 1)
    np.add.at(steps, (end, pitches), -1)
    return np.cumsum(steps, 0, dtype=np.int16)[: places[-1]]


def _templates() -> Floats:
    rows = np.zeros((len(NAMES), 12))
    for number in range(len(NAMES)):
        root, quality = divmod(number, len(QUALITIES))
        rows[number, [(root + step) % 12 for step in list(QUALITIES.values())[quality]]] = 1
    return rows


_TEMPLATES = _templates()
_ROOTS = np.repeat(np.arange(12), len(QUALITIES))
_HANDICAPS = np.tile(list(HANDICAP.values()), 12)


def _fits(classes: Floats, lowest: Floats, mode: int) -> tuple[Floats, Floats]:
    """How well every chord fits each stretch: its cosine, and what ranks it; [n, chords].

    classes, lowest: [n, 12] from the tonic. Both are 0 where nothing sounds.
    """
    shares = classes / np.maximum(classes.sum(1, keepdims=True), 1)
    bass = lowest / np.maximum(lowest.sum(1, keepdims=True), 1)
    # The square root keeps a doubled root, or the bass, from hiding the other notes of a chord.
    vectors = np.sqrt(shares + BASS * bass)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = vectors @ _TEMPLATES.T / np.maximum(norms, 1e-9)
    cosines /= np.linalg.norm(_TEMPLATES, axis=1)
    in_scale = _TEMPLATES[:, SCALES[mode]].sum(1) == _TEMPLATES.sum(1)
    ranks = cosines + ROOT * bass[:, _ROOTS] + IN_SCALE * in_scale - _HANDICAPS
    return cosines, np.where(norms > 0, ranks, 0)


def _names(classes: Floats, lowest: Floats, mode: int, halves: bool) -> list[Bar]:
    """The chords of every bar. classes, lowest: [bars, 2, 12] from the tonic."""
    count = len(classes)
    cosines, ranks = _fits(classes.sum(1), lowest.sum(1), mode)
    whole = ranks.argmax(1)
    clear = cosines[np.arange(count), whole] >= CLEAR
    half_cosines, half_ranks = (
        columns.reshape(count, 2, -1)
        for columns in _fits(classes.reshape(-1, 12), lowest.reshape(-1, 12), mode)
    )
    own = half_ranks.argmax(2)
    fits = np.take_along_axis(half_ranks, own[:, :, None], 2)[:, :, 0]
    kept = np.take_along_axis(half_ranks, whole[:, None, None], 2)[:, :, 0]
    split = (own[:, 0] != own[:, 1]) & ((fits - kept).mean(1) >= SPLIT)
    split &= (np.take_along_axis(half_cosines, own[:, :, None], 2)[:, :, 0] >= CLEAR).all(1)
    names: list[Bar] = []
    for bar in range(count):
        if halves and split[bar]:
            names.append((NAMES[own[bar, 0]], NAMES[own[bar, 1]]))
        else:
            names.append((NAMES[whole[bar]],) if clear[bar] else ())
    return names


def _away(classes: Floats, mode: int) -> npt.NDArray[np.bool_]:
    """Which bars lie in a passage in another key: [bars]. classes: [bars, 12] from the tonic."""
    sums = np.cumsum(np.pad(classes, ((WINDOW // 2, WINDOW // 2), (0, 0))), 0)
    windows = np.concatenate([sums[WINDOW - 1 : WINDOW], sums[WINDOW:] - sums[:-WINDOW]])
    windows = windows[: len(classes)]
    keys = np.array([profile(key) for key in range(24)])
    keys = keys - keys.mean(1, keepdims=True)
    keys /= np.linalg.norm(keys, axis=1, keepdims=True)
    centred = windows - windows.mean(1, keepdims=True)
    fits = centred @ keys.T / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    return fits.max(1) - fits[:, 12 * mode] > AWAY


def _agrees(bars: list[Bar], tonic: tuple[str, ...]) -> bool:
    """Whether the tonic's chord is the commonest of these bars, or the last."""
    firsts = [tonic[0] if bar[0] in tonic else bar[0] for bar in bars]
    return bars[-1][-1] in tonic or max(firsts, key=firsts.count) == tonic[0]


def _entries(song: SourceSong, edges: Floats) -> Ints:
    """How many instruments begin or stop to play at each bar: [bars]."""
    plays = np.zeros((len(Instrument), len(edges) - 1), bool)
    for row, instrument in enumerate(Instrument):
        if instrument in song.parts:
            onsets = song.parts[instrument][0]
            bars = np.searchsorted(edges, onsets, "right") - 1
            plays[row, bars.clip(0, len(edges) - 2)] = True
    before = np.pad(plays, ((0, 0), (1, 0)))[:, :-1]
    return (plays != before).sum(0).astype(np.int64)
