from __future__ import annotations

import pytest

from engine.music.pitch import pitch_class


@pytest.mark.parametrize(
    ("name", "found"), [("C", 0), ("C#", 1), ("Db", 1), ("B", 11), ("B#", 0), ("Cb", 11)]
)
def test_a_name_is_a_pitch_class(name, found):
    assert pitch_class(name[0], name[1:]) == found
