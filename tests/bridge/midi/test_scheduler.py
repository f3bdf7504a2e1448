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
ENDINGS = len(Instrument) * 2


@pytest.fixture
def sender():
    sent = []
    sender = Scheduler(lambda thing: sent.append((thing, 1 / thing)), "test")
    sender.sent = sent
    yield sender
    sender.close()


def test_each_goes_at_its_moment_and_of_one_moment_the_first_goes_first(sender, soon):
    now = time.monotonic()
    for delay, thing in ((0.05, 3), (0.01, 1), (0.05, 4), (0.02, 2)):
        sender.send(now + delay, thing)
    assert soon(lambda: len(sender.sent) == 4)
    assert [thing for thing, _ in sender.sent] == [1, 2, 3, 4]
    assert sender.lateness().messages == 4


def test_nothing_goes_before_its_moment(sender, soon):
    moments = []
    timed = Scheduler(lambda when: moments.append(time.monotonic() - when), "test")
    for step in range(20):
        when = time.monotonic() + 0.003 * step
        timed.send(when, when)
    assert soon(lambda: len(moments) == 20)
    timed.close()
    assert min(moments) >= 0


def test_what_is_dropped_never_goes(sender, soon):
    now = time.monotonic()
    for thing in (1, 2, 3):
        sender.send(now + 0.05, thing)
    sender.drop(keep=lambda thing: thing == 2)
    sender.send(now + 0.06, 4)
    assert soon(lambda: len(sender.sent) == 2)
    assert [thing for thing, _ in sender.sent] == [2, 4]


def test_an_error_ends_nothing(sender, soon, caplog):
    sender.send(time.monotonic(), 0)
    sender.send(time.monotonic(), 5)
    assert soon(lambda: sender.sent)
    assert "ZeroDivisionError" in caplog.text


def test_silence_ends_what_sounds_at_once(written, page, soon):
    written.send(time.monotonic(), PIANO, ON)
    assert soon(lambda: page.lines)
    written.silence()
    assert page.lines[1:] == [
        *((i, f"b{i.channel:x}{mode}00") for i in (Instrument.BASS, Instrument.DRUMS,
          Instrument.GUITAR) for mode in ("7b", "78")),
        (PIANO, OFF.hex()), (PIANO, "b27b00"), (PIANO, "b27800"),
        *((Instrument.STRINGS, f"b3{mode}00") for mode in ("7b", "78")),
    ]  # fmt: skip


def test_closing_silences_once(written, page, soon):
    written.send(time.monotonic(), PIANO, ON)
    assert soon(lambda: page.lines)
    written.send(time.monotonic() + 0.05, PIANO, note_on(PIANO, 72, 80))
    written.close()
    written.close()
    assert page.closed and len(page.lines) == 2 + ENDINGS


def test_a_way_out_that_is_gone_is_told_to_who_sends(written, page, soon):
    page.torn = True
    written.send(time.monotonic(), PIANO, ON)

    def told():
        try:
            written.send(time.monotonic(), PIANO, ON)
        except EmsyncError as error:
            return "torn" in str(error)

    assert soon(told)
    written.silence()


def test_who_listens_late_still_hears_what_is_owed(page, tmp_path, soon):
    before = ActiveNotes(tmp_path, "page")
    before.before(PIANO, ON)
    before.close(ended=False)
    output = ScheduledOutput(page, ActiveNotes(tmp_path, "page"))
    assert (PIANO, OFF.hex()) in page.lines
    at_start = len(page.lines)
    output.send(time.monotonic(), PIANO, ON)
    assert soon(lambda: len(page.lines) == at_start + ENDINGS + 1)
    output.close()


def test_latency_is_added(page, tmp_path, soon):
    output = ScheduledOutput(page, ActiveNotes(tmp_path, "page"), latency=0.2)
    begun = time.monotonic()
    output.send(begun, PIANO, ON)
    assert soon(lambda: page.lines)
    assert time.monotonic() - begun >= 0.2
    output.close()
