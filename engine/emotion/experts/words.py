"""The expert ``words``: the emotion of what is said and of what is written in the picture.

Each English sentence has a feeling (see ``text_emotion``). A stretch averages those of its
sentences with some doubt, so that one sentence changes little and many change much. Titles count
less than speech: recognised letters are less sure, and signs in the picture are no story. Credits
count nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Floats, Image, Samples
from engine.emotion.experts import text_emotion
from engine.emotion.experts.expert import Arrays, Expert, FilmContext, Track
from engine.emotion.experts.sentences import credit, english, split
from engine.emotion.experts.text_emotion import VALENCE_ERROR, TextEmotion
from engine.emotion.mapping import Gaussian
from engine.emotion.reading import NOTHING, Reading, Text
from engine.section import EKMAN, Evidence

NAME = "words"

_WEIGHTS = {"speech": 1.0, "titles": 0.3}
"""What a sentence counts by the expert that found it."""
_DOUBT = 3.0
"""Sentences that speak for all emotions alike, beside those of the stretch."""
_RELIABILITY = 0.7
"""A scene may feel otherwise than its words say. A judgement: of six films, words gave three."""
_SCENE_ERROR = 0.3
"""Error of a scene's valence though all its words were known (a judgement)."""
_SENTENCE_ERROR = math.hypot(VALENCE_ERROR, 0.4)
"""Error of it from one sentence alone: sentences of a scene differ."""
_MOST_EVIDENCE = 3
_LONGEST_QUOTE = 40
_NOTABLE = 0.35
"""Probability from which a sentence is worth a line."""


class WordsTrack:
    """The sentences of a film, by time.

    starts, ends: seconds, [n]. sentences: [n]. weights: what each counts, 0..1, [n]. probabilities:
    of Ekman's emotions, [n, 6]. valences: -1..1, [n].
    """

    def __init__(
        self,
        starts: Floats,
        ends: Floats,
        sentences: Sequence[str],
        weights: Floats,
        probabilities: Floats,
        valences: Floats,
    ) -> None:
        self._starts, self._ends, self._sentences = starts, ends, tuple(sentences)
        self._weights, self._probabilities, self._valences = weights, probabilities, valences

    @property
    def texts(self) -> Sequence[Text]:
        return ()

    def arrays(self) -> Arrays:
        return {
            "starts": self._starts,
            "ends": self._ends,
            "sentences": np.array(self._sentences, dtype=np.str_),
            "weights": self._weights,
            "probabilities": self._probabilities,
            "valences": self._valences,
        }

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """The mean of the sentences, with doubt; a direct valence, and nothing of arousal."""
        overlap = np.minimum(self._ends, end) - np.maximum(self._starts, start)
        lengths = np.maximum(self._ends - self._starts, 1e-6)
        counts = self._weights * np.clip(overlap / lengths, 0, 1)
        total = float(counts.sum())
        if total <= 0:
            return NOTHING
        mean = (_DOUBT / len(EKMAN) + counts @ self._probabilities) / (_DOUBT + total)
        point = Gaussian(
            valence=float(counts @ self._valences / total),
            valence_sd=math.hypot(_SCENE_ERROR, _SENTENCE_ERROR / math.sqrt(total)),
            arousal=0.0,
            arousal_sd=math.inf,
        )
        return Reading(
            probabilities=dict(zip(EKMAN, mean.tolist(), strict=True)),
            point=point,
            confidence=_RELIABILITY * total / (_DOUBT + total),
            evidence=self._quotes(start, counts),
        )

    def activity(self, start: float, end: float, film: FilmContext) -> Mapping[str, float]:
        """Nothing."""
        return {}

    def _quotes(self, start: float, counts: Floats) -> tuple[Evidence, ...]:
        """The sentences that say most, with the emotion they are likeliest to have."""
        likeliest = self._probabilities.max(1)
        notable = np.flatnonzero((counts > 0) & (likeliest >= _NOTABLE))
        ranked = notable[np.argsort(-(counts * likeliest)[notable], kind="stable")]
        return tuple(
            Evidence(
                time=max(float(self._starts[place]), start),
                expert=NAME,
                text=f"'{_quote(self._sentences[place])}' "
                f"{EKMAN[self._probabilities[place].argmax()]} "
                f"{f'{likeliest[place]:.1f}'.removeprefix('0')}",
                weight=_RELIABILITY * float(counts[place] * likeliest[place]) / (_DOUBT + 1),
            )
            for place in ranked[:_MOST_EVIDENCE].tolist()
        )


def _quote(sentence: str) -> str:
    """A sentence, cut between words where it is long."""
    if len(sentence) <= _LONGEST_QUOTE:
        return sentence.rstrip(".,; ")
    return sentence[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " ..."


class _Watcher:
    def picture(self, time: float, image: Image) -> None:
        """Nothing: texts come from other experts."""

    def sound(self, time: float, samples: Samples) -> None:
        """Nothing: texts come from other experts."""

    def finish(self, earlier: Mapping[str, Track]) -> WordsTrack:
        found: list[tuple[Text, float]] = []
        for name, weight in _WEIGHTS.items():
            for text in earlier[name].texts if name in earlier else ():
                if name == "titles" and (credit(text.text) or not english(text.text)):
                    continue
                found.extend((sentence, weight) for sentence in _divide(text))
        return _read(sorted(found, key=lambda each: each[0].start))


def _divide(text: Text) -> list[Text]:
    """The sentences of a text; each gets its share of the time by its length."""
    sentences = split(text.text)
    ends = np.cumsum([0.0, *(len(each) for each in sentences)])
    times = text.start + (text.end - text.start) * ends / max(ends[-1], 1)
    return [
        Text(float(times[place]), float(times[place + 1]), sentence)
        for place, sentence in enumerate(sentences)
    ]


def _read(found: Sequence[tuple[Text, float]]) -> WordsTrack:
    """The track of sentences and what each counts."""
    # Without a sentence there is no need to load the network.
    emotion = TextEmotion() if found else None
    feelings = [emotion.read(sentence.text) for sentence, _ in found] if emotion else []
    weights = [weight for _, weight in found]
    return WordsTrack(
        np.array([sentence.start for sentence, _ in found], np.float64),
        np.array([sentence.end for sentence, _ in found], np.float64),
        [sentence.text for sentence, _ in found],
        np.array([f.strength * w for f, w in zip(feelings, weights, strict=True)], np.float64),
        np.array([f.probabilities for f in feelings], np.float64).reshape(-1, len(EKMAN)),
        np.array([f.valence for f in feelings], np.float64),
    )


def load(arrays: Arrays) -> WordsTrack:
    """The track of what ``WordsTrack.arrays`` gave; KeyError or ValueError for anything else."""
    starts, ends, weights, probabilities, valences = (
        arrays[name].astype(np.float64)
        for name in ("starts", "ends", "weights", "probabilities", "valences")
    )
    sentences = arrays["sentences"].astype(np.str_).tolist()
    count = len(sentences)
    if any(column.shape != (count,) for column in (starts, ends, weights, valences)):
        raise ValueError("each sentence needs a start, an end, a weight and a valence")
    if probabilities.shape != (count, len(EKMAN)):
        raise ValueError("each sentence needs the probabilities of six emotions")
    return WordsTrack(starts, ends, sentences, weights, probabilities, valences)


WORDS = Expert(
    name=NAME,
    about="the emotion of what is said and written",
    interval=math.inf,
    side=0,
    needs_sound=False,
    missing=text_emotion.missing,
    watch=_Watcher,
    load=load,
)
