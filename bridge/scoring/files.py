"""The names of the files that scoring a film writes beside the music."""

CUES = "cues.json"
REPORT = "report.json"
