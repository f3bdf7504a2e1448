"""Times for the pictures of bare streams, such as ``.h264``, which store none.

A frame is shown when its decoder gives it out, at the stream's frame rate. The stream is decoded
once to learn that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from av.packet import Packet
from av.video.stream import VideoStream

from engine.errors import EmsyncError
from engine.video.container import Film, opened, packets
from engine.video.reader import frames_of
from engine.video.timing import frame_rate

REORDERED = {"h264", "hevc"}
"""Codecs whose bare streams store no times, though frames are shown in another order."""


def display_places(path: Path) -> tuple[int, ...]:
    """For each packet of a film's picture, as which frame it is shown, from 0 on.

    Raises EmsyncError where that is uncertain: a packet may hold no frame, or a damaged one.
    """
    count, shown = 0, list[int | None]()
    with opened(path) as film:
        for packet in packets(film):
            if packet.size:
                # The decoder hands each stamp on to the frame, whatever it says.
                packet.pts = count
                count += 1
            shown += [frame.pts for frame in frames_of(packet)]
    order = [number for number in shown if number is not None]
    if sorted(order) != list(range(count)):
        raise EmsyncError(
            f"{path}: its picture has no times, and frames are missing, so it can't be copied; "
            "lay score.wav under it in an editor"
        )
    places = [0] * count
    for place, number in enumerate(order):
        places[number] = place
    return tuple(places)


def stamped(film: Film, path: Path) -> Iterator[Packet[VideoStream]]:
    """The packets of a bare film with times. Raises EmsyncError as ``display_places`` does."""
    places = display_places(path)
    # No frame is decoded after it is shown.
    delay = max((number - place for number, place in enumerate(places)), default=0)
    usual = round(1 / ((frame_rate(film) or 25) * film.time_base))
    for number, packet in enumerate(each for each in packets(film) if each.size):
        packet.pts, packet.dts = places[number] * usual, (number - delay) * usual
        packet.duration = usual
        yield packet
