"""The decoder: sequences that are being composed, one a row, on a loaded network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from engine.arrays import Logits
from engine.model.devices import DEVICES
from engine.model.key_value_cache import Keys, KeyValueCache
from engine.model.runtime import Network
from engine.music import vocabulary as voc
from engine.music.features.state import FeatureState, Numbers, inputs

ROWS_TOGETHER = 2
"""A step has a multiple of so many rows. The products of ONNX Runtime round a row that is left over
in another way than two. A spare row costs a hundredth of a step, and a piece does not depend on its
neighbours."""

READ_TOGETHER = 128
"""The most tokens that one run of the graph reads. Attention takes the time of every query times
every key, also of those that come later. A thousand tokens take a third less in parts of so many.
Parts have even sizes, so they are rounded as the whole."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row of a decoder has read.

    caches: ``key.<layer>`` and ``value.<layer>``, [H, places, W] each. features: as they were then.
    """

    caches: Mapping[str, Keys]
    places: int
    features: FeatureState


class Decoder:
    """Sequences being composed, one a row: tokens in, logits of the next tokens out.

    Each row is prefilled by itself. Then all rows step together, each from its own place.
    """

    def __init__(self, network: Network, rows: int = 1) -> None:
        config = self.config = network.config
        self._session = network.session
        self.places = np.zeros(rows, np.int32)
        """Places of each row's cache in use, condition slots included."""
        memory = DEVICES[network.device].memory
        self._cache = KeyValueCache(config, network.precision, rows + rows % ROWS_TOGETHER, memory)
        self.slides = config.positions == "rotary" and memory == "cpu"
        """Whether rows can :meth:`slide`. Attention must depend on distances alone, and the cache
        must be in the CPU's memory."""
        self._feature_states = [FeatureState(config.features) for _ in range(rows)]
        self._stepping = self._bind_rows()

    def _bind_rows(self) -> ort.IOBinding:
        """A binding of all rows, and of a spare one where their number is odd."""
        binding = self._session.io_binding()
        self._cache.bind(binding, 0, self.rows + self._spare)
        return binding

    @property
    def rows(self) -> int:
        """The number of sequences."""
        return len(self.places)

    @property
    def _spare(self) -> int:
        return self.rows % ROWS_TOGETHER

    def room(self, row: int = 0) -> int:
        """The number of tokens that a row can still read."""
        return self.config.context - int(self.places[row])

    def prefill(
        self,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
        row: int = 0,
    ) -> Logits:
        """Clear a row, then read tokens [S] with offsets [S] in seconds and conditions [C].

        Returns the logits [S, V] of the token after each. Raises ValueError if they do not fit.
        """
        config = self.config
        controls = len(config.controls)
        self._check(controls + len(tokens), config.context)
        self._feature_states[row] = FeatureState(config.features)
        self.places[row] = controls
        places = np.concatenate([np.repeat(offsets[:1], controls), offsets[:READ_TOGETHER]])
        first = self._read(tokens[:READ_TOGETHER], places, conditions[None], row)
        if len(tokens) <= READ_TOGETHER:
            return first
        return np.concatenate(
            [first, self.extend(tokens[READ_TOGETHER:], offsets[READ_TOGETHER:], row)]
        )

    def extend(
        self,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        row: int = 0,
    ) -> Logits:
        """Read several tokens [S] of one row at once, with their offsets [S] in seconds.

        Returns the logits [S, V] of the token after each, as that many steps would. Raises
        ValueError if they do not fit.
        """
        self._check(len(tokens), self.room(row))
        none = np.zeros((0, len(self.config.controls)), np.float32)
        return np.concatenate(
            [
                self._read(tokens[first:until], offsets[first:until], none, row)
                for first, until in _parts(len(tokens))
            ]
        )

    def _read(
        self,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
        row: int,
    ) -> Logits:
        """Read tokens [S] of a row in one run, after its conditions [0 or 1, C].

        offsets: [S] in seconds, after those of the conditions. Returns the logits [S, V].
        """
        state = self._feature_states[row]
        features = []
        for token in tokens.tolist():
            state.push(token)
            features.append(state.value)
        self.places[row] += len(tokens)
        binding = self._session.io_binding()
        self._cache.bind(binding, row, 1)
        return self._run(
            binding,
            tokens[None],
            offsets[None],
            conditions[None],
            self.places[row : row + 1],
            [features],
        )[0]

    def step(
        self, tokens: Sequence[int], offsets: Sequence[float], idle: Collection[int] = ()
    ) -> Logits:
        """Read one token a row, with its offset in seconds; returns the next logits [rows, V].

        idle: rows that skip this step. Their tokens and offsets are ignored, and their logits mean
        nothing. They too need a free place. Raises ValueError if a row is full.
        """
        self._check(1, self.config.context - int(self.places.max()))
        self.places += 1
        for row, (state, token) in enumerate(zip(self._feature_states, tokens, strict=True)):
            if row not in idle:
                state.push(token)
        # A spare row reads the last row's token as its own first one.
        spare = self._spare
        tokens, offsets = list(tokens), list(offsets)
        features = [[state.value] for state in self._feature_states]
        logits = self._run(
            self._stepping,
            np.array(tokens + tokens[-1:] * spare, np.int64)[:, None],
            np.array(offsets + offsets[-1:] * spare, np.float32)[:, None],
            np.zeros((self.rows + spare, 0, len(self.config.controls)), np.float32),
            np.append(self.places, np.ones(spare, np.int32)),
            features + features[-1:] * spare,
        )[: self.rows, 0]
        self.places[list(idle)] -= 1
        return logits

    def slide(
        self,
        dropped: int,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
        row: int = 0,
    ) -> None:
        """Read the head of a row again, drop ``dropped`` tokens after it, and move the rest up.

        tokens, offsets, conditions: of the head, as for :meth:`prefill`. The rest is not read
        again: its rotary keys are rotated back by the places they move. Raises ValueError if fewer
        tokens follow the head.
        """
        head = len(self.config.controls) + len(tokens)
        kept = int(self.places[row]) - head - dropped
        if kept < 0:
            raise ValueError(f"{dropped} tokens to drop, {kept + dropped} read")
        state = self._feature_states[row]
        self.prefill(tokens, offsets, conditions, row)
        state.slide(kept)
        self._feature_states[row] = state
        self._cache.slide(row, head, dropped, kept)
        self.places[row] += kept

    def reading(self, row: int = 0) -> Reading:
        """What a row has read, for :meth:`resume`."""
        caches = {name: part.copy() for name, part in self.cached(row).items()}
        return Reading(caches, int(self.places[row]), deepcopy(self._feature_states[row]))

    def resume(self, reading: Reading, row: int = 0) -> None:
        """Make a row what another one was, of this decoder or another one of the same network."""
        self._cache.write(row, reading.caches)
        self.places[row] = reading.places
        self._feature_states[row] = deepcopy(reading.features)

    def end(self, row: int) -> None:
        """Remove a row. The last row takes its number."""
        last = self.rows - 1
        if row != last:
            self._cache.copy(last, row)
            self.places[row] = self.places[last]
            self._feature_states[row] = self._feature_states[last]
        self.places = self.places[:last].copy()
        del self._feature_states[last]
        self._stepping = self._bind_rows()

    def cached(self, row: int = 0) -> dict[str, Keys]:
        """A row's keys and values: ``key.<layer>`` and ``value.<layer>``, [H, places, W] each."""
        return self._cache.read(row, int(self.places[row]))

    def _check(self, wanted: int, left: int) -> None:
        if wanted > left:
            raise ValueError(f"{wanted} places asked for, {left} left in the cache")

    def _run(
        self,
        bind: ort.IOBinding,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
        places: npt.NDArray[np.int32],
        features: Sequence[Sequence[Mapping[str, Numbers]]],
    ) -> Logits:
        """Logits [B, S, V] for tokens [B, S], and for each its features; shapes as in the graph."""
        bind.bind_cpu_input("tokens", np.ascontiguousarray(tokens))
        bind.bind_cpu_input("offsets", np.ascontiguousarray(offsets, np.float32))
        bind.bind_cpu_input("conditions", np.ascontiguousarray(conditions, np.float32))
        bind.bind_cpu_input("last", places - 1)
        for name, values in inputs(features).items():
            bind.bind_cpu_input(name, values)
        bind.bind_cpu_input("total", np.array(places.max(), np.int32))
        logits = np.empty((*tokens.shape, voc.SIZE), np.float32)
        bind.bind_output("logits", "cpu", 0, np.float32, logits.shape, logits.ctypes.data)
        self._session.run_with_iobinding(bind)
        return logits


def _parts(length: int) -> Iterator[tuple[int, int]]:
    """First and end of each part of a text that is read part by part; one part at least."""
    for first in range(0, max(length, 1), READ_TOGETHER):
        yield first, min(first + READ_TOGETHER, length)
