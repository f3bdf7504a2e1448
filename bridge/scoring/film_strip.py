"""The film strip of a score: made from the film, or taken over from an older score of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from bridge.scoring.files import STRIP
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.video.film_strip import FilmStrip, film_strip, read_sheet


def write_strip(cues: CueSheet, folder: Path, source: Path | None = None) -> FilmStrip | None:
    """Write the strip of the film to ``folder``; returns it, or None where no film is at hand.

    source: the folder of an older score of the same part of the film, whose strip serves again;
    None for none. Raises EmsyncError for a folder that can't be written.
    """
    strip = None if source is None else _old_strip(source / STRIP)
    if strip is None:
        path = Path(cues.video.path)
        cuts = [cues.start + cut.time for cut in cues.cuts]
        with suppress(EmsyncError):
            strip = film_strip(path, cues.start, cues.end, cuts)
    if strip is None:
        (folder / STRIP).unlink(missing_ok=True)
        return None
    write_atomically(folder / STRIP, strip.sheet())
    return strip


def _old_strip(path: Path) -> FilmStrip | None:
    try:
        return read_sheet(path.read_bytes())
    except (OSError, ValueError):
        return None
