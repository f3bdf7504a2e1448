"""Generated songs as MIDI files, and a small token cache of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import mido
import numpy as np
import pytest

pytest.importorskip("symusic")
torch = pytest.importorskip("torch")

from engine.training.corpus.labels import is_judged  # noqa: E402
from engine.training.corpus.prepare import prepare  # noqa: E402
from engine.training.corpus.token_cache import Cache  # noqa: E402

# Networks this small lose more to threads waiting for each other than they gain.
torch.set_num_threads(1)

QUARTER = 480
Notes = Iterable[tuple[float, float, int]]
"""(onset, length) in quarters and pitch."""


@pytest.fixture(scope="session")
def write_song() -> Callable[..., Path]:
    """Writes a MIDI file.

    parts: notes by General MIDI program from 0, or "drums". tempos: (quarter, bpm). metres:
    (quarter, numerator, denominator).
    """

    def write(
        path: Path,
        parts: dict[int | str, Notes],
        tempos: Iterable[tuple[float, float]] = ((0, 120),),
        metres: Iterable[tuple[float, int, int]] = ((0, 4, 4),),
    ) -> Path:
        file = mido.MidiFile(ticks_per_beat=QUARTER)
        conductor = [
            *((t, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))) for t, bpm in tempos),
            *(
                (t, mido.MetaMessage("time_signature", numerator=n, denominator=d))
                for t, n, d in metres
            ),
        ]
        file.tracks.append(_track(conductor))
        for channel, (program, notes) in enumerate(parts.items()):
            at = {"channel": 9 if program == "drums" else channel}
            events = [
                (time, mido.Message(kind, note=pitch, **at))
                for onset, length, pitch in notes
                for time, kind in ((onset, "note_on"), (onset + length, "note_off"))
            ]
            if program != "drums":
                events.append((0, mido.Message("program_change", program=program, **at)))
            file.tracks.append(_track(events))
        file.save(path)
        return path

    return write


@pytest.fixture(scope="session")
def write_roll() -> Callable[..., Path]:
    """Writes a piano roll as pypianoroll does; ``write_song``'s arguments, 24 steps a quarter.

    bars: the quarters of the downbeats, or None to leave them out.
    """
    pypianoroll = pytest.importorskip("pypianoroll")

    def write(
        path: Path,
        parts: dict[int | str, Notes],
        tempos: Iterable[tuple[float, float]] = ((0, 120),),
        bars: Iterable[float] | None = range(0, 32, 4),
    ) -> Path:
        end = max(onset + length for notes in parts.values() for onset, length, _ in notes)
        tracks = []
        for program, notes in parts.items():
            roll = np.zeros((round(24 * end) + 24, 128), np.uint8)
            for onset, length, pitch in notes:
                roll[round(24 * onset) : round(24 * (onset + length)), pitch] = 90
            drums = program == "drums"
            number = 0 if drums else program
            tracks.append(pypianoroll.StandardTrack("", number, drums, roll))
        tempo = np.zeros((len(tracks[0].pianoroll), 1))
        for quarter, bpm in tempos:
            tempo[round(24 * quarter) :] = bpm
        downbeat = None
        if bars is not None:
            downbeat = np.zeros((len(tempo), 1), bool)
            downbeat[[round(24 * bar) for bar in bars]] = True
        pypianoroll.Multitrack("", 24, tempo, downbeat, tracks).save(path)
        return path

    return write


def _track(events: list[tuple[float, mido.Message]]) -> mido.MidiTrack:
    track, now = mido.MidiTrack(), 0
    # At the same time, programs come first, and note-offs come before note-ons.
    for time, message in sorted(events, key=lambda e: (e[0], "note_" in e[1].type, e[1].type)):
        track.append(message.copy(time=round(time * QUARTER) - now))
        now = round(time * QUARTER)
    return track


@pytest.fixture(scope="session")
def beat() -> list[tuple[float, float, int]]:
    """Eighths for sixteen seconds at 120 bpm: enough of a song by itself."""
    return [(i / 2, 0.25, 38) for i in range(64)]


@pytest.fixture(scope="session")
def songs(tmp_path_factory, write_song, beat) -> Path:
    """A folder of twelve songs, half of them with guitar chords; every fourth is a drum solo."""
    folder = tmp_path_factory.mktemp("songs")
    for number in range(12):
        parts: dict[int | str, Notes] = {"drums": beat}
        if number % 4:
            dice = np.random.default_rng(number)
            parts[33] = [(t, 0.9, int(p)) for t, p in enumerate(dice.integers(30, 50, 32))]
            parts[48] = [(4 * t, 3.5, int(p)) for t, p in enumerate(dice.integers(55, 70, 8))]
        if number % 2:
            roots = (60, 65, 67, 60)
            parts[25] = [
                (8 * i + 2, 3, root + third) for i, root in enumerate(roots) for third in (0, 4, 7)
            ]
        write_song(folder / f"song{number:02d}.mid", parts)
    return folder


@pytest.fixture(scope="session")
def index(tmp_path_factory) -> Path:
    """The labels of those songs. 3 and 6 are for validation; 5's are reserved for the judge."""
    path = tmp_path_factory.mktemp("index") / "index.tsv"
    valence = {1: ("0.25", "-0.5"), 2: ("", "-0.5"), 5: ("0.75", "0.75")}
    groups = ("a", "c")
    assert [is_judged({"split_group": group}) for group in groups] == [False, True]
    columns = "file split split_group valence_spotify valence_deezer energy_spotify"
    rows = [
        (
            f"song{number:02d}.mid",
            "val" if number in (3, 6) else "train",
            groups[number == 5],
            *valence.get(number, ("", "")),
            f"{number / 20}",
        )
        for number in range(12)
    ]
    path.write_text("".join("\t".join(row) + "\n" for row in (columns.split(), *rows)))
    return path


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory, songs, index) -> Path:
    """The songs, prepared."""
    folder = tmp_path_factory.mktemp("cache")
    prepare(songs, folder, index, workers=1)
    return folder


@pytest.fixture(scope="session")
def cache(cache_folder) -> Cache:
    """The songs' token cache, opened."""
    return Cache.open(cache_folder)
