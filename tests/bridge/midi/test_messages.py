from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.midi.messages import EventBuilder, events, introduction, note_on
from engine.score import Instrument, Note

PIANO = Instrument.PIANO
NOTES = st.lists(
    st.builds(
        lambda part, onset, length, pitch: Note(part, onset / 8, (onset + length) / 8, pitch),
        st.sampled_from(Instrument), st.integers(0, 40), st.integers(0, 9), st.integers(60, 63),
    ),
    max_size=40,
)  # fmt: skip


def encoded(notes):
    return [(event.seconds, event.message.hex()) for event in events(notes)]


def test_a_note_is_a_note_on_and_a_note_off():
    assert encoded([Note(PIANO, 1.0, 2.0, 60, 90)]) == [(1.0, "923c5a"), (2.0, "823c00")]


def test_at_one_instant_note_offs_come_first():
    notes = [Note(PIANO, 0.0, 1.0, 60), Note(PIANO, 1.0, 2.0, 50)]
    assert [message[:2] for _, message in encoded(notes)] == ["92", "82", "92", "82"]


def test_a_repeated_note_ends_the_first_and_only_its_own_end_counts():
    notes = [Note(PIANO, 0.0, 3.0, 60), Note(PIANO, 1.0, 2.0, 60)]
    assert [(s, m[:2]) for s, m in encoded(notes)] == [(0, "92"), (1, "82"), (1, "92"), (2, "82")]


def test_the_least_velocity_is_1():
    assert note_on(PIANO, 60, 0)[2] == 1


def test_drums_are_on_channel_10():
    assert note_on(Instrument.DRUMS, 36, 80)[0] & 0x0F == 9


def test_an_introduction_holds_program_and_name():
    program, name = introduction(Instrument.STRINGS)
    assert program == b"\xc3\x30"
    assert name[0] == 0xF0 and name[-1] == 0xF7 and b"strings" in name and max(name[1:-1]) < 128


@given(NOTES)
def test_every_note_on_has_its_note_off_and_time_never_decreases(notes):
    active, last = set(), 0.0
    for event in events(notes):
        key = event.instrument, event.message[1]
        assert event.seconds >= last
        last = event.seconds
        if event.note is None:
            active.remove(key)
        else:
            assert key not in active
            active.add(key)
    assert not active


@given(NOTES, st.lists(st.integers(0, 400), max_size=6))
def test_building_step_by_step_gives_the_same_events(notes, stops):
    notes = sorted(notes, key=lambda n: (n.onset, list(Instrument).index(n.instrument), n.pitch))
    builder, given_up_to, found = EventBuilder(), 0.0, []
    for stop in [*(stop / 64 for stop in sorted(stops)), float("inf")]:
        found += builder.until([n for n in notes if given_up_to <= n.onset < stop], stop)
        given_up_to = stop
    assert found == events(notes)
