"""Where somebody speaks in a film, as far as the experts in emotion detect it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.emotion.experts import sound, speech
from engine.emotion.experts.expert import Track

Stretch = tuple[float, float]
PAUSE = 0.7
"""A pause up to this long belongs to the speech around it, in seconds."""
SHORTEST = 0.3
"""What is shorter is no speech that music should give way to, in seconds."""


def spoken(tracks: Mapping[str, Track]) -> tuple[Stretch, ...] | None:
    """The stretches of speech, rising, in the tracks' own seconds; None if no expert detects it.

    tracks: what each expert observed, by name. The expert ``speech`` knows utterances, ``sound``
    knows each tenth of a second.
    """
    heard = tracks.get(speech.NAME)
    if isinstance(heard, speech.SpeechTrack):
        return joined(heard.spoken)
    heard = tracks.get(sound.NAME)
    found = heard.spoken if isinstance(heard, sound.SoundTrack) else None
    return None if found is None else joined(found)


def joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Stretches with the pauses between them filled, without those that stay short."""
    found: list[Stretch] = []
    for start, end in stretches:
        if found and start - found[-1][1] <= PAUSE:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple((start, end) for start, end in found if end - start >= SHORTEST)
