"""Takes presets out of sound fonts, with what they use and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from export.sound.soundfont import (
    BAG,
    GAP,
    MONO,
    RECORDS,
    ROM,
    VORBIS,
    SoundFont,
    Table,
    move_loop,
)

_INSTRUMENT, _KEYS, _SAMPLE = 41, 43, 53
"""Generators: an instrument, a range of keys and a sample (section 8.1.2)."""


def take_presets(
    wanted: Sequence[tuple[SoundFont, int, int, int]], keys: Collection[int] = range(128)
) -> SoundFont:
    """A sound font of some presets of others, with only the instruments and samples they use.

    wanted: for each preset its font and its row in ``presets``, and its new bank and program.
    keys: the MIDI pitches that will be played; samples of others are left out.
    Raises ValueError or IndexError for tables that contradict each other.
    """
    new = _Builder(keys)
    for font, row, bank, program in wanted:
        new.add_preset(font, row, bank, program)
    return new.finished()


class _Builder:
    """Collects presets, and everything that they use, once."""

    def __init__(self, keys: Collection[int]) -> None:
        self._keys = keys
        self._rows: dict[str, list[Any]] = {name: [] for name in RECORDS}
        self._data: list[memoryview | bytes] = []
        self._size = 0
        self._info: dict[str, bytes] = {}
        self._instruments: dict[tuple[int, int], int] = {}
        self._samples: dict[tuple[int, int], int] = {}

    def add_preset(self, font: SoundFont, row: int, bank: int, program: int) -> None:
        self._info = self._info or dict(font.info)
        head = font.tables["phdr"][row].copy()
        head["bank"], head["program"] = bank, program
        head["bag"] = self._copy_zones(font, "p", "phdr", row)
        self._rows["phdr"].append(head)

    def _add_instrument(self, font: SoundFont, row: int) -> int:
        key = id(font), row
        if key not in self._instruments:
            head = font.tables["inst"][row].copy()
            head["bag"] = self._copy_zones(font, "i", "inst", row)
            self._rows["inst"].append(head)
            self._instruments[key] = len(self._rows["inst"]) - 1
        return self._instruments[key]

    def _copy_zones(self, font: SoundFont, kind: str, heads: str, row: int) -> int:
        """Copy the zones of a preset or an instrument; returns the index of the first."""
        first, end = (int(font.tables[heads][row + place]["bag"]) for place in (0, 1))
        zones = []
        # What the zones name comes first: an instrument's own zones must lie together.
        for generators, modulators in self._zones(font, kind, first, end):
            for generator in generators:
                if kind == "p" and generator["oper"] == _INSTRUMENT:
                    generator["amount"] = self._add_instrument(font, int(generator["amount"]))
                elif kind == "i" and generator["oper"] == _SAMPLE:
                    generator["amount"] = self._add_sample(font, int(generator["amount"]))
            zones.append((generators, modulators))
        start = len(self._rows[f"{kind}bag"])
        for generators, modulators in zones:
            self._rows[f"{kind}bag"].append(self._bag(kind))
            self._rows[f"{kind}gen"].extend(generators)
            self._rows[f"{kind}mod"].extend(modulators)
        return start

    def _zones(self, font: SoundFont, kind: str, first: int, end: int) -> list[tuple[Table, Table]]:
        """Generators and modulators of the zones of a preset, or of an instrument's that play."""
        bags = font.tables[f"{kind}bag"]
        found = [
            (
                font.tables[f"{kind}gen"][bag["gen"] : following["gen"]].copy(),
                font.tables[f"{kind}mod"][bag["mod"] : following["mod"]],
            )
            for bag, following in zip(bags[first:end], bags[first + 1 : end + 1], strict=True)
        ]
        if kind == "p":
            return found
        playing = [zone for zone in found if self._plays(zone[0])]
        if not any(_SAMPLE in zone[0]["oper"] for zone in playing):
            # Some synthesizers refuse an instrument without a sample.
            playing += [zone for zone in found if _SAMPLE in zone[0]["oper"]][:1]
        return playing

    def _plays(self, generators: Table) -> bool:
        """Whether a zone may play one of the keys; a zone without a sample concerns all others."""
        ranges = generators["amount"][generators["oper"] == _KEYS]
        if not len(ranges) or _SAMPLE not in generators["oper"]:
            return True
        low, high = int(ranges[0]) & 0xFF, int(ranges[0]) >> 8
        return any(low <= key <= high for key in self._keys)

    def _bag(self, kind: str) -> Table:
        counts = len(self._rows[f"{kind}gen"]), len(self._rows[f"{kind}mod"])
        return np.array(counts, dtype=BAG)

    def _add_sample(self, font: SoundFont, row: int) -> int:
        key = id(font), row
        if key in self._samples:
            return self._samples[key]
        head = font.tables["shdr"][row].copy()
        packed = bool(head["kind"] & VORBIS)
        start, end = int(head["start"]), int(head["end"])
        # A sample of PCM counts in frames, one of Vorbis in bytes; its loop counts from its start.
        unit = 1 if packed else 2
        content = font.samples[start * unit : end * unit]
        gap = b"" if packed else bytes(GAP * 2)
        offset = self._size // unit
        head["start"], head["end"] = offset, offset + end - start
        if not packed:
            move_loop(head, offset - start)
        # The partner of a stereo sample is a zone of its own; no synthesizer needs the link.
        head["link"], head["kind"] = 0, MONO | (head["kind"] & (VORBIS | ROM))
        self._data += [content, gap]
        self._size += len(content) + len(gap)
        self._rows["shdr"].append(head)
        self._samples[key] = len(self._rows["shdr"]) - 1
        return self._samples[key]

    def finished(self) -> SoundFont:
        for heads, kind in (("phdr", "p"), ("inst", "i")):
            last = np.zeros((), dtype=RECORDS[heads])
            last["name"] = b"EOP" if kind == "p" else b"EOI"
            last["bag"] = len(self._rows[f"{kind}bag"])
            self._rows[heads].append(last)
            self._rows[f"{kind}bag"].append(self._bag(kind))
            for each in ("gen", "mod"):
                self._rows[kind + each].append(np.zeros((), dtype=RECORDS[kind + each]))
        last = np.zeros((), dtype=RECORDS["shdr"])
        last["name"] = b"EOS"
        self._rows["shdr"].append(last)
        tables = {name: np.array(rows, dtype=RECORDS[name]) for name, rows in self._rows.items()}
        return SoundFont(tables, b"".join(self._data), self._info)
