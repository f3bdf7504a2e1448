from __future__ import annotations

import time

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.messages import note_off, note_on
from bridge.midi.scheduler import ScheduledOutput, Scheduler
from engine.errors import EmsyncError
from engine.score import Instrument

PIANO = Instrument.PIANO
ON, OFF = note_on(PIANO, 60, 80), note_off(PIANO, 60)
MODES = len(Instrument) * 3


@pytest.fixture
def scheduler():
    sent = []
    scheduler = Scheduler(lambda item: sent.append((item, 1 / item)), "test")
    scheduler.sent = sent
    yield scheduler
    scheduler.close()


def test_items_go_at_their_moment_and_in_order_within_one_moment(scheduler, soon):
    now = time.monotonic()
    for delay, item in ((0.05, 3), (0.01, 1), (0.05, 4), (0.02, 2)):
        scheduler.send(now + delay, item)
    assert soon(lambda: len(scheduler.sent) == 4)
    assert [item for item, _ in scheduler.sent] == [1, 2, 3, 4]
    assert scheduler.lateness().messages == 4


def test_no_item_goes_before_its_moment(scheduler, soon):
    moments = []
    timed = Scheduler(lambda when: moments.append(time.monotonic() - when), "test")
    for step in range(20):
        when = time.monotonic() + 0.003 * step
        timed.send(when, when)
    assert soon(lambda: len(moments) == 20)
    timed.close()
    assert min(moments) >= 0


def test_dropped_items_never_go(scheduler, soon):
    now = time.monotonic()
    for item in (1, 2, 3):
        scheduler.send(now + 0.05, item)
    scheduler.drop(keep=lambda item: item == 2)
    scheduler.send(now + 0.06, 4)
    assert soon(lambda: len(scheduler.sent) == 2)
    assert [item for item, _ in scheduler.sent] == [2, 4]


def test_an_exception_does_not_end_the_scheduler(scheduler, soon, caplog):
    scheduler.send(time.monotonic(), 0)
    scheduler.send(time.monotonic(), 5)
    assert soon(lambda: scheduler.sent)
    assert "ZeroDivisionError" in caplog.text


def test_silence_ends_active_notes_at_once(output, sink, soon):
    output.send(time.monotonic(), PIANO, ON)
    assert soon(lambda: sink.messages)
    output.silence()
    assert sink.messages[1:] == [
        *((i, f"b{i.channel:x}{mode}00") for i in (Instrument.BASS, Instrument.DRUMS,
          Instrument.GUITAR) for mode in ("40", "7b", "78")),
        (PIANO, OFF.hex()), (PIANO, "b24000"), (PIANO, "b27b00"), (PIANO, "b27800"),
        *((Instrument.STRINGS, f"b3{mode}00") for mode in ("40", "7b", "78")),
    ]  # fmt: skip


def test_closing_twice_silences_once(output, sink, soon):
    output.send(time.monotonic(), PIANO, ON)
    assert soon(lambda: sink.messages)
    output.send(time.monotonic() + 0.05, PIANO, note_on(PIANO, 72, 80))
    output.close()
    output.close()
    assert sink.closed and len(sink.messages) == 2 + MODES


def test_sending_to_a_sink_that_is_gone_raises(output, sink, soon):
    sink.gone = True
    output.send(time.monotonic(), PIANO, ON)

    def raises():
        try:
            output.send(time.monotonic(), PIANO, ON)
        except EmsyncError as error:
            return "unplugged" in str(error)

    assert soon(raises)
    output.silence()


def test_a_late_listener_still_receives_inherited_note_offs(sink, tmp_path, soon):
    dead = ActiveNotes(tmp_path, "sink")
    dead.before_send(PIANO, ON)
    dead.close(all_ended=False)
    output = ScheduledOutput(sink, ActiveNotes(tmp_path, "sink"))
    assert (PIANO, OFF.hex()) in sink.messages
    at_start = len(sink.messages)
    output.send(time.monotonic(), PIANO, ON)
    assert soon(lambda: len(sink.messages) == at_start + MODES + 1)
    output.close()


def test_latency_is_added(sink, tmp_path, soon):
    output = ScheduledOutput(sink, ActiveNotes(tmp_path, "sink"), latency=0.2)
    begun = time.monotonic()
    output.send(begun, PIANO, ON)
    assert soon(lambda: sink.messages)
    assert time.monotonic() - begun >= 0.2
    output.close()
