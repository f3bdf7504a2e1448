"""Regions are composed anew by tiny networks; everything else stays as it was."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from engine.composing import composition
from engine.composing.config import GenerationConfig
from engine.composing.planned import compose_planned_takes
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.model.runtime import Network
from engine.plan.plan import Phrase, Plan
from engine.plan.timing import Timing
from engine.recut.music import OldMusic, read_old_music
from engine.rescore.regions import Region
from engine.rescore.rescore import Rescored, rescore, seam_worth, seams
from engine.score import Instrument, Note, Score
from engine.section import Section
from export.midi import write_midi

BASS, DRUMS, GUITAR, PIANO, STRINGS = EVERYONE = tuple(Instrument)
SECONDS = 28.0
CHORDS = ("C", "Am", "F", "G")
PLAN = Plan(
    SECONDS,
    ((0, 0.0), (16, 8.2), (30, 15.0), (56, 28.3)),
    (4, 4, 4, 4, 4, 4, 4, 2, 4),
    phrases=(
        Phrase(1, "A", "C major", (BASS, PIANO, STRINGS), 8.0, "p", CHORDS),
        Phrase(5, "B", "C major", EVERYONE, 12.0, "f", CHORDS),
        Phrase(10, "A", "C major", (BASS, DRUMS, GUITAR), 8.0, "p", CHORDS),
    ),
    last_chord=50,
)
CONFIG = GenerationConfig(7, sampling=Sampling(guidance=1.0))


def film() -> CueSheet:
    section = Section(0.0, SECONDS, {}, 0.3, -0.2, "user")
    video = Video("film.mp4", SECONDS, 24.0, 64, 36)
    return CueSheet(video, 0.0, SECONDS, (), hits_at((8.2, 15.0)), (section,))


class Old:
    """A piece of a network, and its notes as they are in its MIDI file."""

    def __init__(self, network: Network, folder, seed: int = 1) -> None:
        self.network = network
        config = replace(CONFIG, seed=seed)
        ((take, _),) = compose_planned_takes(film(), PLAN, network, config, 1)
        self.score = take.score
        self.folder = folder
        self.music = self.read(take.score)

    def read(self, score: Score) -> OldMusic:
        path = self.folder / "score.mid"
        write_midi(score, path)
        return read_old_music(path, PLAN)

    def anew(self, *regions: Region, plan: Plan = PLAN, count: int = 1) -> Rescored:
        return rescore(self.music, film(), plan, regions, self.network, CONFIG, count)


@pytest.fixture(scope="module", params=["network", "small", "droning"])
def old(request, tiny, random_model, exported, tmp_path_factory) -> Old:
    """Pieces of networks as they are, with a window that passes often, and with long notes."""
    if request.param == "small":
        source = Network(exported(random_model(tiny(context=32))), "cpu", threads=1)
    elif request.param == "droning":
        source = request.getfixturevalue("biased")(context=96, OFF=-8.0, CHORD=1.0)
    else:
        source = request.getfixturevalue("network")
    return Old(source, tmp_path_factory.mktemp("old"))


def outside(music: OldMusic, *regions: Region) -> list[Note]:
    """The notes, in quarter notes, that no region holds."""
    timing = Timing(PLAN)

    def anew(note: Note) -> bool:
        at = timing.seconds_at(note.onset)
        return any(r.start <= at + 0.002 < r.end and note.instrument in r.parts for r in regions)

    return [note for note in music.notes if not anew(note)]


def check_kept(old: Old, found: Rescored, *regions: Region) -> None:
    """What no region holds is the same in both MIDI files, to the tick."""
    assert found.takes
    for take, _ in found.takes:
        assert outside(old.read(take.score), *regions) == outside(old.music, *regions)


@drawn(
    start=st.floats(0.0, 26.0),
    length=st.floats(0.3, 14.0),
    parts=st.sets(st.sampled_from(EVERYONE), min_size=1),
)
@settings(max_examples=6)
def test_kept_notes_are_identical_to_the_tick(old, start, length, parts):
    region = Region(start, min(start + length, SECONDS), frozenset(parts))
    check_kept(old, old.anew(region), region)


def test_a_stretch_is_new_and_what_is_round_it_is_kept(old):
    region = Region(PLAN.seconds_at(16), PLAN.seconds_at(30))
    found = old.anew(region, count=2)
    check_kept(old, found, region)
    first, second = (
        [note for note in take.score.notes if region.holds(note.onset)] for take, _ in found.takes
    )
    before = [note for note in old.score.notes if region.holds(note.onset)]
    assert len(first) > 20
    assert first != second
    assert [n.pitch for n in first] != [n.pitch for n in before]
    assert all(note.end <= region.end + 1e-6 for note in first)


def test_a_part_is_new_between_the_notes_of_the_others(old):
    region = Region(PLAN.seconds_at(16), PLAN.seconds_at(34), frozenset({STRINGS}))
    found = old.anew(region)
    check_kept(old, found, region)
    score = found.takes[0][0].score
    new = [note for note in score.part(STRINGS) if region.holds(note.onset)]
    assert len(new) > 5
    old_part = [note for note in old.score.part(STRINGS) if region.holds(note.onset)]
    assert [n.pitch for n in new] != [n.pitch for n in old_part]
    timing = Timing(PLAN)
    part = timing.grid.part * 0.008
    places = [timing.music_time(note.onset) / part for note in new]
    assert all(abs(place - round(place)) * part < 0.001 for place in places)


def test_the_plan_says_who_plays_where_a_part_is_composed_anew(old):
    """In the first phrase the drums rest."""
    region = Region(0.0, SECONDS, frozenset({DRUMS}))
    score = old.anew(region).takes[0][0].score
    assert all(note.onset >= PLAN.seconds_at(16) - 0.002 for note in score.part(DRUMS))
    assert score.part(DRUMS)


def test_several_parts_and_stretches_at_once(old):
    regions = (
        Region(2.0, 6.0, frozenset({PIANO, BASS})),
        Region(PLAN.seconds_at(16), PLAN.seconds_at(24)),
        Region(20.0, 24.0, frozenset({GUITAR})),
    )
    check_kept(old, old.anew(*regions), *regions)


def test_one_pitch_of_a_part_never_sounds_twice(old):
    region = Region(5.0, 21.0)
    score = old.anew(region).takes[0][0].score
    ends: dict[tuple[Instrument, int], float] = {}
    for note in score.notes:
        key = note.instrument, note.pitch
        assert note.onset >= ends.get(key, 0.0) - 1e-6
        ends[key] = note.end


def test_the_end_and_the_whole_can_be_new(old):
    for region in (Region(PLAN.seconds_at(42), SECONDS), Region(0.0, SECONDS)):
        found = old.anew(region)
        check_kept(old, found, region)
        assert math.isnan(found.seam)
        assert found.takes[0][1].seam is None


def test_what_follows_is_measured_and_rated(old):
    region = Region(PLAN.seconds_at(16), PLAN.seconds_at(24))
    found = old.anew(region, count=2)
    for take, rating in found.takes:
        assert take.seam > 0
        assert rating.seam == seam_worth(take.seam, found.seam)
    assert found.seam > 0


def test_given_tokens_of_an_instant_are_read_at_once_whatever_the_threads(
    old, monkeypatch, tokens_read
):
    region = Region(PLAN.seconds_at(16), PLAN.seconds_at(30), frozenset({STRINGS}))
    read = tokens_read("extend")
    with monkeypatch.context() as patched:
        patched.setattr(composition, "TOGETHER", 99)
        old.anew(region, count=3)
    after_each_other = len(read)
    alone = old.anew(region, count=3)
    assert len(read) > 2 * after_each_other + 5
    network = Network(old.network.weights, "cpu", threads=2)
    shared = rescore(old.music, film(), PLAN, [region], network, CONFIG, 3)
    assert [take for take, _ in shared.takes] == [take for take, _ in alone.takes]


def test_a_chord_of_all_pitches_that_never_ends_leaves_room_for_the_others(old):
    """More given notes than the piece can hold do not count as composed ones."""
    drone = tuple(Note(PIANO, 0.0, SECONDS, pitch) for pitch in range(128))
    others = tuple(note for note in old.score.notes if note.instrument is not PIANO)
    music = old.read(replace(old.score, notes=(*drone, *others)))
    region = Region(0.0, SECONDS, frozenset({STRINGS}))
    found = rescore(music, film(), PLAN, [region], old.network, CONFIG, 1)
    assert any(note.instrument is STRINGS for note in found.takes[0][0].score.notes)


def test_equal_seeds_give_equal_music(old):
    region = Region(5.0, 9.0)
    first, second = (old.anew(region).takes[0][0].score for _ in range(2))
    assert first == second


def test_the_seam_is_a_bar_after_each_region_up_to_the_next():
    regions = [Region(2.0, 4.0), Region(5.0, 9.0), Region(20.0, 28.0)]
    (first, second) = seams(PLAN, regions)
    assert first == (4.0, 5.0)
    assert second[0] == 9.0
    beats = PLAN.clock.ticks(list(second))
    assert beats[1] - beats[0] == pytest.approx(4)


@pytest.mark.parametrize(
    ("nll", "usual", "worth"),
    [(1.0, 1.0, 1.0), (0.5, 1.0, 1.0), (2.0, 1.0, math.exp(-1)), (math.nan, 1.0, None),
     (1.0, math.nan, None)],
)  # fmt: skip
def test_a_seam_is_worth_less_the_less_it_is_expected(nll, usual, worth):
    assert seam_worth(nll, usual) == worth
