"""From a composed piece to the files of its result; the end that all ways of scoring share.

Scores, re-cuts and rescores write notes and pages here, the report, and then sound and film.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.scoring.context import ScoringContext
from bridge.scoring.exports import hit_names, write_exports
from bridge.scoring.files import CUES, PICTURE, PLAN, REPORT
from bridge.scoring.film_strip import write_strip
from bridge.scoring.performing import performed
from bridge.scoring.rendering import Rendered, Renderer, RenderSteps, render
from bridge.scoring.report import Model, Recut, Report, ReportedChange, Rescore, Takes, report
from bridge.scoring.report_json import write_report
from bridge.scoring.request import Request
from bridge.scoring.timings import Stopwatch
from engine.cues import CueSheet
from engine.cues_json import write_cues
from engine.files import write_atomically
from engine.performance.performer import Kept
from engine.plan.json_form import to_json
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from export.notation.musicxml import musicxml
from export.picture.draw import draw
from export.piece import NOTATION, write_piece
from export.smpte import smpte_offset

if TYPE_CHECKING:
    from engine.composing.takes import RatedTake
    from engine.model.runtime import Network
    from export.sound.older_sound import OlderSound


@dataclass(frozen=True, slots=True)
class Composed:
    """A composed piece, and what its report says of where it comes from.

    cues, plan: what it was composed for. plan: None in free time. takes: in the order of their
    numbers. kept: how a given note is played; None for a note that was composed. theme, changes,
    recut, rescore: as in :class:`~bridge.scoring.report.Report`.
    """

    cues: CueSheet
    plan: Plan | None
    takes: Sequence[RatedTake]
    kept: Kept | None = None
    theme: tuple[float, ...] = ()
    changes: tuple[ReportedChange, ...] = ()
    recut: Recut | None = None
    rescore: Rescore | None = None


def write_cues_and_plan(cues: CueSheet, plan: Plan | None, folder: Path) -> None:
    """Write what a piece is composed for; before that, as whoever follows the piece needs it.

    Raises EmsyncError for a folder that can't be written.
    """
    write_cues(cues, folder / CUES)
    if plan is not None:
        write_atomically(folder / PLAN, to_json(plan))
    else:
        # That of an earlier piece.
        (folder / PLAN).unlink(missing_ok=True)


def write_result(
    piece: Composed,
    request: Request,
    network: Network,
    folder: Path,
    stopwatch: Stopwatch,
    name: str = "",
    source: Path | None = None,
    pages_later: bool = False,
) -> tuple[Report, Callable[[], None]]:
    """Perform the takes of a piece, and write notes, film strip, pages and ``report.json``.

    Returns the report, and what still has to write the pages (notation, picture and exports), which
    does nothing unless ``pages_later``. name: of a cue; a marker says it. source: the folder of an
    older score of the same part of the film. Both raise EmsyncError for a folder that can't be
    written.
    """
    if piece.changes:
        write_cues_and_plan(piece.cues, piece.plan, folder)
    made, write_pages = _write_notes(piece, request, network, folder, name, source)
    if not pages_later:
        write_pages()
    stopwatch.end("export")
    made = replace(
        made,
        timings=stopwatch.timings,
        dynamics=request.dynamics,
        humanize=request.humanize,
        expression=request.expression,
        intensity=request.intensity,
        theme=piece.theme,
        changes=piece.changes,
        recut=piece.recut,
        rescore=piece.rescore,
    )
    write_report(made, folder / REPORT)
    return made, write_pages if pages_later else lambda: None


def _write_notes(
    piece: Composed,
    request: Request,
    network: Network,
    folder: Path,
    name: str,
    source: Path | None,
) -> tuple[Report, Callable[[], None]]:
    """Write the MIDI files and the film strip; returns the measures, and what writes the pages.

    The pages have the times as written.
    """
    from engine.composing.takes import ranked

    cues, plan = piece.cues, piece.plan
    takes = performed(piece.takes, request, cues, plan, piece.kept)
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
        write_exports(request.exports, score, cues, folder)
        phrases = () if plan is None else tuple(Timing(plan).phrase_labels())
        tiles = () if strip is None else tuple(strip.jpegs())
        write_atomically(folder / PICTURE, draw(written, cues, score.harmony, phrases, tiles))

    card = network.card
    model = Model(card.name, card.sha256, card.parameters, network.device, network.precision)
    return report(cues, score, request.seed, model, Takes(tuple(best_first))), write_pages


def with_sound(
    made: Report,
    renderer: Renderer | None,
    request: Request,
    cues: CueSheet,
    context: ScoringContext,
    between: Callable[[], None] = lambda: None,
    older: OlderSound | None = None,
) -> Report:
    """Render the piece of a folder; returns its report with that, and writes it.

    between: as in :class:`~bridge.scoring.rendering.RenderSteps`. older: as for
    :func:`~bridge.scoring.rendering.render`.
    """
    if renderer is None:
        between()
        return made
    with context.phases("rendering") as progress:
        steps = RenderSteps(context.ready, between)
        rendered = render(
            renderer, request, cues, context.folder, progress=progress, steps=steps, older=older
        )
        return with_rendered(made, rendered, context.folder)


def with_rendered(made: Report, rendered: Rendered | None, folder: Path) -> Report:
    """A report with what was rendered, written again."""
    if rendered is None:
        return made
    timings = replace(
        made.timings, render=rendered.seconds, total=made.timings.total + rendered.seconds
    )
    made = replace(made, timings=timings, rendered=rendered)
    write_report(made, folder / REPORT)
    return made
