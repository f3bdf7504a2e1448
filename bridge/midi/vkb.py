"""REAPER's virtual keyboard, by OSC: no MIDI driver at all.

REAPER listens once an OSC control surface is set up whose local port is this one. A track takes
one channel of the virtual keyboard as its input. The addresses are those of REAPER's
Default.ReaperOSC.
"""

from __future__ import annotations

from pythonosc.udp_client import SimpleUDPClient

from bridge.midi.messages import CONTROL, NOTE_OFF, NOTE_ON
from engine.errors import EmsyncError
from engine.score import Instrument

HOST, PORT = "127.0.0.1", 8000


def address(message: bytes) -> tuple[str, int] | None:
    """The OSC address and value of a channel message; None where REAPER has no address for it."""
    kind, channel = message[0] & 0xF0, message[0] & 0x0F
    if kind in (NOTE_ON, NOTE_OFF):
        velocity = message[2] if kind == NOTE_ON else 0
        return f"/vkb_midi/{channel}/note/{message[1]}", velocity
    if kind == CONTROL:
        return f"/vkb_midi/{channel}/cc/{message[1]}", message[2]
    return None


class VirtualKeyboard:
    """Sends each message as one OSC packet. UDP does not report whether REAPER listens."""

    def __init__(self, host: str = HOST, port: int = PORT) -> None:
        """Raises EmsyncError when the host is unknown."""
        try:
            self._client = SimpleUDPClient(host, port)
        except OSError as error:
            raise EmsyncError(f"{host}: unknown host; give the one REAPER runs on") from error
        self.name = f"REAPER's virtual keyboard at {host}:{port} (OSC)"

    def emit(self, instrument: Instrument, message: bytes) -> None:
        """Send now; the network may lose the packet.

        Raises EmsyncError when this machine can't send it.
        """
        if (packet := address(message)) is not None:
            try:
                self._client.send_message(*packet)
            except OSError as error:
                raise EmsyncError(f"{self.name}: can't be reached ({error.strerror})") from error

    def close(self) -> None:
        """Close the socket."""
        self._client._sock.close()
