"""What two cuts have in common by their edit lists: the same frames of the same reel.

No picture is looked at, so this is exact. Either cut is a list of pieces of sources. The old film
itself may be the source of the new list; then the old cut is one piece of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePath

from engine.errors import EmsyncError
from engine.recut.stretches import Stretch, joined
from engine.timeline.edl import BLACK, Edit

FILM = "the old film"
"""The name of the old film as a source."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Picture of a source on the timeline of a cut. All times are seconds.

    key: the source; a mixture of two is a source of its own. source: where it begins there. start:
    where it begins in the cut.
    """

    key: tuple[object, ...]
    source: Fraction
    start: Fraction
    length: Fraction


def pieces(edits: Sequence[Edit]) -> tuple[Piece, ...]:
    """The pieces of a cut. Black, and what has another speed, belongs to none."""
    return tuple(_pieces(edits))


def _pieces(edits: Sequence[Edit]) -> Iterator[Piece]:
    before: Edit | None = None
    for edit in edits:
        usable = edit.is_real_time and edit.reel not in BLACK
        if usable and edit.mixed and before is not None and before.is_real_time:
            # Where the earlier source is, against the later one.
            gone = before.source + edit.start - before.start - edit.source
            key = (before.reel, gone, edit.reel, edit.kind)
            yield Piece(key, edit.source, edit.start, edit.mixed)
        if usable and edit.end > edit.start + edit.mixed:
            source, start = edit.source + edit.mixed, edit.start + edit.mixed
            yield Piece((edit.reel,), source, start, edit.end - start)
        before = edit


def of_film(edits: Sequence[Edit], film: str, reel: str | None = None) -> frozenset[str]:
    """The reels of a list that are the old film.

    film: its path. reel: the one that the user names. Otherwise it is the one whose clip or reel
    has the film's name, or the only one of the list. Raises EmsyncError where none is certain.
    """
    reels = {edit.reel for edit in edits} - set(BLACK)
    path = PurePath(film)
    names = {path.name.lower(), path.stem.lower()}
    if reel is not None:
        if reel.upper() not in reels:
            raise EmsyncError(f"reel {reel!r}: the list has {', '.join(sorted(reels)) or 'none'}")
        return frozenset({reel.upper()})
    named = {e.reel for e in edits if e.clip.lower() in names or e.reel.lower() in names}
    if named or len(reels) == 1:
        return frozenset(named or reels)
    raise EmsyncError(
        f"none of its reels {', '.join(sorted(reels))} is named {path.name}; name the reel that is "
        "the old film, or give the list of the old cut"
    )


def film_pieces(edits: Sequence[Edit], reels: frozenset[str], first: Fraction) -> tuple[Piece, ...]:
    """The pieces of a new cut that come from the old film.

    reels: that are the old film. first: the timecode of its first frame, in seconds, for lists that
    do not say what they take it for.
    """
    inside = [
        replace(each, source=each.source - (first if each.first is None else each.first))
        for each in edits
    ]
    return tuple(
        Piece((FILM,), piece.source, piece.start, piece.length)
        for piece in pieces(inside)
        if len(piece.key) == 1 and piece.key[0] in reels
    )


def whole_film(duration: float) -> tuple[Piece, ...]:
    """The old film as one piece of itself."""
    return (Piece((FILM,), Fraction(0), Fraction(0), Fraction(duration)),)


def common(old: Sequence[Piece], new: Sequence[Piece]) -> tuple[Stretch, ...]:
    """The stretches that both cuts have, by new time; of several the longest counts."""
    shared: list[Stretch] = []
    for piece in new:
        for other in old:
            if other.key != piece.key:
                continue
            begin = max(piece.source, other.source)
            end = min(piece.source + piece.length, other.source + other.length)
            if end > begin:
                at_new, at_old = (
                    piece.start + begin - piece.source,
                    other.start + begin - other.source,
                )
                shared.append(Stretch(float(at_old), float(at_new), float(end - begin)))
    found: list[Stretch] = []
    for stretch in sorted(joined_alike(shared), key=lambda each: -each.length):
        free = [stretch]
        for taken in found:
            parts = [
                (each.cut(each.new, taken.new), each.cut(taken.new_end, each.new_end))
                for each in free
            ]
            free = [part for pair in parts for part in pair if part is not None]
        found += free
    return joined(found)


def joined_alike(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Stretches that go on from each other joined, whatever lies between them in the list."""
    by_offset: dict[int, list[Stretch]] = {}
    for stretch in stretches:
        by_offset.setdefault(round(stretch.moved * 1000), []).append(stretch)
    return [each for alike in by_offset.values() for each in joined(alike)]
