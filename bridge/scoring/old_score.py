"""A finished score that a re-cut or a rescore goes on from."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.scoring.files import CUES, PLAN, REPORT
from bridge.scoring.report import KeptPart
from engine.cues import CueSheet
from engine.cues_json import read_cues
from engine.errors import EmsyncError
from engine.plan.json_form import read_plan
from engine.plan.plan import Plan
from engine.recut.music import OldMusic, read_old_music
from engine.recut.planner import NewPlan
from export.piece import REEL, SCORE, WRITTEN

if TYPE_CHECKING:
    from engine.model.runtime import Network


@dataclass(frozen=True, slots=True)
class OldScore:
    """What ``emsync score`` left in a folder. report: its ``report.json``; empty if unreadable."""

    folder: Path
    cues: CueSheet
    plan: Plan
    music: OldMusic
    report: dict[str, Any]

    @property
    def seed(self) -> int:
        """The seed of the old score; 0 if it is unknown."""
        seed = self.report.get("seed")
        return seed if isinstance(seed, int) and seed >= 0 else 0

    @property
    def dynamics(self) -> float:
        """How freely the old score's notes are played; 0 if it is unknown, as in older scores."""
        return self._amount("dynamics")

    @property
    def humanize(self) -> float:
        """How far its lengths are those of players; 0 if it is unknown, as in older scores."""
        return self._amount("humanize")

    @property
    def expression(self) -> bool:
        """Whether it has swells and pedal."""
        return self.report.get("expression") is True

    def _amount(self, name: str) -> float:
        amount = self.report.get(name)
        return float(amount) if isinstance(amount, int | float) and 0 <= amount <= 1 else 0.0


def read_old_score(folder: Path) -> OldScore:
    """Read the folder of an old score.

    Raises EmsyncError for a folder that is missing or holds no planned score.
    """
    if not folder.is_dir():
        raise EmsyncError(f"{folder}: no such folder; give what emsync score wrote")
    if (folder / REEL).exists():
        raise EmsyncError(
            f"{folder}: is a reel of several cues; give the folder of one cue, such as "
            f"{folder / 'NAME'}, or score the film anew"
        )
    for name in (CUES, SCORE):
        if not (folder / name).exists():
            raise EmsyncError(f"{folder}: has no {name}; give what emsync score wrote")
    if not (folder / PLAN).exists():
        raise EmsyncError(
            f"{folder}: has no {PLAN}. A piece in free time has no bars to keep; score the film "
            "anew"
        )
    plan = read_plan(folder / PLAN)
    try:
        report = json.loads((folder / REPORT).read_text("utf-8"))
    except (OSError, ValueError):
        report = {}
    music = read_old_music(folder / SCORE, plan, folder / WRITTEN)
    cues = read_cues(folder / CUES)
    return OldScore(folder, cues, plan, music, report if isinstance(report, dict) else {})


def warn_of_another_network(old: OldScore, network: Network) -> None:
    """Warn if another network composed the old score."""
    model = old.report.get("model")
    known: dict[str, Any] = model if isinstance(model, dict) else {}
    if known.get("sha256", network.card.sha256) != network.card.sha256:
        warnings.warn(
            f"{old.folder} was composed by another network, {known.get('name')}; new parts are by "
            f"{network.card.name}",
            stacklevel=2,
        )


def kept_parts(old: OldScore, new: NewPlan) -> tuple[KeptPart, ...]:
    """The parts of an old score that a new plan keeps, by new time."""
    return tuple(
        KeptPart(old.plan.seconds_at(bars.old), start, end - start, bars.bars)
        for bars, (start, end) in zip(new.kept, new.spans, strict=True)
    )
