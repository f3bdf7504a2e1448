"""The names of the files that scoring a film writes beside the music."""

from __future__ import annotations

from export.piece import FILMS, REEL, SCORE, SOUNDS, STEMS, TAKES

CUES = "cues.json"
PLAN = "plan.json"
PICTURE = "score.svg"
REPORT = "report.json"
SCORES = "scores.npz"
RESULT = (SCORE, REEL, STEMS, TAKES, PICTURE, PLAN, CUES, SCORES, REPORT, *SOUNDS, *FILMS)
"""What a result has in its folder."""
