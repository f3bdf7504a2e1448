from __future__ import annotations

import pytest

from .stand_in.model import Item, Source, Take


def part(reaper, position, offset, length=3.0, path="/films/a.mp4"):
    """A selected item that shows a part of a film of a minute."""
    item = Item({"D_POSITION": position, "D_LENGTH": length})
    item.takes = [Take(item, Source(path, 60.0))]
    item.takes[0].values["D_STARTOFFS"] = offset
    reaper.tracks[0].items.append(item)
    reaper.selected.append(item)
    return item


def film(reaper):
    return reaper.module("film").selected()


def test_a_whole_film_has_no_start_and_no_end(reaper):
    found = film(reaper)
    assert found.path == "/films/it's ünser film.mp4"
    assert (found.position, found.length, found.start, found.ending) == (10, 8, None, None)


def test_a_part_of_a_section_is_in_seconds_of_the_file(reaper):
    take = reaper.film.take
    parent = type(take.source)("/films/long.mp4", 60.0)
    take.source = type(take.source)("", 20.0, parent, (5.0, False))
    take.values["D_STARTOFFS"] = 2.5
    found = film(reaper)
    assert (found.path, found.start, found.ending) == ("/films/long.mp4", 7.5, 15.5)


def test_an_item_longer_than_its_film_is_the_whole_film(reaper):
    reaper.film.take.values["D_STARTOFFS"] = -1.0
    reaper.film.values["D_LENGTH"] = 20.0
    found = film(reaper)
    assert (found.position, found.length, found.start, found.ending) == (11, 8, None, None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: r.film.take.values.update(D_PLAYRATE=1.5), "rate 1.5; set it to 1.0"),
        (lambda r: setattr(r, "selected", []), "one video item"),
        (lambda r: r.film.takes.clear(), "Select the film"),
        (lambda r: setattr(r.film.take, "stretch_markers", 2), "stretch markers; remove them"),
        (lambda r: setattr(r.film.take.source, "kind", "RPP_PROJECT"), "subproject"),
        (lambda r: setattr(r.film.take, "midi", True), "Select the film"),
        (lambda r: setattr(r.film.take.source, "path", ""), "Select the film"),
        (lambda r: setattr(r.film.take.source, "section", (0.0, True)), "reversed"),
        (lambda r: r.film.take.values.update(D_STARTOFFS=9.0), "shows nothing"),
    ],
)
def test_items_that_are_no_film_are_refused(reaper, change, sentence):
    change(reaper)
    with pytest.raises(Exception, match=sentence):
        film(reaper)


def test_a_film_that_was_cut_but_not_rearranged_is_one_film(reaper):
    reaper.selected.clear()
    part(reaper, 13.0, 8.0)
    part(reaper, 10.0, 5.0)
    part(reaper, 16.0, 11.0, length=2.5)
    found = film(reaper)
    assert (found.position, found.length, found.start, found.ending) == (10, 8.5, 5, 13.5)
    assert len(found["items"]) == 3


@pytest.mark.parametrize("other", [(13.0, 9.0), (14.0, 8.0), (13.0, 8.0, 3.0, "/films/b.mp4")])
def test_a_film_in_rearranged_parts_is_refused(reaper, other):
    reaper.selected.clear()
    part(reaper, 10.0, 5.0)
    part(reaper, *other)
    with pytest.raises(Exception, match="glue them or select one"):
        film(reaper)


def test_sound_of_the_same_group_does_not_matter(reaper):
    sound = part(reaper, 10.0, 0.0)
    sound.takes[0].source.kind = "WAVE"
    assert film(reaper).path == "/films/it's ünser film.mp4"
    midi = part(reaper, 10.0, 0.0)
    midi.takes[0].midi = True
    assert film(reaper).path == "/films/it's ünser film.mp4"
