"""The picture edits of an FCPXML document, for re-cuts."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

from engine.errors import EmsyncError
from engine.timecode import Clock
from engine.timeline.edl import BLACK, Edit
from engine.timeline.fcpxml import BUNDLE, ITEMS, kind_of, time_of, timeline_of, zero_of
from engine.timeline.sources import one_after_another, source_names
from engine.timeline.text import decode


def read_edits(path: Path, clock: Clock) -> tuple[Edit, ...]:
    """The edits of the primary storyline, in order.

    An edit that is no plain clip of one file is not in real time. Nor is one that has a speed of
    its own, or lies under connected pictures. Raises EmsyncError for a damaged document.
    """
    try:
        file = path / BUNDLE if path.is_dir() else path
        text = decode(file.read_bytes(), str(path))
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except ValueError as error:
        raise EmsyncError(f"{path}: {error}") from error
    root, sequence = timeline_of(text, str(path))
    try:
        _, begin, zero = zero_of(root, sequence, clock)
        return _edits(root, sequence.find("spine"), begin, zero)
    except ValueError as error:
        raise EmsyncError(f"{path}: {error}") from error


def _edits(
    root: Element, spine: Element | None, begin: Fraction, zero: Fraction
) -> tuple[Edit, ...]:
    assets = {asset.get("id", ""): asset for asset in root.findall("./resources/asset")}
    found: list[Edit] = []
    place, pending = begin, None
    for item in () if spine is None else spine:
        if item.tag == "transition":
            pending = item
        if item.tag not in ITEMS:
            continue
        start, lasts = time_of(item, "offset", place), time_of(item, "duration")
        early = mixed = Fraction(0)
        if pending is not None:
            early = start - time_of(pending, "offset", start)
            mixed = time_of(pending, "duration")
        asset, source = _source(item, assets)
        first = None if asset is None else time_of(asset, "start")
        found.append(
            Edit(
                *_names(item, asset), source - early, start - early - zero, start + lasts - zero,
                mixed, kind_of(pending) if pending is not None else "cut",
                asset is not None and not _is_changed(item), first,
            )
        )  # fmt: skip
        place, pending = start + lasts, None
    return one_after_another(found)


def _source(item: Element, assets: dict[str, Element]) -> tuple[Element | None, Fraction]:
    """The asset of a plain clip, and where the clip begins in it; None for another item."""
    start = time_of(item, "start")
    if item.tag in ("asset-clip", "video"):
        asset = assets.get(item.get("ref", ""))
        if item.get("start") is None and asset is not None:
            start = time_of(asset, "start")
        return asset, start
    videos = [child for child in item if child.tag == "video" and child.get("lane") is None]
    if item.tag != "clip" or len(videos) != 1:
        return None, start
    asset, inside = _source(videos[0], assets)
    return asset, start - time_of(videos[0], "offset") + inside


def _names(item: Element, asset: Element | None) -> tuple[str, str]:
    if item.tag == "gap":
        return BLACK[0], ""
    if asset is None:
        return source_names("", item.get("name") or item.tag)
    media = asset.find("media-rep")
    url = asset.get("src") or (media.get("src") if media is not None else None) or ""
    return source_names(url, asset.get("name") or item.get("name") or "")


def _is_changed(item: Element) -> bool:
    """Whether a clip is shown at another speed, or under other pictures; titles do not count."""
    conform = item.find("conform-rate")
    scaled = conform is not None and conform.get("srcFrameRate") is not None
    covered = any(
        child.tag in ITEMS - {"title", "audio"} and int(child.get("lane", "0")) > 0
        for child in item
    )
    return item.find("timeMap") is not None or scaled or covered
