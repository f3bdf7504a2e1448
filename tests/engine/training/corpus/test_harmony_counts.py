from __future__ import annotations

from engine.training.corpus.bar_chords import BarChords
from engine.training.corpus.harmony_counts import (
    FEWEST_SONGS,
    MOST_PHRASES,
    SHARED_OUT,
    count_harmony,
    folded,
    phrase_start,
    phrases,
    roots,
    written,
)


def song(chart: str, entries: tuple[int, ...] | None = None, minor: bool = False) -> BarChords:
    """A song of bars between bar lines; an empty bar has no clear chord."""
    bars = tuple(tuple(bar.split()) for bar in chart.split("|"))
    return BarChords(minor, bars, entries or (1, *[0] * (len(bars) - 1)))


def many(chart: str, count: int = FEWEST_SONGS, minor: bool = False):
    """Songs of different groups."""
    return [(f"{chart} {number}", song(chart, minor=minor)) for number in range(count)]


def test_a_phrase_begins_where_instruments_enter():
    assert phrase_start((1, 0, 2, 0, 0, 0, 2, 0)) == 2
    assert phrase_start((0, 0, 0)) == 0
    found = list(phrases(song("0 | 0 | 0 | 5 | 7 | 0", (1, 0, 2, 0, 0, 0))))
    assert list(map(written, found)) == ["0 | 5 | 7 | 0"]


def test_phrases_with_an_unclear_bar_do_not_count():
    assert list(phrases(song("0 | | 7 | 0"))) == []


def test_roots_are_counted_without_their_qualities():
    assert roots((("0",), ("0:maj7",), ("5", "7"), ("7:7",))) == 3


def test_a_folded_bar_has_triads():
    assert folded(("7:7", "2:m7", "5:maj7"), minor=False) == ("7", "2:m", "5")
    assert folded(("2:sus4", "7:sus4", "11:dim"), minor=False) == ("2:m", "7", "11:dim")
    assert folded(("0:sus4", "7:sus4"), minor=True) == ("0:m", "7")


def test_phrases_that_differ_by_sevenths_are_one_written_as_most_songs_have_it():
    songs = [*many("0 | 5 | 7:7 | 0", 8), *many("0 | 5 | 7 | 0", 5)]
    songs += many("0:maj7 | 5 | 7:sus4 | 0", 4)
    assert count_harmony(songs)["major"]["phrases"] == {"0 | 5 | 7:7 | 0": 17}


def test_qualities_tell_how_often_a_triad_has_a_seventh():
    songs = [("a", song("0 | 7:7 | 0 | 7:7")), ("b", song("0 | 7 | 7:sus4 | 0:maj7"))]
    qualities = count_harmony(songs)["major"]["qualities"]
    assert qualities == {"0": {"": 75, "maj7": 25}, "7": {"7": 50, "": 25, "sus4": 25}}


def test_every_song_counts_a_phrase_once():
    once, often = "0 | 5 | 7 | 0", " | ".join(["0 | 9:m | 5 | 7"] * 5)
    table = count_harmony([*many(once, 20), *many(often, 13)])["major"]
    assert table["songs"] == 33
    assert table["phrases"] == {"0 | 5 | 7 | 0": 20, "0 | 9:m | 5 | 7": 13}


def test_versions_of_a_song_count_as_one():
    versions = [("one", chords) for _, chords in many("0 | 5 | 7 | 0", 40)]
    table = count_harmony(versions)["major"]
    assert table["songs"] == 1
    assert table["phrases"] == {}
    assert table["steps"]["0"] == {"5": round(SHARED_OUT / 3)}


def test_rare_phrases_and_those_on_one_root_are_left_out():
    table = count_harmony([*many("0 | 0:7 | 0 | 0", 50), *many("0 | 5 | 7 | 0", FEWEST_SONGS - 1)])
    assert table["major"]["phrases"] == {}


def test_at_most_so_many_phrases_are_kept_the_commonest():
    charts = [f"0 | {a} | 0 | {b}" for a in range(1, 12) for b in range(1, 12)]
    songs = [some for n, chart in enumerate(charts) for some in many(chart, FEWEST_SONGS + n % 3)]
    kept = count_harmony(songs)["major"]["phrases"]
    assert sum(MOST_PHRASES.values()) >= len(kept) >= MOST_PHRASES[3]
    assert list(kept.values()) == sorted(kept.values(), reverse=True)
    wide = [chart for chart in kept if roots(tuple(bar.split() for bar in chart.split("|"))) > 2]
    assert len(wide) == MOST_PHRASES[3]


def test_modes_are_counted_apart():
    tables = count_harmony([*many("0 | 5 | 7 | 0"), *many("0:m | 8 | 10 | 0:m", minor=True)])
    assert list(tables["major"]["phrases"]) == ["0 | 5 | 7 | 0"]
    assert list(tables["minor"]["phrases"]) == ["0:m | 8 | 10 | 0:m"]


def test_every_song_adds_equally_to_the_steps():
    long = " | ".join(["0 | 5"] * 40)
    steps = count_harmony([("a", song(long)), ("b", song("0 | 7"))])["major"]["steps"]
    assert steps["0"]["7"] == SHARED_OUT / 2
    assert abs(steps["0"]["5"] + steps["5"]["0"] - SHARED_OUT / 2) <= 1


def test_a_step_goes_from_the_last_chord_of_a_bar_to_the_first_of_the_next():
    table = count_harmony([("a", song("0 5 | 7 0"))])["major"]
    assert table["steps"] == {"5": {"7": SHARED_OUT}}
    assert table["halves"] == {"0": {"5": SHARED_OUT // 2}, "7": {"0": SHARED_OUT // 2}}
    assert table["two_chords"] == 100


def test_endings_are_the_last_two_different_chords():
    table = count_harmony(many("0 | 5 | 7:7 | 0 | 0 | 0"))["major"]
    assert table["endings"] == {"7:7 0": FEWEST_SONGS}


def test_a_song_that_ends_without_a_clear_chord_has_no_ending():
    assert count_harmony(many("0 | 5 | 7 | "))["major"]["endings"] == {}


def test_phrase_ends_are_told_apart_by_where_the_tonic_comes():
    into = count_harmony(many("0 | 5 | 7 | 0 | 5"))["major"]
    assert (into["into_tonic"], into["before_tonic"]) == ({"7": FEWEST_SONGS}, {})
    before = count_harmony(many("0 | 9:m | 5 | 7 | 0"))["major"]
    assert (before["before_tonic"], before["open_ends"]) == ({"7": FEWEST_SONGS}, {})
    opened = count_harmony(many("0:m | 8 | 3 | 10 | 8", minor=True))["minor"]
    assert (opened["open_ends"], opened["into_tonic"]) == ({"10": FEWEST_SONGS}, {})


def test_unchanged_bars_are_counted_by_their_place_in_the_phrase():
    table = count_harmony(many("0 | 0 | 5 | 5 | 0 | 0 | 5 | 5"))["major"]
    assert table["unchanged"] == [0, 100, 0, 100]
    assert table["unchanged_songs"] == [57, 57, 57]


def test_without_songs_the_tables_are_empty():
    table = count_harmony([])["minor"]
    assert (table["songs"], table["phrases"], table["unchanged_songs"]) == (0, {}, [])
