"""The expert ``speech``: what is said, and in which tone of voice.

A louder, higher, livelier and faster voice is an aroused one (Scherer 2003; Juslin and Laukka
2003); it says little about valence. Voices differ more than tones, so each utterance is compared
with the film's own speech. Rate and range are compared with usual speech as well.

Words are English; what the recogniser does not understand has a tone, but no words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Image, Samples
from engine.emotion.experts import moonshine, sound_events
from engine.emotion.experts.expert import (
    SOUND_RATE,
    Arrays,
    Expert,
    FilmContext,
    Track,
)
from engine.emotion.experts.moonshine import Recogniser
from engine.emotion.experts.utterances import Utterance, UtteranceCutter
from engine.emotion.experts.voice import Tone, tone
from engine.emotion.mapping import TABLE_I, UNIFORM, Gaussian, mixture
from engine.emotion.reading import NOTHING, Reading, Text
from engine.section import Evidence

NAME = "speech"

_RELIABILITY = 0.6
"""A judgement. docs/emotion.md gives what was measured on voices of a game."""
_ENOUGH_SECONDS = 8.0
"""Voiced seconds that count as full evidence."""
_TYPICAL = mixture(UNIFORM, TABLE_I)
_ERROR = 0.8
"""Error of the arousal with full evidence, in deviations of the typical film."""
_LEAST_VOICED = 0.2
"""Voiced seconds of an utterance whose tone counts."""
_NOTABLE = 0.6
"""Deviations from which a feature is worth a word."""

_MOST_MUSIC = 0.15
"""Probability of music from which speech that is not understood is taken for music."""
_UNDERSTOOD = 0.2
"""Share of utterances that are understood below which a film is in another language.

Of short cries in six English voices of a game .36 to .70 are understood, of those in Russian,
Polish, Spanish and Ukrainian .03 to .10.
"""
_NOTED_SECONDS = 2.0
"""Seconds of speech that is not understood from which it is worth a line: less may be noise."""
_JUDGED = 4
"""Utterances from which on a film's language is judged."""


@dataclass(frozen=True, slots=True)
class _Feature:
    """One feature of a tone. deviation: among utterances of one speaker. weight: in arousal.

    usual: its value in usual speech; None where it is a matter of the voice or of the mix.
    """

    deviation: float
    weight: float
    words: tuple[str, str]
    usual: float | None = None


# Deviations and usual values are those of read and acted speech in the literature, rounded.
_FEATURES: Mapping[str, _Feature] = {
    "loudness": _Feature(4.0, 0.40, ("loud", "soft")),
    "pitch": _Feature(3.0, 0.30, ("high", "low")),
    "pitch_range": _Feature(2.0, 0.10, ("lively", "flat"), 4.0),
    "rate": _Feature(1.0, 0.20, ("fast", "slow"), 4.0),
}
_USUAL_COUNTS = 10.0
"""Utterances that the usual value is worth beside the film's own median."""
_OWN_COUNTS = 2.0
"""Utterances with which deviations from a film's own median count half: one alone has none."""
_REGISTER = 7.0
"""Semitones (150 Hz) between low and high voices. Each utterance is compared with its own kind, so
that a woman does not seem excited beside a man."""


class SpeechTrack:
    """The utterances of a film, by time.

    starts, ends: seconds, [n]. tones: a column for each field of ``Tone``, [n, 5]. texts: what was
    said, "" where it is not known. unknown: whether it was no English, [n].
    """

    def __init__(
        self,
        starts: Floats,
        ends: Floats,
        tones: Floats,
        texts: Sequence[str],
        unknown: NDArray[np.bool_],
    ) -> None:
        self._starts, self._ends, self._tones = starts, ends, tones
        self._texts, self._unknown = tuple(texts), unknown

    @property
    def texts(self) -> Sequence[Text]:
        """What was said, utterance by utterance, as far as it is known."""
        rows = zip(self._starts.tolist(), self._ends.tolist(), self._texts, strict=True)
        return tuple(Text(start, end, text) for start, end, text in rows if text)

    @property
    def spoken(self) -> Sequence[tuple[float, float]]:
        """From and to of each utterance, in seconds."""
        return tuple(zip(self._starts.tolist(), self._ends.tolist(), strict=True))

    def arrays(self) -> Arrays:
        return {
            "starts": self._starts,
            "ends": self._ends,
            "tones": self._tones,
            "texts": np.array(self._texts, dtype=np.str_),
            "unknown": self._unknown,
        }

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """The arousal of the voices, with evidence; nothing of valence."""
        within = (self._starts < end) & (self._ends > start)
        voiced = within & (self._column("seconds") >= _LEAST_VOICED)
        evidence = self._unknown_language(start, within)
        if not voiced.any():
            return Reading(evidence=evidence) if evidence else NOTHING
        weights = self._column("seconds")[voiced]
        share = min(float(weights.sum()) / _ENOUGH_SECONDS, 1.0)
        features = {
            name: float(np.average(self._deviations(name)[voiced], weights=weights))
            for name in _FEATURES
        }
        excitement = sum(_FEATURES[name].weight * value for name, value in features.items())
        point = Gaussian(
            valence=0.0,
            valence_sd=math.inf,
            arousal=float(
                np.clip(_TYPICAL.arousal + _TYPICAL.arousal_sd * np.clip(excitement, -2, 2), -1, 1)
            ),
            arousal_sd=_ERROR * _TYPICAL.arousal_sd / math.sqrt(share),
        )
        return Reading(
            point=point,
            confidence=_RELIABILITY * share,
            evidence=(*self._describe(start, voiced, features, share), *evidence),
        )

    def activity(self, start: float, end: float, film: FilmContext) -> Mapping[str, float]:
        """Nothing: loudness is measured by the expert ``sound``."""
        return {}

    def _column(self, name: str) -> Floats:
        return self._tones[:, [field.name for field in fields(Tone)].index(name)]

    def _deviations(self, name: str) -> Floats:
        """How far each utterance's feature lies from what is usual, in deviations; [n]."""
        feature, values = _FEATURES[name], self._column(name)
        voiced = self._column("seconds") >= _LEAST_VOICED
        if feature.usual is not None:
            count = float(voiced.sum())
            own = count * np.median(values[voiced])
            middle = (own + _USUAL_COUNTS * feature.usual) / (count + _USUAL_COUNTS)
            return np.clip((values - middle) / feature.deviation, -2, 2)
        found = np.zeros_like(values)
        high = self._column("pitch") > _REGISTER
        for alike in (high, ~high) if name == "pitch" else (np.ones_like(high),):
            count = float((voiced & alike).sum())
            if count:
                away = (values[alike] - np.median(values[voiced & alike])) / feature.deviation
                found[alike] = np.clip(away, -2, 2) * count / (count + _OWN_COUNTS)
        return found

    def _describe(
        self, start: float, voiced: NDArray[np.bool_], features: Mapping[str, float], share: float
    ) -> tuple[Evidence, ...]:
        """The notable features in words, at the utterance that shows them most."""
        notable = [name for name, value in features.items() if abs(value) >= _NOTABLE]
        if not notable:
            return ()
        notable.sort(key=lambda name: -abs(features[name]))
        words = [_FEATURES[name].words[features[name] < 0] for name in notable]
        towards = np.sign(features[notable[0]])
        shown = np.where(voiced, towards * self._deviations(notable[0]), -np.inf).argmax()
        weight = _RELIABILITY * share * min(abs(features[notable[0]]) / 2, 1.0)
        time = max(float(self._starts[shown]), start)
        return (Evidence(time, NAME, f"{', '.join(words)} voice", weight),)

    def _unknown_language(self, start: float, within: NDArray[np.bool_]) -> tuple[Evidence, ...]:
        """One line where most of the speech is not understood."""
        lengths = self._ends - self._starts
        strange = within & self._unknown
        seconds = float(lengths[strange].sum())
        if seconds < _NOTED_SECONDS or seconds * 2 <= lengths[within].sum():
            return ()
        time = max(float(self._starts[strange.argmax()]), start)
        return (Evidence(time, NAME, "speech that is not understood as English", 0.0),)


class _Watcher:
    def __init__(self) -> None:
        self._start: float | None = None
        self._cutter = UtteranceCutter()
        self._recogniser = None if moonshine.missing() else Recogniser()
        self._found: list[tuple[float, float, Tone, str, bool]] = []

    def picture(self, time: float, image: Image) -> None:
        """Nothing: sound is all this expert needs."""

    def sound(self, time: float, samples: Samples) -> None:
        if self._start is None:
            self._start = time
        samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0)
        self._keep(self._cutter.push(samples))

    def finish(self, earlier: Mapping[str, Track]) -> SpeechTrack:
        self._keep(self._cutter.finish())
        self._doubt_another_language()
        starts, ends, tones, texts, unknown = (
            zip(*self._found, strict=True) if self._found else ((), (), (), (), ())
        )
        return SpeechTrack(
            np.array(starts, np.float64),
            np.array(ends, np.float64),
            np.array([astuple(each) for each in tones], np.float64).reshape(-1, len(fields(Tone))),
            texts,
            np.array(unknown, np.bool_),
        )

    def _keep(self, utterances: list[Utterance]) -> None:
        for utterance in utterances:
            start = (self._start or 0.0) + utterance.time
            text, unknown = "", False
            if self._recogniser:
                transcript = self._recogniser.transcribe(utterance.samples)
                unknown = not transcript.plausible
                text = "" if unknown else transcript.text
            if not text and utterance.music > _MOST_MUSIC:
                continue
            end = start + utterance.samples.size / SOUND_RATE
            self._found.append((start, end, tone(utterance.samples), text, unknown))

    def _doubt_another_language(self) -> None:
        """Drop all texts of a film of which little is understood: the rest is chance."""
        understood = sum(bool(text) for _, _, _, text, _ in self._found)
        missed = sum(unknown for *_, unknown in self._found)
        if understood + missed < _JUDGED or understood >= _UNDERSTOOD * (understood + missed):
            return
        self._found = [
            (start, end, voice, "", unknown or bool(text))
            for start, end, voice, text, unknown in self._found
        ]


def load(arrays: Arrays) -> SpeechTrack:
    """The track of what :meth:`SpeechTrack.arrays` gave; KeyError or ValueError for others."""
    columns: dict[str, NDArray[Any]] = {
        name: arrays[name] for name in ("starts", "ends", "tones", "texts", "unknown")
    }
    count = len(columns["starts"])
    if columns["tones"].shape != (count, len(fields(Tone))):
        raise ValueError("each utterance needs all features of its tone")
    if any(column.shape != (count,) for name, column in columns.items() if name != "tones"):
        raise ValueError("each utterance needs a start, an end and a text")
    return SpeechTrack(
        columns["starts"].astype(np.float64),
        columns["ends"].astype(np.float64),
        columns["tones"].astype(np.float64),
        columns["texts"].astype(np.str_).tolist(),
        columns["unknown"].astype(np.bool_),
    )


SPEECH = Expert(
    name=NAME,
    about="tone of voice, and words",
    interval=math.inf,
    side=0,
    needs_sound=True,
    missing=sound_events.missing,
    watch=_Watcher,
    load=load,
)
"""The tone needs the detector only; see ``moonshine.missing`` for what words need."""
