"""Starts processes that play, for tests to end in every way there is.

It reads orders, one a line. ``play PITCH FOLDER`` and ``recover PITCH FOLDER`` start a process with
its state in FOLDER, and print its id. ``reap ID`` waits for its end and prints the exit status.

With ``play`` a process plays PITCH on all five instruments until a signal ends it. SIGTERM and
SIGINT end it as they end ``emsync play``; SIGUSR1 raises an exception that is not caught. With
``recover`` it only opens its output, which ends the notes that a dead process left.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.output import Output
from bridge.play.piece import Piece
from bridge.play.player import Player
from bridge.play.signals import graceful_exit
from engine.errors import EmsyncError
from engine.score import Instrument, Note


def main() -> None:
    for line in iter(sys.stdin.readline, ""):
        order, *words = line.split()
        if order == "reap":
            print(os.waitstatus_to_exitcode(os.waitpid(int(words[0]), 0)[1]), flush=True)
        elif (child := os.fork()) == 0:
            perform(order, int(words[0]), words[1])
            return
        else:
            print(child, flush=True)


def perform(order: str, pitch: int, folder: str) -> None:
    os.environ["EMSYNC_STATE"] = folder
    signal.signal(signal.SIGUSR1, fail)
    output = open_jack()
    if order == "recover":
        time.sleep(60)
        return
    player = Player(output)
    notes = tuple(Note(instrument, 0.0, 60.0, pitch) for instrument in Instrument)
    while not output.connected():
        time.sleep(0.01)
    player.load(Piece(notes, (), (), 60.0))
    player.play()
    with graceful_exit():
        time.sleep(60)


def open_jack() -> Output:
    """An output of JACK. Tries again: the server may refuse one of five simultaneous clients."""
    while True:
        try:
            return open_output(OutputConfig("jack"))[0]
        except EmsyncError as error:
            print(error, file=sys.stderr)


def fail(number: int, frame: object) -> None:
    raise RuntimeError("as asked")


if __name__ == "__main__":
    main()
