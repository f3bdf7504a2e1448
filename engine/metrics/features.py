"""The features that the judge of emotion uses: harmony, metre, drums, texture, register.

The network learns from labels that a regression predicted from other features
(:mod:`engine.metrics.label_features`). A judge with those features would only confirm the
predictions. So note density, the shapes of chords, melodic steps and everything counted in seconds
are left out here. Both sets measure note length, repeated pitches and polyphony, in different ways.

Nothing depends on the absolute key. A feature of something absent (the drums of a piano piece) is
NaN, which the judge takes for the average.
"""

from __future__ import annotations

import math

import numpy as np

from engine.arrays import Floats, Mask
from engine.metrics.musicality import in_scale, pitch_class_entropy, polyphony
from engine.metrics.note_arrays import NoteArrays, bar_positions, note_arrays
from engine.metrics.statistics import mean
from engine.music import percussion
from engine.music.key import find_key
from engine.music.vocabulary import INSTRUMENTS
from engine.score import Instrument, Score

FRAME = 1 / 8
"""Length of a frame of the harmony, in seconds."""
FRAMES_A_CHORD = 4
"""Frames that are matched to a triad together."""
_KIT = {
    "kick": percussion.KICK,
    "snare": percussion.SNARE,
    "closed_hat": percussion.CLOSED_HAT,
    "open_hat": percussion.OPEN_HAT,
    "crash": percussion.CRASH,
    "ride": percussion.RIDE,
    "tom": percussion.TOMS,
}
"""The parts of the kit by name."""
_DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")


def describe(score: Score) -> dict[str, float]:
    """Every feature of a piece by name; NaN where it is undefined.

    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    notes = note_arrays(score)
    roll = _chroma_roll(notes.pitched, score.duration)
    return {
        **_tonality(notes.pitched),
        **_harmony(roll),
        **_intervals("interval", roll),
        **_intervals("guitar_interval", _chroma_roll(notes.of(Instrument.GUITAR), score.duration)),
        **_metre(notes, score),
        **_drums(notes.of(Instrument.DRUMS), score),
        **_texture(notes, score),
    }


def feature_vector(score: Score) -> Floats:
    """The features [F] of a piece, in the order of :data:`FEATURES`."""
    return np.array(list(describe(score).values()), np.float64)


def _tonality(notes: NoteArrays) -> dict[str, float]:
    """Key and mode, and the share of the sounding time that each degree of the key has."""
    key = find_key(notes.pitch, notes.length)
    if math.isnan(key):
        degrees = np.full(12, np.nan)
    else:
        chroma = np.bincount(notes.pitch % 12, notes.length, 12)
        degrees = np.roll(chroma / chroma.sum(), -int(key) % 12)
    return {
        "minor": math.nan if math.isnan(key) else float(key >= 12),
        "key_clear": float(not math.isnan(key)),
        "pitch_class_entropy": pitch_class_entropy(notes),
        "in_scale": in_scale(notes),
        **{f"degree_{name}": float(d) for name, d in zip(_DEGREES, degrees, strict=True)},
    }


def _chroma_roll(notes: NoteArrays, duration: float) -> Mask:
    """Which pitch classes are active in each frame: [frames, 12]."""
    frames = max(1, math.ceil(duration / FRAME))
    change = np.zeros((frames + 1, 12))
    first = np.minimum((notes.onset / FRAME).astype(int), frames - 1)
    last = np.minimum(np.maximum(np.ceil(notes.end / FRAME).astype(int), first + 1), frames)
    np.add.at(change, (first, notes.pitch % 12), 1)
    np.add.at(change, (last, notes.pitch % 12), -1)
    return np.cumsum(change, axis=0)[:-1] > 0


def _triads() -> Floats:
    """The chroma of every major, then every minor triad, of length 1: [24, 12]."""
    rows = np.zeros((24, 12))
    for tonic in range(12):
        for mode, third in enumerate((4, 3)):
            rows[12 * mode + tonic, [tonic, (tonic + third) % 12, (tonic + 7) % 12]] = 1
    return rows / math.sqrt(3)


_TRIADS = _triads()


def _harmony(roll: Mask) -> dict[str, float]:
    """Chords by their nearest triad: their mode, how well they fit, how often they change."""
    chords = len(roll) // FRAMES_A_CHORD
    chroma = roll[: chords * FRAMES_A_CHORD].reshape(chords, FRAMES_A_CHORD, 12).sum(1)
    chroma = chroma[(chroma > 0).sum(1) >= 3].astype(np.float64)
    if not len(chroma):
        return dict.fromkeys(("minor_triads", "triad_fit", "chord_changes", "chord_kinds"), np.nan)
    fits = chroma / np.linalg.norm(chroma, axis=1, keepdims=True) @ _TRIADS.T
    best = fits.argmax(1)
    return {
        "minor_triads": float(np.mean(best >= 12)),
        "triad_fit": float(fits.max(1).mean()),
        "chord_changes": float(np.mean(best[1:] != best[:-1])) if len(best) > 1 else math.nan,
        "chord_kinds": len(set(best.tolist())) / len(best) ** 0.5,
    }


def _intervals(name: str, roll: Mask) -> dict[str, float]:
    """The share of each interval class among the pairs of pitch classes active together."""
    active = roll.astype(np.float64)
    pairs = np.array([(active * np.roll(active, k, axis=1)).sum() for k in range(1, 7)])
    pairs[5] /= 2
    shares = pairs / pairs.sum() if pairs.sum() else np.full(6, np.nan)
    return {f"{name}_{k}": float(share) for k, share in enumerate(shares, 1)}


def _metre(notes: NoteArrays, score: Score) -> dict[str, float]:
    """The log2 of bars a minute, and where in the bar notes begin."""
    bars = np.array(score.bars)
    length = float(np.median(np.diff(bars))) if len(bars) > 1 else math.nan
    result = {"bar_rate": math.log2(60 / length) if length > 0 else math.nan}
    for name, chosen in (("pitched", notes.pitched), ("bass", notes.of(Instrument.BASS))):
        _, position = bar_positions(chosen.onset, score.bars)
        sixteenths = position * 16
        nearest = np.rint(sixteenths)
        on = np.abs(sixteenths - nearest) < 0.2
        result |= {
            f"{name}_on_beat": mean(on & (nearest % 4 == 0)),
            f"{name}_on_eighth": mean(on & (nearest % 4 == 2)),
            f"{name}_on_sixteenth": mean(on & (nearest % 2 == 1)),
            f"{name}_off_grid": mean(~on),
            f"{name}_on_bar": mean(on & (nearest % 16 == 0)),
        }
    return result


def _drums(drums: NoteArrays, score: Score) -> dict[str, float]:
    """How often each part of the kit plays, and on which beats kick and snare do."""
    result = {
        f"drums_{name}": mean(np.isin(drums.pitch, [*pitches])) for name, pitches in _KIT.items()
    }
    bar, position = bar_positions(drums.onset, score.bars)
    sixteenth = np.rint(position * 16) % 16
    played = len(set(bar.tolist())) / max(1, len(score.bars))
    kick = sixteenth[np.isin(drums.pitch, [*percussion.KICK])]
    snare = sixteenth[np.isin(drums.pitch, [*percussion.SNARE])]
    return result | {
        "drums_bars": min(1.0, played),
        "kick_on_one_and_three": mean(kick % 8 == 0),
        "kick_on_two_and_four": mean(kick % 8 == 4),
        "snare_on_two_and_four": mean(snare % 8 == 4),
    }


def _texture(notes: NoteArrays, score: Score) -> dict[str, float]:
    """Polyphony and register, and for each instrument its share, note lengths and height."""
    bars = np.diff(score.bars)
    bar = float(np.median(bars)) if len(bars) else math.nan
    pitched = notes.pitched
    result = {
        "polyphony": polyphony(pitched),
        "pitch_spread": float(pitched.pitch.std()) if len(pitched) else math.nan,
        "highest": float(np.percentile(pitched.pitch, 95)) if len(pitched) else math.nan,
    }
    for index, instrument in enumerate(INSTRUMENTS):
        name, part = instrument.value, notes.of(instrument)
        result[f"{name}_share"] = mean(notes.part == index)
        result[f"{name}_plays"] = float(len(part) > 0)
        if instrument is Instrument.DRUMS:
            continue
        result |= {
            f"{name}_held": math.log2(np.median(part.length) / bar) if len(part) else math.nan,
            f"{name}_height": float(part.pitch.mean()) if len(part) else math.nan,
            f"{name}_repeats": mean(np.diff(part.pitch) == 0),
        }
    return result


FEATURES = tuple(describe(Score((), (), (), 1.0)))
"""The names of the features, in order."""
