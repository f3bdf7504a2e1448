from __future__ import annotations

import pytest

from bridge.cli.counted import counted


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "bar", "1 bar"),
        (2, "long chord", "2 long chords"),
        (0, "boundary", "0 boundaries"),
        (1, "boundary", "1 boundary"),
    ],
)
def test_one_thing_has_no_plural(number, noun, text):
    assert counted(number, noun) == text
