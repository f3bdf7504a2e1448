"""The names of the files that scoring a film writes beside the music."""

from __future__ import annotations

from engine.score import Instrument
from export.piece import FILMS, NOTATION, REEL, SCORE, SOUNDS, STEMS, TAKES, WRITTEN

CUES = "cues.json"
PLAN = "plan.json"
PICTURE = "score.svg"
REPORT = "report.json"
SCORES = "scores.npz"
STRIP = "strip.jpg"
EXPORTS = ("rpp", "dawproject", "ardour", "pdf")
"""The formats that may be asked for: projects for DAWs, and sheet music."""
PDF = "score.pdf"
ARDOUR = "ardour"
"""The folder of an Ardour session."""
_PIECE, _REEL = SCORE.partition(".")[0], REEL.partition(".")[0]
EXPORT_FILES = (
    PDF,
    *(f"{stem}.{kind}" for stem in (_PIECE, _REEL) for kind in ("rpp", "dawproject")),
    *(f"{ARDOUR}/{stem}.ardour" for stem in (_PIECE, _REEL)),
    *(f"{ARDOUR}/interchange/{ARDOUR}/midifiles/{i.value}.mid" for i in Instrument),
)
"""Every file that a piece or a reel may have where the user asks for it."""
RESULT = (
    *(SCORE, REEL, WRITTEN, STEMS, TAKES, NOTATION, PICTURE, STRIP),
    *(PLAN, CUES, SCORES, REPORT, ARDOUR),
    *(*SOUNDS, *FILMS),
    *(name for name in EXPORT_FILES if "/" not in name),
)
"""What a result has in its folder."""
