"""Writes the files of finished takes, and makes their report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.scoring.exports import hit_names, write_exports
from bridge.scoring.files import PICTURE
from bridge.scoring.film_strip import write_strip
from bridge.scoring.performing import PerformedTake
from bridge.scoring.report import NOT_TIMED, Model, Report, Takes, report
from engine.cues import CueSheet
from engine.files import write_atomically
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from export.notation.musicxml import musicxml
from export.picture.draw import draw
from export.piece import NOTATION, write_piece
from export.smpte import smpte_offset

if TYPE_CHECKING:
    from engine.model.runtime import Network


def write_notes(
    cues: CueSheet,
    plan: Plan | None,
    takes: Sequence[PerformedTake],
    network: Network,
    seed: int,
    folder: Path,
    name: str = "",
    exports: Sequence[str] = (),
    source: Path | None = None,
) -> tuple[Report, Callable[[], None]]:
    """Write the MIDI files of finished takes, and the film strip.

    Returns the report, without timings, and what writes the pages: notation, picture and
    ``exports``, which have the times as written. name: of a cue; a marker says it.
    source: the folder of an older score of the same part of the film; None for none.
    Both raise EmsyncError for a folder that can't be written.
    """
    from engine.composing.takes import ranked

    best_first = ranked([take.rated for take in takes])
    best = best_first[0][0]
    written = next(take.written for take in takes if take.rated[0] is best)
    begins = [(0.0, f"{name} {cues.timecode(0.0)}")] if name else []
    markers = (*begins, *hit_names(cues))
    offset = smpte_offset(cues.video.clock, cues.start)
    write_piece([take.score for take, _ in best_first], written, folder, markers, offset)
    score = best.score
    strip = write_strip(cues, folder, source)
    title = Path(cues.video.path).stem + (f": {name}" if name else "")

    def write_pages() -> None:
        write_atomically(folder / NOTATION, musicxml(written, title, hit_names(cues)))
        write_exports(exports, score, cues, folder)
        phrases = () if plan is None else tuple(Timing(plan).phrase_labels())
        tiles = () if strip is None else tuple(strip.jpegs())
        write_atomically(folder / PICTURE, draw(written, cues, score.harmony, phrases, tiles))

    card = network.card
    model = Model(card.name, card.sha256, card.parameters, network.device, network.precision)
    made = report(cues, score, seed, model, Takes(tuple(best_first)), NOT_TIMED)
    return made, write_pages
