from __future__ import annotations

import pytest


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
        (lambda r: r.selected.append(r.film), "one video item"),
        (lambda r: setattr(r.film, "take", None), "Select the film"),
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
