from __future__ import annotations

import pytest

from bridge.midi.routes import by_instrument
from engine.errors import EmsyncError
from engine.score import Instrument

FIVE = ["synth:in", *(f"DAW:{i.value.capitalize()} 3" for i in Instrument)]


def test_each_instrument_gets_the_port_with_its_name():
    assert by_instrument(FIVE, "daw")[Instrument.PIANO] == "DAW:Piano 3"


def test_all_share_the_first_port_unless_each_has_its_own():
    assert set(by_instrument(FIVE[:-1], ".").values()) == {"synth:in"}


@pytest.mark.parametrize("pattern", ["nothing", "(", ""])
def test_no_matching_port_is_a_one_line_error(pattern):
    with pytest.raises(EmsyncError) as caught:
        by_instrument([], pattern)
    assert "\n" not in str(caught.value)


def test_a_pattern_that_is_none_is_refused_even_without_ports():
    with pytest.raises(EmsyncError, match="not a regular expression"):
        by_instrument([], "(")
