from __future__ import annotations

import math
from pathlib import Path

import pytest

from bridge.osc.page import page
from bridge.osc.specs import BY_PATH, IN, OUT, named
from engine.errors import EmsyncError


def test_the_page_is_written_from_the_table():
    path = Path(__file__).parents[3] / "docs" / "osc.md"
    assert path.read_text(encoding="utf-8") == page(), "run python -m bridge.osc.page > docs/osc.md"


def test_addresses_are_unique_and_optional_arguments_come_last():
    assert len(BY_PATH) == len(IN) + len(OUT)
    for address in (*IN, *OUT):
        optional = [argument.optional for argument in address.arguments]
        assert optional == sorted(optional)


def test_values_are_given_by_name():
    play = BY_PATH["/emsync/play"]
    assert named(play, []) == {}
    assert named(play, ["ab12", 3]) == {"job": "ab12", "seconds": 3}


def test_an_argument_may_be_repeated():
    players = BY_PATH["/emsync/control/instruments"]
    assert named(players, ["bass"]) == {"instruments": ("bass",)}
    assert named(players, ["bass", "drums"]) == {"instruments": ("bass", "drums")}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/emsync/control/instruments", []),
        ("/emsync/control/instruments", ["bass", 3]),
        ("/emsync/control/emotion", [0.5]),
        ("/emsync/control/reset", [1]),
        ("/emsync/locate", []),
        ("/emsync/locate", ["3"]),
        ("/emsync/locate", [True]),
        ("/emsync/locate", [math.nan]),
        ("/emsync/locate", [1.0, 2.0]),
        ("/emsync/pause", [1]),
        ("/emsync/compose", ["a\0b"]),
        ("/emsync/compose", ["film.mp4", 1.5]),
        ("/emsync/cancel", [b"ab12"]),
    ],
)
def test_the_error_for_wrong_values_says_what_is_expected(path, values):
    with pytest.raises(EmsyncError, match=f"{path}: takes ") as caught:
        named(BY_PATH[path], values)
    assert "\n" not in str(caught.value)
