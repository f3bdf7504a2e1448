from __future__ import annotations

import random
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.cues import CueSheet, Video
from engine.cues_json import write_cues
from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import RATES, Clock, frame_at, label_at, nearest_frame, parse_rate
from engine.timeline.cue_sheet import blank, with_hits
from engine.timeline.formats import FORMATS, read_hits, write_hits, written_format

HAS_OTIO = find_spec("opentimelineio") is not None
HAS_AAF = HAS_OTIO and find_spec("aaf2") is not None
MISSING = {name for name, has in (("otio", HAS_OTIO), ("aaf", HAS_AAF)) if not has}
WRITTEN = [name for name, each in FORMATS.items() if each.write and name not in MISSING]
EXCHANGED = [name for name in ("edl", "fcpxml", "otio", "aaf", "csv") if name in WRITTEN]
"""The formats that a cue sheet passes through without loss, to the frame."""
STATED = ("text", "csv", "fcpxml", "otio", "aaf")
"""The formats that say their rate and first frame themselves."""
LABELS = (
    "Door slams", "tense", "x [may]", "Ünïcode - “q”", "a, b; c", "# 1", "", 'say "no"', "joy",
    "[cut]", "5 6", "1:00", "a\tb", "C#m",
)  # fmt: skip


def a_sheet(rng: random.Random) -> CueSheet:
    """A cue sheet of a film with hits of all kinds, on frames."""
    rate = parse_rate(rng.choice(RATES))
    label = rng.choice(["00:00:00:00", "01:00:00:00", "10:20:30:10"])
    start = label_at(frame_at(label, replace(rate, drop=False)), rate)
    frames = sorted(rng.sample(range(1, 200_000), rng.randrange(1, 12)))
    hits = []
    for frame, following in zip(frames, [*frames[1:], frames[-1] + 50], strict=True):
        last = rng.randrange(frame + 1, following + 1) if rng.random() < 0.3 else None
        hits.append(
            Hit(
                float(frame / rate.fps),
                " ".join(rng.choice(LABELS).split()),
                rng.choice([1.0, 2.0, 0.5, 1 / 3]),
                rng.random() < 0.7,
                rng.choice([None, None, "tense", (-0.3, 0.71)]),
                None if last is None else float(last / rate.fps),
            )
        )
    video = Video("film.mp4", float(200_100 / rate.fps), float(rate.fps), 96, 64, start)
    return with_hits(blank(video), hits)


def on_frames(hits: HitList) -> list[tuple[object, ...]]:
    """The hits with their times in frames."""
    rate = hits.clock.own_rate
    return [
        (
            nearest_frame(hit.seconds, rate),
            None if hit.end is None else nearest_frame(hit.end, rate),
            replace(hit, seconds=0.0, end=None),
        )
        for hit in hits.hits
    ]


def check_round_trips(folder: Path, count: int) -> None:
    rng = random.Random(count)
    for _ in range(count):
        write_cues(a_sheet(rng), folder / "cues.json")
        first = read_hits(folder / "cues.json", Clock())
        for name in EXCHANGED:
            path = folder / f"hits{FORMATS[name].suffixes[0]}"
            write_hits(first, path)
            clock = Clock() if name in STATED else first.clock
            again = read_hits(path, clock)
            assert on_frames(again) == on_frames(first), name
            assert again.clock.start_frame == first.clock.start_frame


def test_cue_sheets_pass_through_every_exchange_format_without_loss(tmp_path):
    check_round_trips(tmp_path, 8)


@pytest.mark.soak
def test_two_hundred_cue_sheets_pass_without_loss(tmp_path):
    check_round_trips(tmp_path, 200)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_format_is_known_by_its_content(tmp_path, name):
    clock = Clock(parse_rate("25"), "01:00:00:00")
    hits = (Hit(1.0, "Door", must=False), Hit(2.0, "Run", emotion="tense", end=4.0))
    path = tmp_path / "no suffix"
    write_hits(HitList(hits, clock), path, name)
    assert read_hits(path, clock).hits == hits


@pytest.mark.parametrize("name", WRITTEN)
def test_an_empty_list_can_be_written_and_read(tmp_path, name):
    clock = Clock(parse_rate("25"))
    write_hits(HitList((), clock), tmp_path / "x", name)
    assert read_hits(tmp_path / "x", clock).hits == ()


def test_a_suffix_says_what_is_written():
    assert written_format(Path("a.EDL")) == "edl"
    assert written_format(Path("a.json")) == "cues"
    with pytest.raises(EmsyncError, match=r"end its name in \.txt, \.csv"):
        written_format(Path("a.mov"))


def test_what_can_not_be_read_or_written_is_said_in_a_line(tmp_path):
    with pytest.raises(EmsyncError, match="can't be read"):
        read_hits(tmp_path / "none.csv", Clock())
    with pytest.raises(EmsyncError, match="can't be read"):
        read_hits(tmp_path, Clock())
    with pytest.raises(EmsyncError, match="only read"):
        write_hits(HitList(()), tmp_path / "x.json")
    with pytest.raises(EmsyncError, match="give a frame rate"):
        write_hits(HitList((Hit(1.0),)), tmp_path / "x.edl")


def test_a_file_of_one_endless_line_is_refused(tmp_path):
    (tmp_path / "x").write_text("1" * 100_000)
    with pytest.raises(EmsyncError, match="lines too long"):
        read_hits(tmp_path / "x", Clock())


def refused_in_a_line_or_read(path: Path) -> None:
    try:
        found = read_hits(path, Clock(parse_rate("25")))
    except EmsyncError as error:
        assert "\n" not in str(error)
        assert path.name in str(error)
    else:
        assert all(hit.seconds >= 0 for hit in found.hits)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_refused_in_a_line(tmp_path, data):
    path = tmp_path / "hits.any"
    path.write_bytes(data)
    refused_in_a_line_or_read(path)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_damaged_file_is_read_or_refused_in_a_line(tmp_path, name):
    rng = random.Random(name)
    kinds = ("marker", "cut", "marker", "dissolve")
    hits = tuple(Hit(float(n + 1), "Door [a]", end=n + 1.5, kind=kinds[n % 4]) for n in range(8))
    path = tmp_path / "hits.any"
    write_hits(HitList(hits, Clock(parse_rate("25"), "01:00:00:00")), path, name)
    whole = path.read_bytes()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            match rng.randrange(3):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    del data[at : at + rng.randrange(1, 40)]
                case _:
                    data[at:at] = data[at : at + rng.randrange(1, 40)]
            if not data:
                data = bytearray(whole)
        path.write_bytes(data)
        refused_in_a_line_or_read(path)
