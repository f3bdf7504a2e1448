from __future__ import annotations

import json
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest

from engine.music.chord_symbols import parse_chord
from engine.music.conditions import KEYS
from engine.plan.harmony import (
    COLOURFUL,
    USUALNESS,
    draw_cadence,
    draw_progression,
    draw_qualities,
    leads_on,
    progressions,
    symbols,
    transposed,
)

COUNTED = json.loads(files("engine.plan").joinpath("progressions.json").read_text("utf-8"))


@pytest.fixture(params=[False, True], ids=["major", "minor"])
def minor(request) -> bool:
    return request.param


def counted(minor: bool):
    return COUNTED["minor" if minor else "major"]


def root(chord: str) -> int:
    return int(chord.partition(":")[0])


def different_roots(phrase) -> int:
    return len({root(chord) for bar in phrase for chord in bar})


def test_only_counted_progressions_are_drawn(minor):
    rng = np.random.default_rng(0)
    for on_tonic in (True, False):
        drawn = {draw_progression(rng, minor, on_tonic) for _ in range(300)}
        assert len(drawn) > 5
        for progression in drawn:
            assert " | ".join(map(" ".join, progression)) in counted(minor)["phrases"]
            assert (progression[0][0] == progressions(minor).tonic) == on_tonic


def test_common_progressions_come_more_often(minor):
    table = progressions(minor)
    songs = counted(minor)["phrases"]
    assert len(table.phrases) == len(table.weights)
    ranked = sorted(zip(table.weights, table.phrases, strict=True))
    alike: dict[tuple[int, ...], list[int]] = {}
    for _, phrase in ranked:
        roots = [root(bar[0]) for bar in phrase]
        key = (roots.count(0), roots.count(3) + roots.count(10)) if minor else ()
        key = (*key, different_roots(phrase))
        alike.setdefault(key, []).append(songs[" | ".join(map(" ".join, phrase))])
    assert all(counts == sorted(counts) for counts in alike.values())
    assert len(alike) > (5 if minor else 1)


def test_progressions_in_major_have_more_chords_than_those_of_songs():
    table = progressions(False)
    phrases = counted(False)["phrases"]
    songs = [phrases[" | ".join(map(" ".join, phrase))] for phrase in table.phrases]
    many = [different_roots(phrase) > 3 for phrase in table.phrases]
    assert np.average(many, weights=table.weights) > np.average(many, weights=songs) + 0.1


def test_progressions_in_minor_lean_to_their_tonic():
    table = progressions(True)

    def mean_share(of: tuple[int, ...], weights) -> float:
        shares = [sum(root(bar[0]) in of for bar in phrase) / 4 for phrase in table.phrases]
        return float(np.average(shares, weights=weights))

    counted_alone = [
        counted(True)["phrases"][" | ".join(map(" ".join, phrase))] ** USUALNESS
        * COLOURFUL ** different_roots(phrase)
        for phrase in table.phrases
    ]
    assert mean_share((0,), table.weights) > mean_share((0,), counted_alone) + 0.02
    assert mean_share((3, 10), table.weights) < mean_share((3, 10), counted_alone) - 0.05


def test_a_progression_moves_from_bar_to_bar(minor):
    for phrase in progressions(minor).phrases:
        assert len(phrase) == 4
        assert len({root(chord) for bar in phrase for chord in bar}) >= 3
        # Around its end too, since a progression is played again and again.
        still = sum(bar[0] == before[-1] for before, bar in pairwise([phrase[-1], *phrase]))
        assert still <= 1


def test_a_progression_that_is_taken_comes_again_only_when_none_is_left(minor):
    rng = np.random.default_rng(1)
    for on_tonic in (True, False):
        taken: list = []
        fitting = [
            phrase
            for phrase in progressions(minor).phrases
            if (phrase[0][0] == progressions(minor).tonic) == on_tonic
        ]
        for _ in fitting:
            drawn = draw_progression(rng, minor, on_tonic, taken)
            assert drawn not in taken
            taken.append(drawn)
        assert draw_progression(rng, minor, on_tonic, taken) in fitting


def test_sevenths_and_suspensions_come_as_often_as_in_songs(minor):
    rng = np.random.default_rng(0)
    tonic = progressions(minor).tonic
    name = "8" if minor else "2:m"
    phrase = ((tonic,), (name,), ("11:dim", name))
    drawn = [draw_qualities(rng, minor, phrase) for _ in range(400)]
    assert {(first, last[0]) for first, _, last in drawn} == {((tonic,), "11:dim")}
    usual = counted(minor)["qualities"][name]
    for suffix, share in usual.items():
        chord = f"{root(name)}:{suffix}".rstrip(":")
        found = np.mean([second == (chord,) for _, second, _ in drawn])
        assert found == pytest.approx(share / sum(usual.values()), abs=0.08)


def test_the_same_generator_draws_the_same(minor):
    for _ in range(3):
        first, second = (np.random.default_rng(7) for _ in range(2))
        assert [draw_progression(first, minor, True) for _ in range(5)] == [
            draw_progression(second, minor, True) for _ in range(5)
        ]


def test_a_cadence_leads_to_the_tonic_as_songs_do(minor):
    rng = np.random.default_rng(2)
    usual = counted(minor)["before_tonic"]
    last = {draw_cadence(rng, minor, (), 4)[-1] for _ in range(300)}
    assert last == set(progressions(minor).cadences) <= set(usual)
    assert all(root(chord) != 0 for chord in last)
    assert all(usual[chord] > 0.04 * sum(usual.values()) for chord in last)


def test_a_cadence_repeats_no_root_beside_it(minor):
    rng = np.random.default_rng(3)
    for near in ("5:m", "5", "7", "7:7", "10", "8"):
        for _ in range(50):
            cadence = draw_cadence(rng, minor, (near,), 4)
            assert root(near) not in map(root, cadence)


def test_where_no_cadence_is_left_the_tonic_comes(minor):
    table = progressions(minor)
    bar = draw_cadence(np.random.default_rng(0), minor, table.cadences, 4)
    assert bar == (table.tonic,)


def test_two_chords_of_a_cadence_need_a_long_bar(minor):
    rng = np.random.default_rng(4)
    for beats, most in ((1, 1), (2, 1), (3, 1), (4, 2), (5, 2)):
        lengths = {len(draw_cadence(rng, minor, (), beats)) for _ in range(100)}
        assert max(lengths) == most


def test_chords_that_lead_to_the_tonic(minor):
    assert leads_on(("7",), minor)
    assert leads_on(("0", "7"), minor)
    assert not leads_on(("7", "0"), minor)
    assert not leads_on((progressions(minor).tonic,), minor)


def test_bars_are_transposed():
    assert transposed(("0", "9:m", "7:7"), 5) == ("5", "2:m", "0:7")
    assert transposed(("2:m",), -5) == ("9:m",)
    bar = ("0:m", "10")
    assert transposed(transposed(bar, 7), -7) == bar == transposed(bar, 12)


def test_symbols_are_spelled_in_their_key():
    assert symbols(("3", "10:7", "0:m"), KEYS.index("C minor")) == ("Eb", "Bb7", "Cm")
    assert symbols(("6:dim", "4"), KEYS.index("G major")) == ("F#dim", "E")


def test_every_counted_chord_has_a_symbol(minor):
    table = progressions(minor)
    chords = {chord for phrase in table.phrases for bar in phrase for chord in bar}
    for key in range(len(KEYS)):
        for chord in chords | set(table.cadences):
            (name,) = symbols(transposed((chord,), key), key)
            found = parse_chord(name)
            assert (found.root, found.quality) == (
                (root(chord) + key) % 12,
                chord.partition(":")[2],
            )
