"""Speech to text by Moonshine tiny (Jeffries et al. 2024, arXiv 2410.15608), for English.

The weights (MIT) lie in the package ``moonshine-voice`` 0.0.73 as two graphs of ONNX Runtime and a
vocabulary. Later versions carry none. The package itself is not imported.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Samples
from engine.emotion.experts.expert import SOUND_RATE

PACKAGE = "moonshine-voice==0.0.73"

LONGEST = 15.0
"""Seconds of sound that are transcribed at once."""

_START, _END = 1, 2
_FIRST_WORD = 3
"""The least token that stands for text."""
_TOKENS_A_SECOND = 6.5
"""The authors' limit; more is a loop."""
_SHORTEST = 1600
"""Samples that the encoder needs, rounded up."""

LEAST_LOG_PROBABILITY = -0.4
"""Mean log probability of a token below which a transcript is nonsense.

English read aloud gives -.03 to -.22, three other languages -.75 to -1.71, noise -.5.
"""
_MOST_COMPRESSION = 2.4
"""Bytes of text over compressed bytes from which it is a loop, as Whisper limits it."""
_FILE_NAMES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. log_probability: mean of the tokens' natural logarithms."""

    text: str
    log_probability: float

    @property
    def plausible(self) -> bool:
        """Whether this is English speech rather than another language, noise or a loop."""
        data = self.text.encode()
        compression = len(data) / len(zlib.compress(data))
        return (
            self.log_probability >= LEAST_LOG_PROBABILITY
            and compression < _MOST_COMPRESSION
            and re.search("[A-Za-z]", self.text) is not None
        )


def _folder() -> Path | None:
    """The folder of the weights, or None where they are not installed."""
    spec = find_spec("moonshine_voice")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "assets" / "tiny-en"
        if all((folder / name).is_file() for name in _FILE_NAMES):
            return folder
    return None


def missing() -> str:
    """What to install for transcripts, as a sentence; empty if it is there."""
    if not find_spec("onnxruntime"):
        return "speech to text needs ONNX Runtime; pip install 'emsync-bridge[cpu]'"
    return (
        "" if _folder() else f"speech to text needs {PACKAGE}; pip install 'emsync-bridge[speech]'"
    )


def read_vocabulary(data: bytes) -> list[bytes]:
    """The texts of the tokens: each a length in one or two bytes, then that many bytes.

    Raises ValueError if the data ends within a token.
    """
    texts, place = [], 0
    while place < len(data):
        length = data[place]
        place += 1
        if length >= 128:
            if place == len(data):
                raise ValueError("the vocabulary ends within a length")
            length += 128 * (data[place] - 1)
            place += 1
        if place + length > len(data):
            raise ValueError("the vocabulary ends within a token")
        texts.append(data[place : place + length])
        place += length
    return texts


class Recogniser:
    """Moonshine's encoder and decoder, on one thread. Raises FileNotFoundError without weights."""

    def __init__(self) -> None:
        import onnxruntime

        folder = _folder()
        if folder is None:
            raise FileNotFoundError(f"{PACKAGE} is not installed")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._encoder, self._decoder = (
            onnxruntime.InferenceSession(
                str(folder / name), options, providers=["CPUExecutionProvider"]
            )
            for name in _FILE_NAMES[:2]
        )
        self._words = read_vocabulary((folder / _FILE_NAMES[2]).read_bytes())
        inputs = self._decoder.get_inputs()
        self._past = {item.name: item.shape for item in inputs if item.name.startswith("past")}

    def transcribe(self, samples: Samples) -> Transcript:
        """The text of at most ``LONGEST`` seconds of sound; [n]."""
        samples = samples[: int(LONGEST * SOUND_RATE)].astype(np.float32)
        if samples.size < _SHORTEST:
            samples = np.pad(samples, (0, _SHORTEST - samples.size))
        mask = np.ones((1, samples.size), np.int64)
        (states,) = self._encoder.run(None, {"input_values": samples[None], "attention_mask": mask})
        most = int(samples.size / SOUND_RATE * _TOKENS_A_SECOND) + 1
        tokens, logs = self._decode(states, mask, most)
        text = b"".join(self._words[token] for token in tokens if token >= _FIRST_WORD)
        words = text.decode(errors="replace").replace("\u2581", " ")
        return Transcript(words.strip(), float(np.mean(logs)))

    def _decode(
        self, states: NDArray[np.float32], mask: NDArray[np.int64], most: int
    ) -> tuple[list[int], list[float]]:
        """The most probable next token, until the end or ``most``; and the log probabilities."""
        fed: dict[str, Any] = {
            name: np.zeros((0, *shape[1:2], 1, *shape[3:]), np.float32)
            for name, shape in self._past.items()
        }
        fed |= {"encoder_hidden_states": states, "encoder_attention_mask": mask}
        tokens, logs, token = [], [], _START
        for step in range(most):
            fed["input_ids"] = np.array([[token]], np.int64)
            fed["use_cache_branch"] = np.array([step > 0])
            logits, *present = self._decoder.run(None, fed)
            for name, value in zip(self._past, present, strict=True):
                # The branch with a cache gives the encoder's keys back empty.
                if step == 0 or ".decoder." in name:
                    fed[name] = value
            scores = logits[0, -1].astype(np.float64)
            token = int(scores.argmax())
            logs.append(-float(np.log(np.exp(scores - scores.max()).sum())))
            if token == _END:
                break
            tokens.append(token)
        return tokens, logs
