"""The names of the files that scoring a film writes beside the music."""

CUES = "cues.json"
PLAN = "plan.json"
PICTURE = "score.svg"
REPORT = "report.json"
SCORES = "scores.npz"
