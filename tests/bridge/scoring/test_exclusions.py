"""Options that do not go together are refused by the name of the one to leave out."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bridge.scoring.exclusions import EXCLUSIONS, check_exclusions
from bridge.scoring.request import Request
from engine.errors import EmsyncError
from engine.spotting import MusicCue

PAIRS = [(e.option, other, e.reason) for e in EXCLUSIONS for other in e.others]


@pytest.mark.parametrize(("option", "other", "reason"), PAIRS)
def test_two_options_that_do_not_go_together_are_refused(option, other, reason):
    check_exclusions({option})
    check_exclusions({other})
    with pytest.raises(EmsyncError) as caught:
        check_exclusions({option, other})
    assert str(caught.value) == f"{other}: {reason}"


def test_the_table_names_options_of_requests_alone():
    named = {name for option, other, _ in PAIRS for name in (option, other)}
    assert named <= {field.name for field in fields(Request)}


def test_an_empty_spotting_list_excludes_nothing():
    assert Request("film.mp4", spotting=(), live=True).live
    with pytest.raises(EmsyncError, match="live: a film with a spotting list"):
        Request("film.mp4", spotting=(MusicCue("1m1", 0.0, 4.0),), live=True)
